import { changedFields, same } from "@/lib/sync/merge";
import {
  type Changes,
  editable,
  type Intent,
  type Operation,
  type Patch,
  type Queued,
  type Todo,
} from "@/lib/sync/types";
import { timeOf, uuid7 } from "@/lib/sync/uuid";

/** The form in which the server keeps text, so that a value sent and the value stored compare equal. */
const clean = (patch: Patch): Patch =>
  patch.title === undefined ? patch : { ...patch, title: patch.title.trim().normalize("NFC") };

export function createOperation(todoId: string, patch: Patch): Queued {
  const op_id = uuid7();
  const changes = changesBetween({}, clean(patch));
  return {
    operation: { op_id, todo_id: todoId, kind: "create", changes },
    seen: blank(todoId, timeOf(op_id)),
  };
}

/** Undefined when the todo already is as wanted. */
export function updateOperation(seen: Todo, patch: Patch): Queued | undefined {
  const changes = changesBetween(seen, clean(patch));
  if (changedFields(changes).length === 0) return undefined;
  const operation: Operation = {
    op_id: uuid7(),
    todo_id: seen.id,
    kind: "update",
    base_version: seen.version,
    changes,
  };
  return { operation, seen };
}

export function deleteOperation(seen: Todo): Queued {
  return {
    operation: { op_id: uuid7(), todo_id: seen.id, kind: "delete", base_version: seen.version, changes: {} },
    seen,
  };
}

export function blank(id: string, madeAt: string): Todo {
  return {
    id,
    title: "",
    description: "",
    completed: false,
    completed_at: null,
    priority: "none",
    due: null,
    position: "",
    tags: [],
    version: 0,
    created_at: madeAt,
    updated_at: madeAt,
    deleted_at: null,
  };
}

/** The values wanted, without those seen. */
export function wanted(changes: Changes): Patch {
  return Object.fromEntries(changedFields(changes).map((field) => [field, changes[field]?.to]));
}

/**
 * One operation that means the same as several on one todo, in order. Undefined when nothing is left of them:
 * a todo that was made and deleted.
 */
export function coalesce(first: Queued, later: readonly Queued[]): Queued | undefined {
  const { kind } = first.operation;
  const changes: Changes = { ...first.operation.changes };
  for (const next of later) {
    if (next.operation.kind === "delete") return kind === "create" ? undefined : next;
    for (const field of changedFields(next.operation.changes)) {
      const from = (changes[field] ?? next.operation.changes[field])?.from ?? null;
      Object.assign(changes, { [field]: { from, to: next.operation.changes[field]?.to } });
    }
  }
  return { ...first, operation: { ...first.operation, changes } };
}

/** What the person wanted, as a new intent on what is there now. */
export function again({ operation, seen, obstacle }: Queued): Intent {
  const patch = wanted(operation.changes);
  if (operation.kind === "delete") return { kind: "delete", todo_id: operation.todo_id };
  if (operation.kind === "update" && obstacle?.type !== "gone")
    return { kind: "update", todo_id: operation.todo_id, patch };
  const { title, description, completed, priority, due, tags } = { ...seen, ...patch };
  return { kind: "create", patch: { title, description, completed, priority, due, tags } };
}

function changesBetween(seen: Partial<Todo>, patch: Patch): Changes {
  const entries = editable
    .filter((field) => patch[field] !== undefined && !same(seen[field], patch[field]))
    .map((field) => [field, { from: seen[field] ?? null, to: patch[field] }] as const);
  return Object.fromEntries(entries) as Changes;
}
