import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keysWith, memoryArea } from "@/lib/storage/area";
import { localPersistence } from "@/lib/sync/persistence/local-storage";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import { type Persistence, type PersistenceEvents, StorageLost } from "@/lib/sync/persistence/port";
import { FakeServer } from "@/testing/fake-server";
import {
  add,
  journal,
  later,
  offline,
  open,
  openLocal,
  settle,
  startClock,
  stopStores,
  titles,
} from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

describe("a database that the browser has closed", () => {
  /** Closes each connection as often as it is told to. */
  function closing(area = memoryArea()) {
    const connections: PersistenceEvents[] = [];
    const open = async (events: PersistenceEvents): Promise<Persistence> => {
      connections.push(events);
      return localPersistence(area, "u1");
    };
    return { area, connections, open, lose: () => connections.at(-1)?.lost("broken") };
  }

  test("is opened again, and what is done is sent as before", async () => {
    const { connections, lose, ...setup } = closing();
    const { server, store } = await open(setup);
    add(store, "before");
    await settle();
    lose();
    add(store, "meanwhile");
    await later(2000);
    expect(connections).toHaveLength(2);
    add(store, "after");
    await settle();
    expect(server.titles().sort()).toEqual(["after", "before", "meanwhile"]);
    expect(store.snapshot()).toMatchObject({ phase: "ready", storage: "fallback", unsent: 0 });
  });

  test("without a word is noticed by its next write", async () => {
    const area = memoryArea();
    let opened = 0;
    const write = () => Promise.reject(new StorageLost("broken"));
    const { server, store } = await open({
      area,
      open: async () => ({ ...localPersistence(area, "u1"), ...(++opened === 1 ? { write } : {}) }),
    });
    add(store, "one");
    await later(5000);
    expect(opened).toBe(2);
    expect(server.titles()).toEqual(["one"]);
    expect(store.snapshot()).toMatchObject({ storage: "fallback", unsent: 0 });
    expect(journal(area)).toEqual([]);
  });

  test("and has thrown away is filled again with what this tab knows", async () => {
    const { area, lose, ...setup } = closing();
    const { store } = await open({ ...setup, area, server: offline() });
    add(store, "unsent");
    await settle();
    lose();
    for (const key of keysWith(area, "daybook:sync:")) area.removeItem(key);
    await later(2000);
    expect(titles(store)).toEqual(["unsent"]);
    expect(titles((await open({ area, server: offline() })).store)).toEqual(["unsent"]);
  });

  test("again and again is done without, and what is done is sent all the same", async () => {
    const { connections, lose, ...setup } = closing();
    const { server, store } = await open(setup);
    server.add({ id: anId(1), title: "known" });
    await settle();
    for (let round = 0; round < 10; round++) {
      lose();
      await later(8_000);
    }
    expect(connections.length).toBeLessThan(10);
    add(store, "typed after that");
    await settle();
    expect(server.titles().sort()).toEqual(["known", "typed after that"]);
    expect(store.snapshot()).toMatchObject({ phase: "ready", storage: "volatile", unsent: 0 });
  });
});

describe("a database that cannot be read", () => {
  const unreadable = async (): Promise<Persistence> => ({
    ...memoryPersistence(),
    kind: "database",
    load: () => Promise.reject(new StorageLost("broken")),
  });

  test("is no empty account: signing out asks", async () => {
    const server = new FakeServer();
    server.add({ id: anId(1), title: "on the server" });
    const { store } = await open({ server, open: unreadable });
    expect(store.snapshot().phase).toBe("opening");
    expect(await store.flush(AbortSignal.abort())).toBe(false);
    await later(60_000);
    // In the end the server's todos are shown. What is on this device may still be something else.
    expect(titles(store)).toEqual(["on the server"]);
    expect(store.snapshot().storage).toBe("volatile");
    expect(await store.flush(AbortSignal.timeout(1))).toBe(false);
    expect(store.unsynced()).toMatchObject({ unsent: 0, unread: true });
  });

  test("for a moment is read when that is over", async () => {
    const area = memoryArea();
    const before = await open({ area, server: offline() });
    add(before.store, "unsent");
    before.stop();
    await settle();
    let tries = 0;
    const { store } = await open({
      area,
      open: (events, signal) => (++tries < 3 ? unreadable() : openLocal(area, "u1")(events, signal)),
    });
    await later(5_000);
    expect(titles(store)).toEqual(["unsent"]);
    expect(store.unsynced().unread).toBe(false);
  });
});
