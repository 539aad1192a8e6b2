import type { Patch, TodoView } from "@/lib/sync/types";
import type { Device } from "@/testing/devices/device";

/** What people do, and how often. */
const HABITS = {
  create: 20,
  update: 45,
  complete: 12,
  move: 5,
  delete: 8,
  restore: 4,
  undo: 4,
  several: 2,
} as const;

let count = 0;

/** Each value is written once only, so that one that got lost is missed. */
const unique = (device: Device): string => `${device.name}.${++count}`;

function edit(device: Device): Patch {
  const { random } = device;
  switch (random.weighted({ title: 5, description: 3, priority: 1, due: 1, tags: 1 })) {
    case "title":
      return { title: unique(device) };
    case "description":
      return { description: unique(device) };
    case "priority":
      return { priority: random.pick(["none", "low", "medium", "high"] as const) ?? "none" };
    case "due":
      return { due: { date: `2026-12-${String(1 + random.below(28)).padStart(2, "0")}` } };
    default:
      return { tags: [`tag${random.below(5)}`] };
  }
}

/** One thing that a person does on a device, to what they see there. */
export function act(device: Device): void {
  const { random, store } = device;
  const { todos, trash } = store.snapshot();
  const pick = (among: readonly TodoView[]) => random.pick(among)?.id;
  const todo_id = pick(todos);
  const habit = random.weighted(HABITS);
  if (habit === "undo") store.undo();
  else if (habit === "restore") restore(device, pick(trash));
  else if (habit === "create" || todo_id === undefined) create(device);
  else if (habit === "several") several(device, todos);
  else if (habit === "move") store.mutate({ kind: "move", todo_id, after: pick(todos) ?? null });
  else if (habit === "delete") store.mutate({ kind: "delete", todo_id });
  else if (habit === "complete")
    store.mutate({ kind: "update", todo_id, patch: { completed: random.next() < 0.7 } });
  else store.mutate({ kind: "update", todo_id, patch: edit(device) });
}

function create(device: Device): void {
  device.store.mutate({ kind: "create", patch: { title: unique(device) } });
}

function restore(device: Device, todo_id: string | undefined): void {
  if (todo_id !== undefined) device.store.mutate({ kind: "restore", todo_id });
}

function several(device: Device, todos: readonly TodoView[]): void {
  const start = device.random.below(todos.length);
  const some = todos.slice(start, start + 5);
  device.store.mutate(some.map(({ id: todo_id }) => ({ kind: "update", todo_id, patch: edit(device) })));
}
