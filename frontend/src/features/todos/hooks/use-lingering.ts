"use client";

import { useEffect, useState } from "react";
import { compareTodos } from "@/lib/sync/order";
import type { TodoView } from "@/lib/sync/types";

/** Long enough to see what was ticked, and to untick what was ticked by mistake. */
const LINGER = 1_500;

interface Lingering {
  readonly todos: readonly TodoView[];
  /** Those that do not belong to the list any more and are about to leave it. */
  readonly leaving: ReadonlySet<string>;
}

/** Keeps a todo in its place for a moment when ticking it takes it out of the list. */
export function useLingering(todos: readonly TodoView[], everything: readonly TodoView[]): Lingering {
  const [state, setState] = useState({ shown: todos, leaving: new Set<string>() });

  let current = state;
  if (state.shown !== todos && !sameIds(state.shown, todos)) {
    const present = new Set(todos.map(({ id }) => id));
    const alive = new Set(everything.map(({ id }) => id));
    const gone = [...state.shown.map(({ id }) => id), ...state.leaving];
    const leaving = new Set(gone.filter((id) => !present.has(id) && alive.has(id)));
    current = { shown: todos, leaving };
  }
  if (current !== state) setState(current);

  useEffect(() => {
    if (state.leaving.size === 0) return;
    const timer = setTimeout(() => setState((last) => ({ ...last, leaving: new Set() })), LINGER);
    return () => clearTimeout(timer);
  }, [state.leaving]);

  const { leaving } = current;
  if (leaving.size === 0) return { todos, leaving };
  const kept = everything.filter(({ id }) => leaving.has(id));
  return { todos: [...todos, ...kept].sort(compareTodos), leaving };
}

const sameIds = (a: readonly TodoView[], b: readonly TodoView[]): boolean =>
  a.length === b.length && a.every((todo, index) => todo.id === b[index]?.id);
