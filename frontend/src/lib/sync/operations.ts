import { changedFields, changesBetween } from "@/lib/sync/fields";
import type { Changes, Operation, Patch, Queued, Todo } from "@/lib/sync/types";
import { timeOf, uuid7 } from "@/lib/sync/uuid";

/** The form in which the server keeps text, so that a value sent and the value stored compare equal. */
const clean = (patch: Patch): Patch => {
  const { title, tags, due } = patch;
  return {
    ...patch,
    ...(due && "at" in due ? { due: { ...due, at: toSeconds(due.at) } } : {}),
    ...(title === undefined ? {} : { title: title.trim().normalize("NFC") }),
    ...(tags === undefined ? {} : { tags: [...new Set(tags.map((tag) => tag.trim()))].filter(Boolean) }),
  };
};

const toSeconds = (at: string): string => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

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
  return changedFields(changes).length === 0 ? undefined : operationOn(seen, "update", changes);
}

export const deleteOperation = (seen: Todo, force = false): Queued => {
  const queued = operationOn(seen, "delete", {});
  return force ? { ...queued, operation: { ...queued.operation, force } } : queued;
};

export const restoreOperation = (seen: Todo): Queued => operationOn(seen, "restore", {});

function operationOn(seen: Todo, kind: Operation["kind"], changes: Changes): Queued {
  // Of a todo that the server has not confirmed yet, the first version is the one it is going to have.
  const base_version = Math.max(1, seen.version);
  const operation = { op_id: uuid7(), todo_id: seen.id, kind, base_version, changes };
  return { operation, seen };
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
    recurrence: null,
    position: "",
    tags: [],
    version: 0,
    seq: 0,
    created_at: madeAt,
    updated_at: madeAt,
    deleted_at: null,
  };
}

/** Changes made one after the other as one: what was seen first, and what was wanted last. */
export function join(first: Changes, later: Changes): Changes {
  const joined: Changes = { ...first };
  for (const field of changedFields(later)) {
    const from = (first[field] ?? later[field])?.from ?? null;
    Object.assign(joined, { [field]: { from, to: later[field]?.to } });
  }
  return joined;
}

/** Changes without some of their fields; undefined when nothing is left. */
export function without(changes: Changes, settled: ReadonlySet<string>): Changes | undefined {
  const left = changedFields(changes).filter((field) => !settled.has(field));
  if (left.length === 0) return undefined;
  return Object.fromEntries(left.map((field) => [field, changes[field]])) as Changes;
}
