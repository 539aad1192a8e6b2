import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SignedOut } from "@/lib/api/problems";
import { memoryArea } from "@/lib/storage/area";
import { MOST_UNSENT } from "@/lib/sync/store";
import { FakeServer, problem } from "@/testing/fake-server";
import { add, first, later, open, settle, startClock, stopStores, titles } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

describe("an action", () => {
  test("is shown at once and sent afterwards", async () => {
    const { server, store } = await open();
    add(store, "  Water the plants ");
    expect(titles(store)).toEqual(["Water the plants"]);
    expect(store.snapshot().unsent).toBe(1);
    expect(server.todos.size).toBe(0);
    await settle();
    expect(server.titles()).toEqual(["Water the plants"]);
    expect(store.snapshot()).toMatchObject({ unsent: 0, complete: true, connection: { state: "idle" } });
    expect(first(store)).toMatchObject({ version: 1, pending: 0 });
  });

  test("that changes nothing is none", async () => {
    const { server, store } = await open();
    add(store, "one");
    await settle();
    const { id } = first(store);
    const nothing = { todo_ids: [] };
    expect(store.mutate({ kind: "update", todo_id: id, patch: { title: "one " } })).toEqual(nothing);
    expect(store.mutate({ kind: "update", todo_id: anId(9), patch: { title: "x" } })).toEqual(nothing);
    expect(store.mutate({ kind: "restore", todo_id: id })).toEqual(nothing);
    await settle();
    expect(server.received).toHaveLength(1);
  });

  test("keeps its place in the queue: create, edit, tick, delete", async () => {
    const { server, store } = await open();
    add(store, "one");
    const { id } = first(store);
    store.mutate({ kind: "update", todo_id: id, patch: { title: "two" } });
    store.mutate({ kind: "update", todo_id: id, patch: { completed: true } });
    store.mutate({ kind: "delete", todo_id: id });
    expect(titles(store)).toEqual([]);
    await later(1000);
    expect(server.titles()).toEqual([]);
    expect(store.snapshot()).toMatchObject({ unsent: 0, conflicts: [] });
  });

  test("survives a reload before it was sent", async () => {
    const area = memoryArea();
    const server = new FakeServer();
    server.fail(problem(503, "unavailable", 60_000));
    const before = await open({ server, area });
    add(before.store, "kept");
    await settle();
    before.stop();
    const { store } = await open({ server, area });
    expect(titles(store)).toEqual(["kept"]);
    await later(60_000);
    expect(server.titles()).toEqual(["kept"]);
  });

  test("is sent again when its answer was lost, and acts once", async () => {
    const { server, store } = await open();
    server.fail("lost answer");
    add(store, "once");
    await later(2000);
    expect(server.received).toHaveLength(2);
    expect(server.titles()).toEqual(["once"]);
    expect(store.snapshot().unsent).toBe(0);
  });

  test("waits for as long as the server asks", async () => {
    const { server, store } = await open();
    server.fail(problem(429, "quota-exceeded", 20_000), problem(429, "quota-exceeded", 20_000));
    add(store, "later");
    await settle();
    expect(store.snapshot().connection).toMatchObject({ state: "waiting", reason: "busy" });
    add(store, "not a reason to hurry");
    await later(39_000);
    expect(server.received).toHaveLength(0);
    await later(1000);
    expect(server.titles().sort()).toEqual(["later", "not a reason to hurry"]);
  });

  test("goes on when somebody says that the network is back", async () => {
    const { server, store } = await open();
    server.fail(problem(503, "unavailable", 60_000));
    add(store, "one");
    await settle();
    store.kick();
    await settle();
    expect(server.titles()).toEqual(["one"]);
  });

  test("waits for the person to sign in again, in the middle of a queue", async () => {
    const { server, store } = await open();
    add(store, "one");
    await settle();
    vi.spyOn(server, "push").mockRejectedValueOnce(new SignedOut());
    add(store, "two");
    add(store, "three");
    await later(600_000);
    expect(server.titles()).toEqual(["one"]);
    expect(store.snapshot()).toMatchObject({ unsent: 2, connection: { state: "signed-out" } });
    store.kick();
    await settle();
    expect(server.titles().sort()).toEqual(["one", "three", "two"]);
  });

  test("is refused when too many wait already, and says so before", async () => {
    const { server, store } = await open();
    server.fail(problem(503, "unavailable", 600_000));
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        kind: "create" as const,
        patch: { title: `${index}` },
      }));
    expect(store.snapshot().crowded).toBe(false);
    store.mutate(many(MOST_UNSENT));
    expect(store.snapshot()).toMatchObject({ unsent: MOST_UNSENT, crowded: true });
    expect(add(store, "one too many")).toEqual({ todo_ids: [], refused: "outbox-full" });
  });
});

describe("a recurring todo", () => {
  const recurrence = { rule: "FREQ=DAILY", anchor: "due" as const };

  test("is shown as done until the server has moved it on; undoing moves it back", async () => {
    const { server, store } = await open();
    const patch = { title: "daily", recurrence, due: { date: "2026-11-22" } };
    store.mutate({ kind: "create", patch });
    await settle();
    const { id } = first(store);
    store.mutate({ kind: "update", todo_id: id, patch: { completed: true } });
    expect(first(store)).toMatchObject({ completed: true, due: { date: "2026-11-22" } });
    await settle();
    expect(first(store)).toMatchObject({ completed: false, due: { date: "2026-11-23" } });
    store.undo();
    await settle();
    expect(server.live()).toMatchObject([{ completed: false, due: { date: "2026-11-22" } }]);
  });
});

describe("changes made elsewhere", () => {
  test("are shown as soon as the stream tells of them", async () => {
    const { server, store } = await open();
    await settle();
    expect(store.snapshot().live).toBe(true);
    server.add({ id: anId(1), title: "from elsewhere" });
    await settle();
    expect(titles(store)).toEqual(["from elsewhere"]);
  });

  test("are found without the stream, once a minute", async () => {
    const { server, store } = await open();
    vi.spyOn(server, "stream").mockRejectedValue(problem(503, "unavailable"));
    server.endStreams();
    await later(10);
    expect(store.snapshot().live).toBe(false);
    server.add({ id: anId(1), title: "from elsewhere" });
    await later(61_000);
    expect(titles(store)).toEqual(["from elsewhere"]);
  });

  test("come in pages, and what was deleted before is no part of the first", async () => {
    const server = new FakeServer();
    server.pageSize = 2;
    server.add(...[1, 2, 3, 4, 5].map((number) => ({ id: anId(number), title: `${number}` })));
    server.remove(anId(3));
    const { store } = await open({ server });
    await settle();
    expect(titles(store)).toEqual(["5", "4", "2", "1"]);
    expect(store.snapshot()).toMatchObject({ complete: true, trash: [] });
  });

  test("go to the trash with what this device knew, until the server forgets them", async () => {
    const { server, store } = await open();
    server.add({ id: anId(1), title: "doomed" });
    await settle();
    server.remove(anId(1));
    await settle();
    expect(titles(store)).toEqual([]);
    expect(store.snapshot().trash).toMatchObject([{ title: "doomed" }]);
    store.mutate({ kind: "restore", todo_id: anId(1) });
    await settle();
    expect(server.titles()).toEqual(["doomed"]);
    server.purge(anId(1));
    await settle();
    expect(store.snapshot()).toMatchObject({ todos: [], trash: [] });
  });

  test("fill the trash from the server when it is looked at", async () => {
    const server = new FakeServer();
    server.add({ id: anId(1), title: "before my time" });
    server.remove(anId(1));
    const { store } = await open({ server });
    await settle();
    expect(store.snapshot().trash).toEqual([]);
    await store.loadTrash(new AbortController().signal);
    expect(store.snapshot().trash).toMatchObject([{ title: "before my time" }]);
  });
});

test("whatever the network does, nothing is lost and nothing is doubled", async () => {
  const fault = fc.constantFrom(
    "lost request" as const,
    "lost answer" as const,
    problem(503, "x"),
    problem(500, "x"),
    problem(429, "x", 10),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 8 }),
      fc.integer({ min: 1, max: 8 }),
      async (faults, count) => {
        const { server, store, stop } = await open();
        server.fail(...faults);
        const expected = Array.from({ length: count }, (_, index) => `todo ${index}`);
        for (const title of expected) add(store, title);
        for (const { id, title } of store.snapshot().todos) {
          if (title.endsWith("1")) store.mutate({ kind: "update", todo_id: id, patch: { completed: true } });
        }
        await later(600_000);
        expect(server.titles().sort()).toEqual(expected);
        expect(titles(store).sort()).toEqual(expected);
        expect(store.snapshot()).toMatchObject({ unsent: 0, conflicts: [], refusals: [] });
        for (const { title, completed } of server.todos.values()) expect(completed).toBe(title.endsWith("1"));
        stop();
      },
    ),
    { numRuns: 40 },
  );
});
