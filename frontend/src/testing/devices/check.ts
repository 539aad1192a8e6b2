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

/**
 * Changes that a device wanted, that are not among what the server took, and that nobody is asked about either.
 * `history` has, for each todo, every value that any field ever got.
 */
export function lostUpdates(
  devices: readonly Device[],
  history: ReadonlyMap<string, ReadonlyMap<string, readonly unknown[]>>,
): string[] {
  return devices.flatMap((device) =>
    [...device.verdicts.values()].flatMap((verdict) => lostFields(device, verdict, history)),
  );
}

function lostFields(
  device: Device,
  { operation, result }: Verdict,
  history: Parameters<typeof lostUpdates>[1],
): string[] {
  const values = history.get(operation.todo_id);
  const { conflicts, refusals } = device.store.snapshot();
  const isAsked = [...conflicts, ...refusals].some(({ todo_id }) => todo_id === operation.todo_id);
  return Object.entries(operation.changes).flatMap(([field, change]) => {
    const isClash = result.clashes[field] !== undefined;
    const isTaken = ["applied", "merged", "conflict"].includes(verdictOf(result) ?? "") && !isClash;
    const isStored = !values || (values.get(field) ?? []).some((value) => same(value, change.to));
    if (isTaken) return isStored ? [] : [`${operation.op_id} ${field}: taken, but not stored`];
    const isOver = settledSince(device, operation.todo_id, field, change.to);
    const isExcused = !device.kept.has(operation.op_id);
    return isAsked || isOver || isExcused
      ? []
      : [`${operation.op_id} ${field}: neither stored nor asked about`];
  });
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

/** Todos that are there although the last word about them was that they were deleted. */
export function resurrected(devices: readonly Device[]): string[] {
  const last = new Map<string, { seq: number; kind: string }>();
  for (const { operation, result } of devices.flatMap(({ verdicts }) => [...verdicts.values()])) {
    const isTaken = ["applied", "merged"].includes(verdictOf(result) ?? "");
    if (!isTaken || result.seq === null || !["delete", "restore"].includes(operation.kind)) continue;
    const known = last.get(operation.todo_id);
    if (!known || known.seq < result.seq)
      last.set(operation.todo_id, { seq: result.seq, kind: operation.kind });
  }
  const live = new Set(devices.flatMap((device) => device.store.snapshot().todos.map(({ id }) => id)));
  return [...last].filter(([id, { kind }]) => kind === "delete" && live.has(id)).map(([id]) => id);
}
