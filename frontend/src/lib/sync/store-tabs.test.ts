import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { memoryArea } from "@/lib/storage/area";
import type { StorageArea } from "@/lib/storage/entry";
import { add, first, later, open, settle, startClock, stopStores, titles } from "@/testing/stores";

beforeEach(startClock);
afterEach(stopStores);

/** Storage whose changes are told, as browsers do; here to all tabs, since they share one global object. */
function toldToOtherTabs(): StorageArea {
  const area = memoryArea();
  const tabs = new EventTarget();
  vi.stubGlobal("addEventListener", tabs.addEventListener.bind(tabs));
  vi.stubGlobal("removeEventListener", tabs.removeEventListener.bind(tabs));
  return {
    ...area,
    setItem(key, newValue) {
      area.setItem(key, newValue);
      tabs.dispatchEvent(Object.assign(new Event("storage"), { key, newValue }));
    },
  };
}

describe("several tabs", () => {
  test("show the same, and one sends for all", async () => {
    const { server, tabs } = open({ tabs: 2, area: toldToOtherTabs() });
    const [leader, follower] = tabs.map(({ store }) => store);
    if (!leader || !follower) throw new Error("two tabs were asked for");
    await settle();
    add(follower, "from the second tab");
    expect(titles(leader)).toEqual(["from the second tab"]);
    await settle();
    expect(server.titles()).toEqual(["from the second tab"]);
    expect(server.received).toHaveLength(1);
    for (const store of [leader, follower]) {
      expect(store.snapshot().unsent).toBe(0);
      expect(first(store)).toMatchObject({ title: "from the second tab", version: 1, pending: 0 });
    }
  });

  test("take over when the sending one is closed", async () => {
    const { server, tabs } = open({ tabs: 2 });
    await settle();
    server.fail("lost request", "lost request");
    const [leader, follower] = tabs;
    if (follower) add(follower.store, "orphan");
    leader?.stop();
    await later(5000);
    expect(server.titles()).toEqual(["orphan"]);
  });
});

test("a browser that keeps nothing still sends", async () => {
  const area: StorageArea = {
    ...memoryArea(),
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  const { server, tabs } = open({ area, tabs: 2 });
  for (const [index, { store }] of tabs.entries()) add(store, `${index}`);
  await settle();
  expect(server.titles().sort()).toEqual(["0", "1"]);
});
