import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { memoryArea } from "@/lib/storage/area";
import type { StoreMessage } from "@/lib/sync/messages";
import { eraseTodos } from "@/lib/sync/persistence/erase";
import { openPersistence } from "@/lib/sync/persistence/open";
import { Store } from "@/lib/sync/store";
import type { TodoStore } from "@/lib/sync/types";
import { FakeServer, problem } from "@/testing/fake-server";
import { connectedChannels, sharedLocks } from "@/testing/tabs";
import { anId } from "@/testing/todos";

// Real time and a real database engine: what the tests with a clock of their own cannot see is whether it all fits.
beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("IDBKeyRange", IDBKeyRange);
});
let stops: (() => void)[] = [];
afterEach(async () => {
  for (const stop of stops) stop();
  stops = [];
  vi.unstubAllGlobals();
});

function browser(server: FakeServer, userId = "u1") {
  const [area, locks] = [memoryArea(), sharedLocks()];
  const openTab = (channel = connectedChannels<StoreMessage>(1)[0]) => {
    if (!channel) throw new Error("one channel was asked for");
    const open = openPersistence(area, userId, locks);
    const store = new Store({ userId, area, locks, channel, open, transport: server });
    const stop = store.start();
    stops.push(stop);
    return { store, stop };
  };
  const openTabs = (count: number) => connectedChannels<StoreMessage>(count).map(openTab);
  return { area, locks, openTab, openTabs };
}

const titles = (store: TodoStore) => store.snapshot().todos.map(({ title }) => title);
const until = (expectation: () => void) => vi.waitFor(expectation, { timeout: 20_000, interval: 5 });

test("a browser that lets nobody touch its databases keeps nothing, and says so", async () => {
  vi.unstubAllGlobals();
  Object.defineProperty(globalThis, "indexedDB", {
    configurable: true,
    get: () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    },
  });
  try {
    const { openTab } = browser(new FakeServer());
    const { store } = openTab();
    await until(() => expect(store.snapshot()).toMatchObject({ phase: "ready", storage: "volatile" }));
    store.mutate({ kind: "create", patch: { title: "typed" } });
    await until(() => expect(store.snapshot().unsent).toBe(0));
  } finally {
    Reflect.deleteProperty(globalThis, "indexedDB");
  }
});

test("what is typed without a network is there after a crash, and sent once", async () => {
  const server = new FakeServer();
  server.fail(...Array.from({ length: 4 }, () => problem(503, "unavailable", 60_000)));
  const { openTab } = browser(server);
  const before = openTab();
  await until(() => expect(before.store.snapshot().storage).toBe("ready"));
  before.store.mutate({ kind: "create", patch: { title: "offline" } });
  const database = await before.store.flush(AbortSignal.timeout(1));
  expect(database).toBe(false);
  before.stop();
  const after = openTab();
  await until(() => expect(titles(after.store)).toEqual(["offline"]));
  after.store.kick();
  await until(() => {
    after.store.kick();
    expect(server.titles()).toEqual(["offline"]);
  });
  await until(() => expect(after.store.snapshot().unsent).toBe(0));
});

test("two tabs follow each other through the database", async () => {
  const server = new FakeServer();
  const { openTabs } = browser(server);
  const [leader, follower] = openTabs(2);
  if (!leader || !follower) throw new Error("two tabs were asked for");
  await until(() => expect(follower.store.snapshot().live).toBe(true));
  follower.store.mutate({ kind: "create", patch: { title: "from the follower" } });
  await until(() => expect(titles(leader.store)).toEqual(["from the follower"]));
  await until(() => expect(follower.store.snapshot()).toMatchObject({ unsent: 0, todos: [{ version: 1 }] }));
  server.add({ id: anId(1), title: "from elsewhere" });
  await until(() => expect(titles(follower.store)).toHaveLength(2));
  leader.stop();
  server.add({ id: anId(2), title: "after the leader has gone" });
  await until(() => expect(titles(follower.store)).toHaveLength(3));
});

test("another account sees nothing, and signing out leaves nothing", async () => {
  const server = new FakeServer();
  server.add({ id: anId(1), title: "private" });
  const { area, locks, openTab } = browser(server);
  const { store, stop } = openTab();
  await until(() => expect(titles(store)).toEqual(["private"]));
  const other = browser(new FakeServer(), "u2").openTab();
  await until(() =>
    expect(other.store.snapshot()).toMatchObject({ phase: "ready", complete: true, todos: [] }),
  );

  eraseTodos(area, "u1", locks);
  await until(() => expect(store.snapshot().todos).toEqual([]));
  stop();
  await vi.waitFor(async () => expect(await indexedDB.databases()).toMatchObject([{ name: "daybook:u2" }]));
});

test("10,000 todos are read at the first start and at the second", async () => {
  const server = new FakeServer();
  server.add(...Array.from({ length: 10_000 }, (_, index) => ({ id: anId(index), title: `Todo ${index}` })));
  const { openTab } = browser(server);
  const first = openTab();
  await until(() => expect(first.store.snapshot()).toMatchObject({ complete: true, unsent: 0 }));
  expect(first.store.snapshot().todos).toHaveLength(10_000);
  await first.store.flush(AbortSignal.timeout(60_000));
  first.stop();
  const pulls = server.pulls.length;
  const second = openTab();
  await until(() => expect(second.store.snapshot().todos).toHaveLength(10_000));
  await until(() => expect(server.pulls.length).toBeGreaterThan(pulls));
  expect(server.pulls.slice(pulls).every((cursor) => cursor !== null)).toBe(true);
});
