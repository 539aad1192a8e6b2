"use client";

import { useCallback, useMemo, useRef, useState } from "react";
import type { TodoView } from "@/lib/sync/types";

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** The boxes at the rows select instead of ticking. */
  readonly isActive: boolean;
  readonly start: () => void;
  readonly toggle: (id: string) => void;
  /** Everything from the one selected last up to this one. */
  readonly extendTo: (id: string) => void;
  readonly all: () => void;
  readonly clear: () => void;
}

const none: ReadonlySet<string> = new Set();

/** Several todos at once, for what is done with all of them. */
export function useSelection(todos: readonly TodoView[]): Selection {
  const [state, setState] = useState({ ids: none, isActive: false });
  const anchor = useRef<string>(undefined);
  const list = useRef(todos);
  list.current = todos;

  const start = useCallback(() => setState((last) => ({ ...last, isActive: true })), []);
  const clear = useCallback(() => {
    anchor.current = undefined;
    setState((last) => (last.isActive || last.ids.size > 0 ? { ids: none, isActive: false } : last));
  }, []);
  const toggle = useCallback((id: string) => {
    anchor.current = id;
    setState(({ ids }) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      return { ids: next, isActive: next.size > 0 };
    });
  }, []);
  const extendTo = useCallback((id: string) => {
    const places = [anchor.current ?? id, id].map((each) =>
      list.current.findIndex((todo) => todo.id === each),
    );
    const [from, to] = [Math.min(...places), Math.max(...places)];
    const between = list.current.slice(Math.max(0, from), to + 1).map((todo) => todo.id);
    setState(({ ids }) => ({ ids: new Set([...ids, ...between]), isActive: true }));
  }, []);
  const all = useCallback(
    () => setState({ ids: new Set(list.current.map(({ id }) => id)), isActive: true }),
    [],
  );

  // What has left the list is not selected any more.
  const ids = useMemo(() => {
    if (state.ids.size === 0) return none;
    return new Set(todos.filter(({ id }) => state.ids.has(id)).map(({ id }) => id));
  }, [state.ids, todos]);
  return { ids, isActive: state.isActive, start, toggle, extendTo, all, clear };
}
