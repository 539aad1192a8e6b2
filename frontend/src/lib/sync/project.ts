import { wanted } from "@/lib/sync/operations";
import type { Queued, Todo, TodoView } from "@/lib/sync/types";
import { timeOf } from "@/lib/sync/uuid";

/**
 * What the app shows: the last documents of the server, with every queued intent applied in order. Pure.
 * Operations that wait for the person's decision are left out: until then the server's value is shown.
 */
export function project(shadow: ReadonlyMap<string, Todo>, outbox: readonly Queued[]): Map<string, TodoView> {
  const views = new Map<string, TodoView>();
  for (const [id, todo] of shadow) views.set(id, untouched(todo));
  for (const queued of outbox) {
    if (queued.obstacle) continue;
    const id = queued.operation.todo_id;
    const view = apply(views.get(id), queued);
    if (view) views.set(id, view);
  }
  return views;
}

/** The same document gives the same view, so that what did not change is not drawn again. */
function untouched(todo: Todo): TodoView {
  const view = unchanged.get(todo) ?? { ...todo, pending: 0 };
  unchanged.set(todo, view);
  return view;
}

const unchanged = new WeakMap<Todo, TodoView>();

function apply(view: TodoView | undefined, { operation, seen }: Queued): TodoView | undefined {
  const now = timeOf(operation.op_id);
  if (operation.kind === "create") {
    // The server may already have it, while its answer was lost: then its document counts.
    if (view?.version) return { ...view, pending: view.pending + 1 };
    return { ...seen, ...wanted(operation.changes), pending: 1 };
  }
  // An intent on a todo that has not been loaded (after a reload) is shown on what the person saw.
  const base = view ?? { ...seen, pending: 0 };
  if (base.deleted_at !== null) return base;
  if (operation.kind === "delete") return { ...base, deleted_at: now, pending: base.pending + 1 };
  const patch = wanted(operation.changes);
  const completed_at = patch.completed === undefined ? base.completed_at : patch.completed ? now : null;
  return { ...base, ...patch, completed_at, updated_at: now, pending: base.pending + 1 };
}
