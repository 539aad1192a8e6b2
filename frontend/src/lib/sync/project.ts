import { wanted } from "@/lib/sync/fields";
import type { Queued, Todo, TodoView } from "@/lib/sync/types";
import { timeOf } from "@/lib/sync/uuid";

/**
 * What the app shows of one todo: the last document of the server, with every queued operation applied in order. Pure.
 * An operation that met a conflict or was refused is not queued any more: until it is settled, the server's value is
 * shown beside the person's own.
 */
export function projectTodo(stored: Todo | undefined, queue: readonly Queued[]): TodoView | undefined {
  let view = stored && untouched(stored);
  for (const queued of queue) view = apply(view, queued);
  return view;
}

/** The same document gives the same view, so that what did not change is not drawn again. */
function untouched(todo: Todo): TodoView {
  const view = unchanged.get(todo) ?? { ...todo, pending: 0 };
  unchanged.set(todo, view);
  return view;
}

const unchanged = new WeakMap<Todo, TodoView>();

function apply(view: TodoView | undefined, { operation, seen }: Queued): TodoView {
  const now = timeOf(operation.op_id);
  // An operation on what this tab has not read (yet) is shown on what the person saw.
  const base = view ?? { ...seen, pending: 0 };
  const pending = base.pending + 1;
  switch (operation.kind) {
    case "create":
      // The server may already have it, while its answer was lost: then its document counts.
      return view?.version ? { ...view, pending } : { ...base, ...wanted(operation.changes), pending };
    case "delete":
      return { ...base, deleted_at: base.deleted_at ?? now, pending };
    case "restore":
      return { ...base, deleted_at: null, pending };
    case "update":
      return { ...base, ...updated(base, operation.changes, now), pending };
  }
}

function updated(base: TodoView, changes: Queued["operation"]["changes"], now: string): Partial<TodoView> {
  // A late edit does not bring back what was deleted.
  if (base.deleted_at !== null) return {};
  const patch = wanted(changes);
  const completed_at = patch.completed === undefined ? base.completed_at : patch.completed ? now : null;
  return { ...patch, completed_at, updated_at: now };
}
