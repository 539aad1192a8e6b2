"use client";

import { useEffect, useState } from "react";
import type { TodoView } from "@/lib/sync/types";

/** Long enough to see what was ticked, and to untick what was ticked by mistake. */
const LINGER = 1_500;

type Todos = readonly TodoView[];

interface Lingering {
  readonly todos: Todos;
  /** Those that do not belong to the list any more and are about to leave it. */
  readonly leaving: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/** Keeps a todo in its place for a moment when a change takes it out of the list. `find` knows what is not deleted. */
export function useLingering(todos: Todos, find: (id: string) => TodoView | undefined): Lingering {
  const [state, setState] = useState({ given: todos, shown: todos, leaving: none });

  let current = state;
  if (state.given !== todos) {
    const present = new Set(todos.map(({ id }) => id));
    const leaving = new Set(state.shown.filter(({ id }) => !present.has(id) && find(id)).map(({ id }) => id));
    const shown = leaving.size === 0 ? todos : merge(state.shown, todos, leaving, find);
    current = { given: todos, shown, leaving: sameIds(leaving, state.leaving) ? state.leaving : leaving };
    setState(current);
  }

  useEffect(() => {
    if (state.leaving.size === 0) return;
    const timer = setTimeout(
      () => setState((last) => ({ ...last, shown: last.given, leaving: none })),
      LINGER,
    );
    return () => clearTimeout(timer);
  }, [state.leaving]);

  return { todos: current.shown, leaving: current.leaving };
}

const sameIds = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((id) => b.has(id));

/** The new list, with each leaving one behind the todo that it stood behind. */
function merge(
  before: Todos,
  now: Todos,
  leaving: ReadonlySet<string>,
  find: (id: string) => TodoView | undefined,
): Todos {
  const behind = new Map<string, TodoView[]>();
  let anchor = "";
  for (const { id } of before) {
    const todo = leaving.has(id) ? find(id) : undefined;
    if (todo) behind.set(anchor, [...(behind.get(anchor) ?? []), todo]);
    else if (!leaving.has(id)) anchor = id;
  }
  const merged = [...(behind.get("") ?? [])];
  for (const todo of now) merged.push(todo, ...(behind.get(todo.id) ?? []));
  // What a leaving one stood behind may have left the list at once: then it goes, too.
  return merged;
}
