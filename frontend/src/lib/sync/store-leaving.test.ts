import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keysWith, memoryArea } from "@/lib/storage/area";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import { type PersistenceEvents, StorageLost } from "@/lib/sync/persistence/port";
import { FakeServer, problem } from "@/testing/fake-server";
import { add, later, open, openLocal, settle, startClock, stopStores } from "@/testing/stores";

const page = new EventTarget();
beforeEach(() => {
  startClock();
  for (const name of ["addEventListener", "removeEventListener"] as const)
    vi.stubGlobal(name, page[name].bind(page));
});
afterEach(stopStores);

const _journal = (area: ReturnType<typeof memoryArea>) => keysWith(area, "daybook:outbox:u1:");
/** Whether the browser would ask before it closes the page. */
const _asksToStay = () => !page.dispatchEvent(new Event("beforeunload", { cancelable: true }));
const offline = () => {
  const server = new FakeServer();
  server.fail(...Array.from({ length: 50 }, () => problem(503, "unavailable", 600_000)));
  return server;
};
const _never = <Result>() => new Promise<Result>(() => undefined);

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

function _fail(): never {
  throw new DOMException("blocked", "SecurityError");
}
