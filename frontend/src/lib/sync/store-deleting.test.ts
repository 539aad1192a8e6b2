import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { add, first, later, open, settle, startClock, stopStores, titles } from "@/testing/stores";

beforeEach(startClock);
afterEach(stopStores);

describe("deleting", () => {
  async function deleted(hold = 60_000) {
    const setup = open();
    add(setup.store, "one");
    await settle();
    const opId = setup.store.mutate({ kind: "delete", todo_id: first(setup.store).id, hold }) ?? "";
    await settle();
    return { ...setup, opId };
  }

  test("can be undone until it is let go", async () => {
    const { server, store, opId } = await deleted();
    expect(titles(store)).toEqual([]);
    expect(server.titles()).toEqual(["one"]);
    expect(store.undo(opId)).toBe(true);
    expect(titles(store)).toEqual(["one"]);
    await later(120_000);
    expect(server.titles()).toEqual(["one"]);
  });

  test("is done when it is let go, or has waited long enough", async () => {
    const released = await deleted();
    released.store.release(released.opId);
    await settle();
    expect(released.server.titles()).toEqual([]);
    expect(released.store.undo(released.opId)).toBe(false);

    const forgotten = await deleted();
    await later(60_001);
    expect(forgotten.server.titles()).toEqual([]);
  });

  test("does not hold up what comes after it", async () => {
    const { server, store } = await deleted();
    add(store, "two");
    await settle();
    expect(server.titles()).toEqual(["two", "one"]);
  });

  test("is done before the person signs out", async () => {
    const { server, store } = await deleted();
    expect(await store.flush(AbortSignal.timeout(1000))).toBe(true);
    expect(server.titles()).toEqual([]);
  });

  test("spares a todo that is not the one the person saw", async () => {
    const { server, store, opId } = await deleted();
    const [stored] = server.todos.values();
    server.change(stored?.id ?? "", { description: "important, from elsewhere" });
    store.release(opId);
    await settle();
    const [obstructed] = store.snapshot().obstructed;
    expect(obstructed?.obstacle).toMatchObject({ type: "clash", fields: ["description"] });
    expect(first(store).description).toBe("important, from elsewhere");
    store.resolve(opId, "mine");
    await settle();
    expect(server.titles()).toEqual([]);
  });
});
