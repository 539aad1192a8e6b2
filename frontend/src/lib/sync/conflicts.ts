import { Draft, type KeptConflict, type KeptRefusal } from "@/lib/sync/batch";
import { bothOf, changedFields, differences, same, wanted } from "@/lib/sync/fields";
import {
  createOperation,
  deleteOperation,
  restoreOperation,
  updateOperation,
  without,
} from "@/lib/sync/operations";
import type { Replica } from "@/lib/sync/replica";
import type { Choice, Conflict, Field, FieldConflict, Patch, Refusal, Todo } from "@/lib/sync/types";
import { uuid7 } from "@/lib/sync/uuid";

/** A conflict with what is stored now. Undefined when there is nothing left to choose. */
export function toConflict(kept: KeptConflict, stored: Todo | undefined): Conflict | undefined {
  const kind = kindNow(kept, stored);
  const title = stored?.title || kept.seen.title;
  const fields = kind === "deleted-here" ? changedSince(kept.seen, stored) : wantedFields(kept, kind, stored);
  return kind === "deleted-here" || fields.length > 0
    ? { todo_id: kept.todo_id, kind, title, fields }
    : undefined;
}

function kindNow({ kind }: KeptConflict, stored: Todo | undefined): Conflict["kind"] {
  if (kind === "deleted-here") return kind;
  return !stored || stored.deleted_at !== null ? "deleted-there" : "fields";
}

const changedSince = (seen: Todo, stored: Todo | undefined): FieldConflict[] =>
  stored
    ? differences(seen, stored).map((field) => ({
        field,
        base: seen[field],
        yours: seen[field],
        stored: stored[field],
        both: undefined,
      }))
    : [];

function wantedFields(
  { changes }: KeptConflict,
  kind: Conflict["kind"],
  stored: Todo | undefined,
): FieldConflict[] {
  return changedFields(changes).flatMap((field) => {
    const { from: base = null, to: yours } = changes[field] ?? {};
    if (yours === undefined) return [];
    const now = kind === "deleted-there" ? undefined : stored?.[field];
    if (same(now, yours)) return [];
    const both = now === undefined ? undefined : bothOf(field, now, yours);
    return [{ field, base, yours, stored: now, both }];
  });
}

export const toRefusal = ({ id, operation, seen, problem }: KeptRefusal): Refusal => ({
  id,
  todo_id: operation.todo_id,
  kind: operation.kind,
  title: operation.kind === "create" ? (wanted(operation.changes).title ?? "") : seen.title,
  changes: operation.changes,
  problem,
});

/** What the person's choice means for what is kept. */
export function resolve(
  replica: Replica,
  kept: KeptConflict,
  choice: Choice | Partial<Record<Field, Choice>>,
): Draft {
  const stored = replica.shadow.get(kept.todo_id);
  const conflict = toConflict(kept, stored);
  const draft = new Draft().drop("conflicts", kept.todo_id);
  if (!conflict) return draft;
  const chosen = (field: Field) => (typeof choice === "string" ? choice : choice[field]);
  if (conflict.kind === "deleted-here")
    return choice === "mine" ? deleteAgain(draft, replica.view(kept.todo_id)) : keepAfterAll(draft, kept);
  const settled = conflict.fields.filter(({ field }) => chosen(field) !== undefined);
  const left = without(kept.changes, new Set(settled.map(({ field }) => field)));
  const isPartial = left !== undefined && conflict.fields.length > settled.length;
  if (isPartial) draft.put("conflicts", { ...kept, changes: left });
  const patch = chosenValues(settled, chosen);
  if (Object.keys(patch).length === 0) return draft;
  return conflict.kind === "fields"
    ? change(draft, replica, kept, patch)
    : bringBack(draft, replica.view(kept.todo_id), kept.seen, patch);
}

const deleteAgain = (draft: Draft, view: Todo | undefined): Draft =>
  view ? draft.put("outbox", deleteOperation(view, true)) : draft;

function keepAfterAll(draft: Draft, kept: KeptConflict): Draft {
  const before = withoutDeletion(kept);
  return before ? draft.put("conflicts", before) : draft;
}

/** Who does not delete a todo after all is asked again what was open before they wanted to. */
export function withoutDeletion(kept: KeptConflict): KeptConflict | undefined {
  return changedFields(kept.changes).length > 0 ? { ...kept, kind: "fields" } : undefined;
}

function chosenValues(fields: readonly FieldConflict[], chosen: (field: Field) => Choice | undefined): Patch {
  const taken = fields.filter(({ field }) => chosen(field) !== "theirs");
  return Object.fromEntries(
    taken.map(({ field, yours, both }) => [field, chosen(field) === "both" ? (both ?? yours) : yours]),
  );
}

function change(draft: Draft, replica: Replica, kept: KeptConflict, patch: Patch): Draft {
  const view = replica.view(kept.todo_id);
  const queued = view && updateOperation(view, patch);
  return queued ? draft.put("outbox", queued) : draft;
}

function bringBack(draft: Draft, view: Todo | undefined, seen: Todo, patch: Patch): Draft {
  if (!view) return draft.put("outbox", createAgain(seen, patch));
  draft.put("outbox", restoreOperation(view));
  const queued = updateOperation({ ...view, deleted_at: null }, patch);
  return queued ? draft.put("outbox", queued) : draft;
}

/** A todo of which nothing is left on the server: another one, with what was seen and wanted. */
export function createAgain(seen: Todo, patch: Patch) {
  const { title, description, completed, priority, due, recurrence, position, tags } = { ...seen, ...patch };
  const values = { title, description, completed, priority, due, recurrence, tags };
  return createOperation(uuid7(), position ? { ...values, position } : values);
}

/** Sends a refused change again, as a new operation on what is there now. */
export function retry(replica: Replica, { id, operation, seen }: KeptRefusal, patch: Patch): Draft {
  const draft = new Draft().drop("refusals", id);
  const values = { ...wanted(operation.changes), ...patch };
  const view = replica.view(operation.todo_id);
  if (operation.kind === "create" && !view)
    return draft.put("outbox", createOperation(operation.todo_id, values));
  if (!view) return draft.put("outbox", createAgain(seen, values));
  if (operation.kind === "delete") return draft.put("outbox", deleteOperation(view));
  if (operation.kind === "restore") return draft.put("outbox", restoreOperation(view));
  if (view.deleted_at !== null) return bringBack(draft, view, seen, values);
  const queued = updateOperation(view, values);
  return queued ? draft.put("outbox", queued) : draft;
}
