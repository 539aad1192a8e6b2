import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { add, first, open, settle, startClock, stopStores, titles } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

async function three() {
  const setup = await open();
  setup.server.add(
    ...[1, 2, 3].map((number) => ({ id: anId(number), title: `${number}`, position: `a${number}` })),
  );
  await settle();
  const ids = [1, 2, 3].map(anId);
  const each = (patch: object) => ids.map((todo_id) => ({ kind: "update" as const, todo_id, patch }));
  return { ...setup, ids, each };
}

describe("undo", () => {
  test("takes back what was done last, and the action before after that", async () => {
    const { server, store } = await three();
    store.mutate({ kind: "update", todo_id: anId(1), patch: { title: "renamed" } });
    store.mutate({ kind: "delete", todo_id: anId(2) });
    await settle();
    expect(server.titles()).toEqual(["renamed", "3"]);
    expect(store.snapshot().undoable).toMatchObject({ kind: "delete", title: "2", todo_ids: [anId(2)] });
    store.undo();
    store.undo();
    expect(titles(store)).toEqual(["1", "2", "3"]);
    await settle();
    expect(server.titles()).toEqual(["1", "2", "3"]);
    expect(store.undo()).toBeUndefined();
  });

  test("takes what somebody typed and left, unless it has been changed elsewhere since", async () => {
    const { server, store } = await three();
    expect(store.giveUp(anId(1), { title: "1" })).toEqual({ todo_ids: [] });
    const { action } = store.giveUp(anId(1), { title: "typed" });
    expect(store.snapshot()).toMatchObject({ unsent: 0, undoable: { kind: "give-up", title: "1" } });
    expect(store.undo(action)).toEqual({ todo_ids: [anId(1)], skipped: [] });
    await settle();
    expect(server.titles()).toEqual(["typed", "2", "3"]);
    store.giveUp(anId(2), { title: "typed" });
    server.change(anId(2), { title: "theirs" });
    store.kick();
    await settle();
    expect(store.undo()).toEqual({ todo_ids: [], skipped: [anId(2)] });
  });

  test("takes back several at once, as they were done", async () => {
    const { server, store, ids, each } = await three();
    const { action, todo_ids } = store.mutate(each({ completed: true }));
    expect(todo_ids).toEqual(ids);
    expect(store.snapshot().undoable).toMatchObject({ kind: "complete", todo_ids: ids });
    await settle();
    expect(server.live().every(({ completed }) => completed)).toBe(true);
    expect(store.undo(action)).toEqual({ todo_ids: ids.toReversed(), skipped: [] });
    await settle();
    expect(server.live().some(({ completed }) => completed)).toBe(false);
  });

  test("takes back the action that was named, and leaves later ones", async () => {
    const { server, store } = await three();
    const { action } = store.mutate({ kind: "delete", todo_id: anId(1) });
    store.mutate({ kind: "update", todo_id: anId(2), patch: { title: "later" } });
    store.undo(action);
    await settle();
    expect(server.titles()).toEqual(["1", "later", "3"]);
    expect(store.snapshot().undoable).toMatchObject({ kind: "update" });
  });

  test("leaves alone what somebody has changed since", async () => {
    const { server, store, each } = await three();
    store.mutate(each({ title: "mine" }));
    await settle();
    server.change(anId(2), { title: "theirs" });
    await settle();
    expect(store.undo()).toEqual({ todo_ids: [anId(3), anId(1)], skipped: [anId(2)] });
    await settle();
    expect(server.titles()).toEqual(["1", "theirs", "3"]);
  });

  test("can be undone itself", async () => {
    const { server, store } = await three();
    add(store, "new");
    store.undo();
    expect(titles(store)).toEqual(["1", "2", "3"]);
    expect(store.snapshot().redoable).toMatchObject({ kind: "create" });
    store.redo();
    await settle();
    expect(server.titles()).toEqual(["new", "1", "2", "3"]);
    store.undo();
    store.mutate({ kind: "update", todo_id: anId(1), patch: { title: "something else" } });
    expect(store.redo()).toBeUndefined();
  });
});

describe("moving", () => {
  test("puts a todo after another one, or first", async () => {
    const { server, store } = await three();
    store.mutate({ kind: "move", todo_id: anId(1), after: anId(2) });
    expect(titles(store)).toEqual(["2", "1", "3"]);
    store.mutate({ kind: "move", todo_id: anId(3), after: null });
    expect(titles(store)).toEqual(["3", "2", "1"]);
    await settle();
    expect(server.titles()).toEqual(["3", "2", "1"]);
    store.undo();
    store.undo();
    expect(titles(store)).toEqual(["1", "2", "3"]);
  });

  test("keeps several together, in their order", async () => {
    const { store } = await three();
    add(store, "new");
    const { id } = first(store);
    store.mutate([
      { kind: "move", todo_id: anId(1), after: anId(3) },
      { kind: "move", todo_id: id, after: anId(1) },
    ]);
    expect(titles(store)).toEqual(["2", "3", "1", "new"]);
    store.undo();
    expect(titles(store)).toEqual(["new", "1", "2", "3"]);
  });

  test("finds a way between todos that have the same place", async () => {
    const { store } = await open().then(async (setup) => {
      setup.server.add(
        ...[1, 2, 3].map((number) => ({ id: anId(number), title: `${number}`, position: "a1" })),
      );
      await settle();
      return setup;
    });
    store.mutate({ kind: "move", todo_id: anId(3), after: null });
    expect(titles(store)).toEqual(["3", "1", "2"]);
  });
});
