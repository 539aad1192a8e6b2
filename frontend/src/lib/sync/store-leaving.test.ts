import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memoryArea } from "@/lib/storage/area";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import { type PersistenceEvents, StorageLost } from "@/lib/sync/persistence/port";
import { add, later, offline, open, openLocal, settle, startPage, stopStores } from "@/testing/stores";

let page: EventTarget;
beforeEach(() => {
  page = startPage();
});
afterEach(stopStores);

describe("signing out", () => {
  test("before this device was read waits for that, and does not call it saved", async () => {
    const area = memoryArea();
    const before = await open({ area, server: offline() });
    add(before.store, "unsent");
    before.stop();
    await settle();
    let openNow = () => {};
    const waiting = new Promise<void>((resolve) => (openNow = resolve));
    const { store, server } = await open({
      area,
      open: (events, signal) => waiting.then(() => openLocal(area, "u1")(events, signal)),
    });
    expect(await store.flush(AbortSignal.abort())).toBe(false);
    const flushed = store.flush(new AbortController().signal);
    await settle();
    openNow();
    await later(1000);
    expect(await flushed).toBe(true);
    expect(server.titles()).toEqual(["unsent"]);
  });

  test("in another tab leaves nothing, whatever this one does after that", async () => {
    const area = memoryArea();
    const events: PersistenceEvents[] = [];
    const { store } = await open({
      area,
      server: offline(),
      open: async (given) => {
        events.push(given);
        return {
          ...memoryPersistence(),
          kind: "database",
          write: () => Promise.reject(new StorageLost("erased")),
        };
      },
    });
    events[0]?.lost("erased");
    add(store, "typed too late");
    await settle();
    page.dispatchEvent(new Event("pagehide"));
    expect(area.length).toBe(0);
  });
});
