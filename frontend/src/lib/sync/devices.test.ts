import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Patch, Todo, TodoStore } from "@/lib/sync/types";
import { FakeServer, problem } from "@/testing/fake-server";
import { later, open, startClock, stopStores } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

const DEVICES = 3;
type Step =
  | { kind: "create" }
  | { kind: "update"; which: number; patch: Patch }
  | { kind: "delete" | "restore"; which: number }
  | { kind: "undo" };
type Turn = {
  device: number;
  step: Step;
  fault: "lost request" | "lost answer" | "busy" | undefined;
  pause: number;
};

const which = fc.nat({ max: 5 });
const patch: fc.Arbitrary<Patch> = fc.record(
  {
    title: fc.constantFrom("one", "two", "three", "four"),
    description: fc.constantFrom("a", "b"),
    completed: fc.boolean(),
  },
  { requiredKeys: [] },
);
const turn: fc.Arbitrary<Turn> = fc.record({
  device: fc.nat({ max: DEVICES - 1 }),
  step: fc.oneof(
    fc.constant<Step>({ kind: "create" }),
    fc.record({ kind: fc.constant("update" as const), which, patch }),
    fc.record({ kind: fc.constantFrom("delete" as const, "restore" as const), which }),
    fc.constant<Step>({ kind: "undo" }),
  ),
  fault: fc.constantFrom(
    undefined,
    undefined,
    "lost request" as const,
    "lost answer" as const,
    "busy" as const,
  ),
  pause: fc.constantFrom(0, 0, 1, 3000),
});

function act(store: TodoStore, step: Step, number: number): void {
  const { todos, trash } = store.snapshot();
  if (step.kind === "create") store.mutate({ kind: "create", patch: { title: `new ${number}` } });
  else if (step.kind === "undo") store.undo();
  else {
    const among = step.kind === "restore" ? trash : todos;
    const todo = among[step.which % Math.max(1, among.length)];
    if (!todo) return;
    const todo_id = todo.id;
    store.mutate(
      step.kind === "update" ? { kind: "update", todo_id, patch: step.patch } : { kind: step.kind, todo_id },
    );
  }
}

const pick = ({ id, title, description, completed, version }: Todo) => ({
  id,
  title,
  description,
  completed,
  version,
});

type Device = Awaited<ReturnType<typeof open>>;

async function take(server: FakeServer, devices: readonly Device[], turns: readonly Turn[]): Promise<void> {
  for (const [number, { device, step, fault, pause }] of turns.entries()) {
    if (fault) server.fail(fault === "busy" ? problem(503, "unavailable", 2000) : fault);
    const store = devices[device]?.store;
    if (store) act(store, step, number);
    await later(pause);
  }
  await later(200_000);
}

/** Everybody shows what the server has, down to the version, and has nothing left to send. */
function expectOneState(server: FakeServer, devices: readonly Device[]): void {
  const live = server.live().map(pick);
  for (const { store } of devices) {
    expect(store.snapshot()).toMatchObject({ unsent: 0, refusals: [] });
    expect(store.snapshot().todos.map(pick)).toEqual(live);
  }
}

/** Each person decides, one this way, one that way. */
async function decide(devices: readonly Device[]): Promise<void> {
  for (const { store } of devices) {
    for (const [index, { todo_id }] of store.snapshot().conflicts.entries()) {
      store.resolve(todo_id, index % 2 === 0 ? "mine" : "theirs");
    }
    await later(10_000);
  }
}

test("devices that meet after whatever happened show the same, and have nothing left to send", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { maxLength: 30 }), async (turns) => {
      const server = new FakeServer();
      server.add({ id: anId(1), title: "shared" });
      const devices = await Promise.all(Array.from({ length: DEVICES }, () => open({ server })));
      await take(server, devices, turns);
      expectOneState(server, devices);
      await decide(devices);
      expectOneState(server, devices);
      for (const { stop } of devices) stop();
    }),
    { numRuns: 60 },
  );
});
