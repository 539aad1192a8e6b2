import type { KeptConflict, KeptRefusal } from "@/lib/sync/batch";
import { createAgain } from "@/lib/sync/conflicts";
import { changedFields, same } from "@/lib/sync/fields";
import { createOperation, deleteOperation, restoreOperation, updateOperation } from "@/lib/sync/operations";
import { beforeOthers, between } from "@/lib/sync/positions";
import type { Replica } from "@/lib/sync/replica";
import {
  type Changes,
  editable,
  type Intent,
  type Patch,
  type Queued,
  type Todo,
  type TodoView,
  type Undoable,
} from "@/lib/sync/types";
import { uuid7 } from "@/lib/sync/uuid";

/** How to take one operation back, if the todo still is as it left it. */
export type Inverse =
  | { readonly kind: "delete" | "restore"; readonly todo_id: string }
  | InverseUpdate
  | InverseRows;

/** A question that was answered: the row it was, and what the answer has left of it. */
export interface InverseRows {
  readonly kind: "rows";
  readonly todo_id: string;
  readonly table: "conflicts" | "refusals";
  readonly key: string;
  readonly before: KeptConflict | KeptRefusal | undefined;
  readonly after: KeptConflict | KeptRefusal | undefined;
}

interface InverseUpdate {
  readonly kind: "update";
  readonly todo_id: string;
  /** From what was wanted back to what was shown. */
  readonly changes: Changes;
  readonly before: TodoView;
}

export interface Action {
  readonly queued: readonly Queued[];
  readonly inverses: readonly Inverse[];
  readonly kind: Undoable["kind"];
  readonly title: string;
}

/**
 * Turns what a person does into operations on what they see, and puts them into the queue. Intents that change nothing
 * leave no trace.
 */
export function perform(replica: Replica, intents: readonly Intent[]): Action {
  const steps: { intent: Intent; queued: Queued; inverse: Inverse }[] = [];
  const isChained = dependOnEachOther(intents);
  for (const intent of intents) {
    const queued = toQueued(replica, intent);
    if (!queued) continue;
    steps.push({ intent, queued, inverse: invert(replica, queued) });
    if (isChained) replica.apply({ put: { outbox: [queued] } });
  }
  if (!isChained) replica.apply({ put: { outbox: steps.map(({ queued }) => queued) } });
  const kinds = new Set(steps.map(({ intent }) => kindOf(intent)));
  const [kind = "update", ...others] = kinds;
  const [first] = steps;
  return {
    queued: steps.map(({ queued }) => queued),
    inverses: steps.map(({ inverse }) => inverse),
    kind: others.length === 0 ? kind : "update",
    title: first?.queued.operation.changes.title?.to ?? first?.queued.seen.title ?? "",
  };
}

/** Whether one has to see what another one did: places follow from other places, and a todo may be named twice. */
function dependOnEachOther(intents: readonly Intent[]): boolean {
  const named = intents.flatMap((intent) => intent.todo_id ?? []);
  return intents.some(({ kind }) => kind === "move") || new Set(named).size < named.length;
}

function toQueued(replica: Replica, intent: Intent): Queued | undefined {
  if (intent.kind === "create") {
    const patch = { position: beforeOthers(), ...intent.patch };
    return createOperation(intent.todo_id ?? uuid7(), patch);
  }
  const view = replica.view(intent.todo_id);
  if (!view) return again(intent);
  const { pending: _, ...seen } = view;
  const isDeleted = seen.deleted_at !== null;
  switch (intent.kind) {
    case "restore":
      return isDeleted ? restoreOperation(seen) : undefined;
    case "delete":
      return isDeleted ? undefined : deleteOperation(seen);
    case "update":
      return update(seen, intent);
    case "move":
      return isDeleted
        ? undefined
        : updateOperation(seen, { position: placeAfter(replica, view, intent.after) });
  }
}

/**
 * What was typed over a value that somebody has changed meanwhile starts from the one that was seen, so that the server
 * finds the clash. So it does where the todo was deleted meanwhile; what somebody knows to be deleted is not changed.
 */
function update(shown: Todo, { patch, seen }: Extract<Intent, { kind: "update" }>): Queued | undefined {
  if (shown.deleted_at !== null && !seen) return undefined;
  const left = editable.filter((field) => patch[field] !== undefined && !same(shown[field], patch[field]));
  const wanted: Patch = Object.fromEntries(left.map((field) => [field, patch[field]]));
  return updateOperation({ ...shown, ...seen }, wanted);
}

const again = (intent: Intent): Queued | undefined =>
  intent.kind === "update" && intent.shown ? createAgain(intent.shown, intent.patch) : undefined;

function placeAfter(replica: Replica, todo: TodoView, after: string | null): string {
  const others = replica.todos.filter(({ id }) => id !== todo.id);
  const index = after === null ? 0 : others.findIndex(({ id }) => id === after) + 1;
  const before = others[index - 1]?.position ?? null;
  // Where two todos have the same key there is no room between them: it goes behind both.
  const next = others.slice(index).find(({ position }) => before === null || position > before);
  return between(before, next?.position ?? null);
}

function kindOf(intent: Intent): Undoable["kind"] {
  if (intent.kind !== "update" || Object.keys(intent.patch).join() !== "completed") return intent.kind;
  return intent.patch.completed ? "complete" : "reopen";
}

export function invert(replica: Replica, { operation }: Queued): Inverse {
  const { kind, todo_id, changes } = operation;
  const before = replica.view(todo_id);
  if (kind === "create" || kind === "restore" || !before) return { kind: "delete", todo_id };
  if (kind === "delete") return { kind: "restore", todo_id };
  const back = changedFields(changes).map((field) => [
    field,
    { from: changes[field]?.to, to: before[field] },
  ]);
  return { kind, todo_id, changes: Object.fromEntries(back), before };
}

/** Something typed and left: nothing to do, and something to take back. Undefined where it says what is there anyway. */
export function giveUp(replica: Replica, todoId: string, typed: Patch): Action | undefined {
  const before = replica.view(todoId);
  if (!before || before.deleted_at !== null) return undefined;
  const fields = editable.filter((field) => typed[field] !== undefined && !same(before[field], typed[field]));
  if (fields.length === 0) return undefined;
  const changes = Object.fromEntries(
    fields.map((field) => [field, { from: before[field], to: typed[field] }]),
  );
  const inverse: Inverse = { kind: "update", todo_id: todoId, changes, before };
  return { queued: [], inverses: [inverse], kind: "give-up", title: before.title };
}

/** What takes an operation back now. Undefined when somebody has changed since what it had changed. */
export function toIntent(replica: Replica, inverse: Exclude<Inverse, InverseRows>): Intent | undefined {
  const view = replica.view(inverse.todo_id);
  if (!view) return undefined;
  const isDeleted = view.deleted_at !== null;
  if (inverse.kind !== "update") return isDeleted === (inverse.kind === "restore") ? inverse : undefined;
  if (isDeleted) return undefined;
  const patch = { ...unchangedSince(view, inverse.changes), ...undoneAdvance(view, inverse) };
  return Object.keys(patch).length === 0 ? undefined : { kind: "update", todo_id: inverse.todo_id, patch };
}

function unchangedSince(view: TodoView, changes: Changes): Patch {
  const fields = changedFields(changes).filter((field) => same(view[field], changes[field]?.from));
  return Object.fromEntries(fields.map((field) => [field, changes[field]?.to]));
}

/** Doing a recurring todo moved its date on and opened it again: taking that back moves the date back. */
function undoneAdvance(view: TodoView, { changes, before }: InverseUpdate): Patch {
  const wasDone = changes.completed?.from === true;
  return wasDone && before.recurrence && !view.completed && !same(view.due, before.due)
    ? { due: before.due }
    : {};
}
