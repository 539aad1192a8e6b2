import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { select } from "@/lib/sync/order";
import type { TodoStore } from "@/lib/sync/types";
import { add, open, settle, startClock, stopStores } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

describe("lists", () => {
  function filled(count: number) {
    const setup = open();
    setup.server.pageSize = 2;
    setup.server.add(
      ...Array.from({ length: count }, (_, index) => ({ id: anId(index), title: `${index}` })),
    );
    return setup;
  }
  const shown = (store: TodoStore, status: "all" | "active" | "done" = "all") =>
    select(store.snapshot(), status).map(({ title }) => title);

  test("are read page by page, in the server's order", async () => {
    const { store } = filled(5);
    await store.load("all");
    expect(shown(store)).toEqual(["4", "3"]);
    expect(store.snapshot().lists.all).toMatchObject({ phase: "ready", more: true });
    await store.loadMore("all");
    await store.loadMore("all");
    expect(shown(store)).toEqual(["4", "3", "2", "1", "0"]);
    expect(store.snapshot().lists.all).toMatchObject({ phase: "ready", more: false });
  });

  test("are cut where loading has stopped, without gaps", async () => {
    const { server, store } = filled(6);
    for (const number of [0, 1, 5]) server.change(anId(number), { completed: true });
    await store.load("all");
    await store.load("done");
    expect(shown(store, "done")).toEqual(["5", "1"]);
    expect(shown(store)).toEqual(["5", "4"]);
  });

  test("keep what was loaded when their start is read again, and notice what has gone", async () => {
    const { server, store } = filled(5);
    await store.load("all");
    await store.loadMore("all");
    server.remove(anId(4));
    await store.load("all");
    expect(shown(store)).toEqual(["3", "2", "1"]);
    await store.loadMore("all");
    expect(shown(store)).toEqual(["3", "2", "1", "0"]);
  });

  test("do not lose a todo that was made while they were read", async () => {
    const { server, store } = filled(1);
    let answer: (() => void) | undefined;
    const list = server.list.bind(server);
    vi.spyOn(server, "list").mockImplementationOnce(async (...request) => {
      const page = await list(...request);
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return page;
    });
    const loading = store.load("all");
    add(store, "new");
    await settle();
    expect(server.titles()).toContain("new");
    answer?.();
    await loading;
    expect(shown(store)).toEqual(["new", "0"]);
  });

  test("say why they could not be read, and show what is there", async () => {
    const { server, store } = filled(3);
    server.fail("lost request");
    await store.load("all");
    expect(store.snapshot().lists.all).toMatchObject({ phase: "failed", error: { name: "Unreachable" } });
    add(store, "mine");
    expect(shown(store)).toEqual(["mine"]);
    await store.load("all");
    expect(store.snapshot().lists.all.phase).toBe("ready");
  });
});
