import type { OperationResult } from "@/lib/api/types";
import { same } from "@/lib/sync/fields";
import { type Editable, editable, type TodoView } from "@/lib/sync/types";
import type { Device, Verdict } from "@/testing/devices/device";

/** What a device shows, in a form that compares. */
export const stateOf = (device: Device) =>
  device.store.snapshot().todos.map((todo) => ({ ...fieldsOf(todo), id: todo.id, version: todo.version }));

const fieldsOf = (todo: TodoView): Partial<Editable> =>
  Object.fromEntries(editable.map((field) => [field, todo[field]]));

/** Whether all devices have nothing left to send and show the same. */
export function haveConverged(devices: readonly Device[]): boolean {
  const isIdle = ({ store }: Device) => {
    const { phase, complete, unsent, connection } = store.snapshot();
    return phase === "ready" && complete && unsent === 0 && connection.state === "idle";
  };
  if (!devices.every(isIdle)) return false;
  const [first, ...others] = devices.map(stateOf);
  return others.every((other) => same(first, other));
}

const verdictOf = ({ outcome, first }: OperationResult) => (outcome === "duplicate" ? first : outcome);
const isTaken = (result: OperationResult) => ["applied", "merged"].includes(verdictOf(result) ?? "");

/** What was done to a todo, the newest first, and every value that each of its fields ever got. */
export interface Past {
  readonly kinds: readonly string[];
  readonly values: ReadonlyMap<string, readonly unknown[]>;
}
/** By the ids of todos. */
export type Pasts = ReadonlyMap<string, Past>;

/** Changes that a device wanted, that are not among what the server took, and that nobody is asked about either. */
export function lostUpdates(devices: readonly Device[], pasts: Pasts): string[] {
  return devices.flatMap((device) =>
    [...device.verdicts.values()].flatMap((verdict) => lostFields(device, verdict, pasts)),
  );
}

function lostFields(device: Device, { operation, result }: Verdict, pasts: Pasts): string[] {
  const values = pasts.get(operation.todo_id)?.values;
  const { conflicts, refusals } = device.store.snapshot();
  const isAsked = [...conflicts, ...refusals].some(({ todo_id }) => todo_id === operation.todo_id);
  return Object.entries(operation.changes).flatMap(([field, change]) => {
    const isClash = result.clashes[field] !== undefined;
    const isSettled = (isTaken(result) || verdictOf(result) === "conflict") && !isClash;
    const isStored = !values || (values.get(field) ?? []).some((value) => agrees(value, change));
    if (isSettled) return isStored ? [] : [`${operation.op_id} ${field}: taken, but not stored`];
    const isOver = settledSince(device, operation.todo_id, field, change.to);
    const isExcused = !device.kept.has(operation.op_id);
    return isAsked || isOver || isExcused
      ? []
      : [`${operation.op_id} ${field}: neither stored nor asked about`];
  });
}

/** Tags of two devices are merged: what was added is there, and what was taken away is not. */
function agrees(value: unknown, { from, to }: { from: unknown; to: unknown }): boolean {
  if (!Array.isArray(value) || !Array.isArray(from) || !Array.isArray(to)) return same(value, to);
  const added = to.filter((each) => !from.includes(each));
  const removed = from.filter((each) => !to.includes(each));
  return added.every((each) => value.includes(each)) && !removed.some((each) => value.includes(each));
}

/** The same person has gone on from that value, or it came to be stored after all. */
function settledSince(device: Device, todoId: string, field: string, value: unknown): boolean {
  const later = [...device.verdicts.values()].some(({ operation }) => {
    const change = (operation.changes as Record<string, { from: unknown; to: unknown } | undefined>)[field];
    return operation.todo_id === todoId && change !== undefined && same(change.from, value);
  });
  const stored = device.store.get(todoId) as Record<string, unknown> | undefined;
  return later || same(stored?.[field], value);
}

/** Todos that are there although a device was told that they are deleted, as one is that was restored since. */
export function deletedButThere(devices: readonly Device[]): string[] {
  const deleted = devices
    .flatMap(({ verdicts }) => [...verdicts.values()])
    .filter(({ operation, result }) => operation.kind === "delete" && isTaken(result))
    .map(({ operation }) => operation.todo_id);
  const live = new Set(devices.flatMap((device) => device.store.snapshot().todos.map(({ id }) => id)));
  return [...new Set(deleted)].filter((id) => live.has(id));
}

/** Those of them that nobody has restored. The answers alone do not tell: one that is given again names no moment. */
export const resurrected = (ids: readonly string[], pasts: Pasts): string[] =>
  ids.filter(
    (id) => pasts.get(id)?.kinds.find((kind) => kind === "delete" || kind === "restore") !== "restore",
  );
