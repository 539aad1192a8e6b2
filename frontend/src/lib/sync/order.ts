import type { Snapshot, Status, Todo, TodoView } from "@/lib/sync/types";

/**
 * The order of `GET /todos`: by position, byte by byte. The server gives new todos one before all others; what it has
 * not seen yet therefore stands before all it has, the newest first.
 */
export function compareTodos(a: Todo, b: Todo): number {
  if (a.version === 0 || b.version === 0) return compare(a.version, b.version) || compare(b.id, a.id);
  return compare(a.position, b.position) || compare(a.id, b.id);
}

const compare = <Key extends string | number>(a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whether a todo lies at or before the last one that was loaded. */
export const isWithin = (todo: Todo, boundary: Todo | null): boolean =>
  boundary === null || compareTodos(todo, boundary) <= 0;

export const matches = (todo: Pick<Todo, "completed">, status: Status): boolean =>
  status === "all" || todo.completed === (status === "done");

/** The todos of one list, cut where loading has stopped: beyond it there would be gaps. */
export function select(snapshot: Snapshot, status: Status): readonly TodoView[] {
  const list = snapshot.lists[status].phase === "ready" ? snapshot.lists[status] : snapshot.lists.all;
  return snapshot.todos.filter(
    (todo) => matches(todo, status) && (todo.pending > 0 || isWithin(todo, list.boundary)),
  );
}

/** Once every todo has been loaded, each narrower list is complete, too. */
export const isComplete = (snapshot: Pick<Snapshot, "lists">, status: Status): boolean =>
  [snapshot.lists[status], snapshot.lists.all].some((list) => list.phase === "ready" && !list.more);
