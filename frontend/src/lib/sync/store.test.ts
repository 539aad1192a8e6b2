import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SignedOut } from "@/lib/api/problems";
import { memoryArea } from "@/lib/storage/area";
import { FakeServer, problem } from "@/testing/fake-server";
import { add, first, later, open, settle, startClock, stopStores, titles } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

describe("an intent", () => {
  test("is shown at once and sent afterwards", async () => {
    const { server, store } = open();
    add(store, "  Water the plants ");
    expect(titles(store)).toEqual(["Water the plants"]);
    expect(store.snapshot().unsent).toBe(1);
    expect(server.todos.size).toBe(0);
    await settle();
    expect(server.titles()).toEqual(["Water the plants"]);
    expect(store.snapshot()).toMatchObject({ unsent: 0, connection: { state: "idle" } });
    expect(first(store)).toMatchObject({ version: 1, pending: 0 });
  });

  test("that changes nothing is none", async () => {
    const { server, store } = open();
    add(store, "one");
    await settle();
    const { id } = first(store);
    expect(store.mutate({ kind: "update", todo_id: id, patch: { title: "one " } })).toBeUndefined();
    expect(store.mutate({ kind: "update", todo_id: anId(9), patch: { title: "x" } })).toBeUndefined();
    await settle();
    expect(server.received).toHaveLength(1);
  });

  test("keeps its place in the queue: create, edit, tick, delete", async () => {
    const { server, store } = open();
    add(store, "one");
    const { id } = first(store);
    store.mutate({ kind: "update", todo_id: id, patch: { title: "two" } });
    store.mutate({ kind: "update", todo_id: id, patch: { completed: true } });
    store.mutate({ kind: "delete", todo_id: id });
    expect(titles(store)).toEqual([]);
    await settle();
    expect(server.received.map(({ kind }) => kind)).toEqual(["create", "update", "update", "delete"]);
    expect(server.titles()).toEqual([]);
  });

  test("survives a reload before it was sent", async () => {
    const area = memoryArea();
    const server = new FakeServer();
    server.fail("lost request");
    const before = open({ server, area });
    add(before.store, "kept");
    before.stop();
    const { store } = open({ server, area });
    expect(titles(store)).toEqual(["kept"]);
    await later(60_000);
    expect(server.titles()).toEqual(["kept"]);
  });

  test("is sent again when its answer was lost, and acts once", async () => {
    const { server, store } = open();
    server.fail("lost answer");
    add(store, "once");
    await later(1000);
    expect(server.received).toHaveLength(2);
    expect(server.titles()).toEqual(["once"]);
    expect(store.snapshot().unsent).toBe(0);
  });

  test("waits for the network, and for as long as the server asks", async () => {
    const { server, store } = open();
    server.fail(problem(429, "quota-exceeded", 20_000));
    add(store, "later");
    await settle();
    expect(store.snapshot().connection).toMatchObject({ state: "waiting" });
    add(store, "not a reason to hurry");
    await later(19_000);
    expect(server.received).toHaveLength(0);
    await later(1000);
    expect(server.titles()).toEqual(["not a reason to hurry", "later"]);
  });

  test("goes on when somebody says that the network is back", async () => {
    const { server, store } = open();
    server.fail(problem(503, "unavailable", 60_000));
    add(store, "one");
    await settle();
    store.kick();
    await settle();
    expect(server.titles()).toEqual(["one"]);
  });

  test("waits for the person to sign in again", async () => {
    const { server, store } = open();
    vi.spyOn(server, "push").mockRejectedValueOnce(new SignedOut());
    add(store, "one");
    await later(600_000);
    expect(server.titles()).toEqual([]);
    store.kick();
    await settle();
    expect(server.titles()).toEqual(["one"]);
  });
});

test("what the server does not take is set aside with its reason, and the queue goes on", async () => {
  const { server, store } = open();
  server.fail(problem(422, "invalid-request"));
  add(store, "bad");
  add(store, "good");
  await settle();
  expect(server.titles()).toEqual(["good"]);
  const [refused] = store.snapshot().obstructed;
  expect(refused).toMatchObject({ obstacle: { type: "refused", title: "invalid-request" } });
  store.resolve(refused?.operation.op_id ?? "", "mine");
  await settle();
  expect(server.titles().sort()).toEqual(["bad", "good"]);
});

test("whatever the network does, nothing is lost and nothing is doubled", async () => {
  const fault = fc.constantFrom(
    "lost request" as const,
    "lost answer" as const,
    problem(503, "x"),
    problem(429, "x", 10),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 8 }),
      fc.integer({ min: 1, max: 8 }),
      async (faults, count) => {
        const { server, store, stop } = open();
        server.fail(...faults);
        const expected = Array.from({ length: count }, (_, index) => `todo ${index}`);
        for (const title of expected) add(store, title);
        for (const { id, title } of store.snapshot().todos) {
          if (title.endsWith("1")) store.mutate({ kind: "update", todo_id: id, patch: { completed: true } });
        }
        await later(600_000);
        expect(server.titles()).toEqual([...expected].reverse());
        expect(titles(store)).toEqual([...expected].reverse());
        expect(store.snapshot()).toMatchObject({ unsent: 0, obstructed: [] });
        for (const { title, completed } of server.todos.values()) expect(completed).toBe(title.endsWith("1"));
        stop();
      },
    ),
    { numRuns: 40 },
  );
});
