import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memoryArea } from "@/lib/storage/area";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import { type Persistence, StorageFull, StorageLost } from "@/lib/sync/persistence/port";
import { FakeServer, problem } from "@/testing/fake-server";
import { add, first, later, open, openLocal, settle, startClock, stopStores, titles } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

async function two(setup: Parameters<typeof open>[0] = {}) {
  const opened = await open({ tabs: 2, ...setup });
  const [leader, follower] = opened.tabs;
  if (!leader || !follower) throw new Error("two tabs were asked for");
  await settle();
  return { ...opened, leader, follower };
}

describe("several tabs", () => {
  test("show the same, and one sends for all", async () => {
    const { server, leader, follower } = await two();
    add(follower.store, "from the second tab");
    await settle();
    expect(titles(leader.store)).toEqual(["from the second tab"]);
    expect(server.titles()).toEqual(["from the second tab"]);
    expect(server.received).toHaveLength(1);
    for (const { store } of [leader, follower]) {
      expect(store.snapshot()).toMatchObject({ unsent: 0, live: true });
      expect(first(store)).toMatchObject({ title: "from the second tab", version: 1, pending: 0 });
    }
  });

  test("hold one stream open", async () => {
    const { server, leader, follower } = await two();
    expect(server.streams).toBe(1);
    server.add({ id: anId(1), title: "from elsewhere" });
    await settle();
    expect([titles(leader.store), titles(follower.store)]).toEqual([["from elsewhere"], ["from elsewhere"]]);
  });

  test("take over when the sending one is closed", async () => {
    const { server, leader, follower } = await two();
    server.fail("lost request", "lost request");
    add(follower.store, "orphan");
    leader.stop();
    await later(5000);
    expect(server.titles()).toEqual(["orphan"]);
    expect(server.streams).toBe(1);
  });

  test("ask the sending one to try again", async () => {
    const { server, follower } = await two();
    server.fail(problem(503, "unavailable", 600_000));
    add(follower.store, "one");
    await settle();
    expect(follower.store.snapshot().connection.state).toBe("waiting");
    follower.store.kick();
    await settle();
    expect(server.titles()).toEqual(["one"]);
  });

  test("see the same conflicts, and one of them settles each", async () => {
    const { server, leader, follower } = await two();
    server.add({ id: anId(1), title: "base" });
    await settle();
    server.fail(problem(503, "unavailable", 1000));
    follower.store.mutate({ kind: "update", todo_id: anId(1), patch: { title: "mine" } });
    await settle();
    server.change(anId(1), { title: "theirs" });
    await later(5000);
    for (const { store } of [leader, follower]) expect(store.snapshot().conflicts).toHaveLength(1);
    follower.store.resolve(anId(1), "mine");
    await settle();
    for (const { store } of [leader, follower]) expect(store.snapshot().conflicts).toEqual([]);
    expect(server.titles()).toEqual(["mine"]);
  });
});

describe("storage that takes nothing", () => {
  const failing = (error: () => Error): Persistence => ({
    ...memoryPersistence(),
    kind: "local-storage",
    write: () => Promise.reject(error()),
  });

  test("because it is full: everything is sent all the same, and the person is told", async () => {
    const area = memoryArea();
    const failed = async () => failing(() => new StorageFull("full"));
    const { server, leader, follower } = await two({ area, open: failed });
    server.fail(problem(503, "unavailable", 1000));
    add(follower.store, "from the follower");
    await settle();
    expect(follower.store.snapshot().storage).toBe("full");
    expect(area.length).toBe(1);
    await later(5000);
    add(leader.store, "from the leader");
    add(follower.store, "another");
    await later(5000);
    expect(server.titles().sort()).toEqual(["another", "from the follower", "from the leader"]);
    // Each went once, although the follower told of all that it could not write, again and again.
    expect(new Set(server.received.map(({ op_id }) => op_id)).size).toBe(server.received.length);
  });

  test("because a newer version of the app has come: what is done is kept for it", async () => {
    const area = memoryArea();
    const server = new FakeServer();
    let lose = () => {};
    const opened = await open({
      server,
      area,
      open: async ({ lost }) => {
        lose = () => lost("outdated");
        return failing(() => new StorageLost("outdated"));
      },
    });
    await settle();
    lose();
    await settle();
    add(opened.store, "typed in an old tab");
    await settle();
    expect(opened.store.snapshot()).toMatchObject({ storage: "outdated", unsent: 1 });
    opened.stop();
    await settle();
    const next = await open({ server, area, open: openLocal(area, "u1") });
    await settle();
    expect(titles(next.store)).toEqual(["typed in an old tab"]);
    expect(server.titles()).toEqual(["typed in an old tab"]);
  });

  test("because the person signed out: nothing is left in memory", async () => {
    let lose = () => {};
    const { store, server } = await open({
      open: async ({ lost }) => {
        lose = () => lost("erased");
        return memoryPersistence();
      },
    });
    server.add({ id: anId(1), title: "private" });
    await settle();
    expect(titles(store)).toEqual(["private"]);
    lose();
    expect(store.snapshot()).toMatchObject({ todos: [], unsent: 0, complete: false });
  });
});

describe("a cursor that leads nowhere any more", () => {
  test("keeps what is shown and what was not sent, and forgets what is not there any more", async () => {
    const { server, store } = await open();
    server.pageSize = 1;
    server.add({ id: anId(1), title: "stays" }, { id: anId(2), title: "lost by the restore" });
    await settle();
    server.fail(problem(503, "unavailable", 1000));
    add(store, "unsent");
    store.mutate({ kind: "update", todo_id: anId(1), patch: { priority: "high" } });
    await settle();
    server.todos.delete(anId(2));
    server.restoreBackup();
    expect(titles(store)).toEqual(["unsent", "lost by the restore", "stays"]);
    await later(5000);
    expect(titles(store)).toEqual(["unsent", "stays"]);
    expect(server.titles()).toEqual(["unsent", "stays"]);
    expect(server.todos.get(anId(1))?.priority).toBe("high");
    expect(store.snapshot()).toMatchObject({ complete: true, unsent: 0 });
  });
});

test("signing out knows what would be lost", async () => {
  const { server, store } = await open();
  server.fail(problem(503, "unavailable", 600_000), problem(503, "unavailable", 600_000));
  add(store, "one");
  await settle();
  expect(store.unsynced()).toEqual({ unsent: 1, conflicts: 0, refusals: 0, unread: false });
  const cut = new AbortController();
  const flushed = store.flush(cut.signal);
  await settle();
  cut.abort();
  expect(await flushed).toBe(false);
  store.kick();
  expect(await store.flush(new AbortController().signal)).toBe(true);
  expect(store.unsynced().unsent).toBe(0);
});

test("signing out does not ask about a conflict in which nothing is left to choose", async () => {
  const server = new FakeServer();
  const [todo] = server.add({ id: anId(1), title: "mine" });
  if (!todo) throw new Error("there is no todo");
  const persistence = memoryPersistence();
  const changes = { title: { from: "base", to: "mine" } };
  const conflict = { todo_id: todo.id, kind: "fields", seen: { ...todo, title: "base" }, changes } as const;
  const sync = { cursor: `${server.epoch}/${server.head}`, epoch: server.epoch, head: server.head };
  await persistence.write({ put: { shadow: [todo], conflicts: [conflict] }, sync });
  const { store } = await open({ server, open: async () => persistence });
  expect(await store.flush(new AbortController().signal)).toBe(true);
  expect(store.unsynced()).toEqual({ unsent: 0, conflicts: 0, refusals: 0, unread: false });
});
