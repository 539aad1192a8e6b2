import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { memoryArea } from "@/lib/storage/area";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import { FakeServer, problem } from "@/testing/fake-server";
import {
  add,
  forever,
  journal,
  later,
  offline,
  open,
  openLocal,
  settle,
  startPage,
  stopStores,
  titles,
} from "@/testing/stores";
import { anId } from "@/testing/todos";

let page: EventTarget;
beforeEach(() => {
  page = startPage();
});
afterEach(stopStores);

/** Whether the browser would ask before it closes the page. */
const asksToStay = () => !page.dispatchEvent(new Event("beforeunload", { cancelable: true }));

describe("a page that goes", () => {
  test("while its last write is under way loses nothing", async () => {
    const area = memoryArea();
    const stuck = { ...memoryPersistence(), kind: "database" as const, write: () => forever<void>() };
    const before = await open({ area, server: offline(), open: async () => stuck });
    add(before.store, "typed last");
    expect(journal(area)).toEqual([]);
    page.dispatchEvent(new Event("pagehide"));
    expect(journal(area)).toHaveLength(1);
    const after = await open({ area, server: new FakeServer() });
    expect(titles(after.store)).toEqual(["typed last"]);
    await settle();
    expect(after.server.titles()).toEqual(["typed last"]);
    expect(journal(area)).toEqual([]);
  });

  test("before its storage was opened loses nothing", async () => {
    const area = memoryArea();
    const before = await open({ area, open: () => forever() });
    add(before.store, "typed at once");
    page.dispatchEvent(new Event("pagehide"));
    expect(titles((await open({ area })).store)).toEqual(["typed at once"]);
  });

  test("because its browser needs the room loses nothing: nobody tells it but by hiding it", async () => {
    const seen = Object.assign(new EventTarget(), { visibilityState: "visible" });
    vi.stubGlobal("document", seen);
    const area = memoryArea();
    const stuck = { ...memoryPersistence(), kind: "database" as const, write: () => forever<void>() };
    const { store } = await open({ area, server: offline(), open: async () => stuck });
    add(store, "typed last");
    seen.dispatchEvent(new Event("visibilitychange"));
    expect(journal(area)).toEqual([]);
    seen.visibilityState = "hidden";
    seen.dispatchEvent(new Event("visibilitychange"));
    expect(journal(area)).toHaveLength(1);
  });

  test("or crashes before its storage was opened loses nothing", async () => {
    const area = memoryArea();
    let openNow = () => {};
    const waiting = new Promise<void>((resolve) => (openNow = resolve));
    const slowly = openLocal(area, "u1");
    const { server, store } = await open({
      area,
      open: (events, signal) => waiting.then(() => slowly(events, signal)),
    });
    add(store, "typed at once");
    expect(journal(area)).toHaveLength(1);
    openNow();
    await settle();
    expect(journal(area)).toEqual([]);
    expect(server.received).toHaveLength(1);
  });

  test("and comes back has kept it once", async () => {
    const area = memoryArea();
    const { server, store } = await open({ area });
    add(store, "one");
    page.dispatchEvent(new Event("pagehide"));
    await settle();
    expect(journal(area)).toEqual([]);
    expect(server.titles()).toEqual(["one"]);
  });

  test("asks before it takes along what is nowhere else, and only then", async () => {
    const blocked = { ...memoryArea(), setItem: () => fail() };
    const { server, store } = await open({
      area: blocked,
      server: offline(),
      open: async () => memoryPersistence(),
    });
    expect(asksToStay()).toBe(false);
    add(store, "in memory alone");
    expect(asksToStay()).toBe(true);
    server.recover();
    store.kick();
    await settle();
    expect(server.titles()).toEqual(["in memory alone"]);
    expect(asksToStay()).toBe(false);
  });

  test("goes without a word where local storage takes it", async () => {
    const { store } = await open({ server: offline(), open: async () => memoryPersistence() });
    add(store, "kept elsewhere");
    expect(asksToStay()).toBe(false);
  });

  describe("with a question that is in memory alone", () => {
    /** A title changed here and elsewhere, and a change that the server refuses. */
    async function asked(area = memoryArea()) {
      const server = new FakeServer();
      server.add({ id: anId(1), title: "base" }, { id: anId(2), title: "refused" });
      const setup = await open({ area, server, open: async () => memoryPersistence() });
      server.refuses = ({ todo_id }) => (todo_id === anId(2) ? "invalid-request" : undefined);
      server.fail(problem(503, "unavailable", 1000));
      setup.store.mutate([
        { kind: "update", todo_id: anId(1), patch: { title: "mine" } },
        { kind: "update", todo_id: anId(2), patch: { priority: "high" } },
      ]);
      await settle();
      server.change(anId(1), { title: "theirs" });
      await later(5000);
      expect(setup.store.snapshot()).toMatchObject({ unsent: 0, conflicts: [{}], refusals: [{}] });
      return { ...setup, area };
    }

    test("finds it again", async () => {
      const { area, server, store } = await asked();
      page.dispatchEvent(new Event("pagehide"));
      const after = await open({ area, server });
      const { conflicts, refusals } = store.snapshot();
      expect(after.store.snapshot()).toMatchObject({ conflicts, refusals });
      expect(journal(area)).toEqual([]);
    });

    test("asks before it takes it along, until it is answered", async () => {
      const { store } = await asked({ ...memoryArea(), setItem: () => fail() });
      expect(asksToStay()).toBe(true);
      store.discard(store.snapshot().refusals[0]?.id ?? "");
      expect(asksToStay()).toBe(true);
      store.resolve(anId(1), "theirs");
      expect(asksToStay()).toBe(false);
    });

    test("leaves nothing behind once it was answered", async () => {
      const { area, server, store } = await asked();
      page.dispatchEvent(new Event("pagehide"));
      expect(journal(area)).toHaveLength(2);
      store.resolve(anId(1), "mine");
      store.discard(store.snapshot().refusals[0]?.id ?? "");
      await settle();
      page.dispatchEvent(new Event("pagehide"));
      expect(server.todos.get(anId(1))?.title).toBe("mine");
      expect(journal(area)).toEqual([]);
    });

    test("keeps elsewhere what becomes of what was kept there", async () => {
      const area = memoryArea();
      const server = new FakeServer();
      server.add({ id: anId(1), title: "base" });
      const { store } = await open({ area, server, open: async () => memoryPersistence() });
      server.fail(problem(503, "unavailable", 1000));
      store.mutate({ kind: "update", todo_id: anId(1), patch: { title: "mine" } });
      page.dispatchEvent(new Event("pagehide"));
      await settle();
      server.change(anId(1), { title: "theirs" });
      await later(5000);
      // The browser ends the page without another word.
      const after = await open({ area, server });
      expect(after.store.snapshot().conflicts).toMatchObject([{ fields: [{ yours: "mine" }] }]);
    });
  });
});

describe("a store that is stopped", () => {
  const alone = { server: offline(), open: async () => memoryPersistence() };

  test("leaves what is in memory alone to the next one", async () => {
    const area = memoryArea();
    const { store, stop } = await open({ area, ...alone });
    add(store, "not sent");
    stop();
    expect(titles((await open({ area })).store)).toEqual(["not sent"]);
  });

  test("because somebody has signed out leaves nothing, also of what comes after", async () => {
    const area = memoryArea();
    const { store, stop } = await open({ area, ...alone, hasLeft: () => true });
    add(store, "not sent");
    stop();
    add(store, "typed too late");
    page.dispatchEvent(new Event("pagehide"));
    await settle();
    expect(area.length).toBe(0);
  });
});

function fail(): never {
  throw new DOMException("blocked", "SecurityError");
}
