import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { problem } from "@/testing/fake-server";
import { later, open, settle, startClock, stopStores } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

const id = anId(1);

/** A todo that was changed here and there at the same moment. */
async function conflict(theirs: object = { title: "theirs" }) {
  const setup = await open();
  setup.server.add({ id, title: "base" });
  await settle();
  setup.server.fail(problem(503, "unavailable", 1000));
  setup.store.mutate({ kind: "update", todo_id: id, patch: { title: "mine", priority: "high" } });
  await settle();
  setup.server.change(id, theirs);
  await later(5000);
  expect(setup.store.snapshot().conflicts).toHaveLength(1);
  return { ...setup, asked: setup.store.snapshot().conflicts };
}

async function refusal() {
  const setup = await open();
  setup.server.refuses = ({ changes }) => (changes.title?.to === "bad" ? "invalid-request" : undefined);
  setup.store.mutate({ kind: "create", patch: { title: "bad" } });
  await settle();
  const asked = setup.store.snapshot().refusals;
  expect(asked).toHaveLength(1);
  return { ...setup, asked, refused: asked[0]?.id ?? "" };
}

describe("a choice that is taken back", () => {
  test.each(["mine", "theirs"] as const)("is asked again: “%s”", async (choice) => {
    const { server, store, asked } = await conflict();
    const { action } = store.resolve(id, choice);
    await settle();
    expect(store.snapshot().conflicts).toEqual([]);
    expect(store.snapshot().undoable).toMatchObject({ action, kind: "decide", todo_ids: [id] });
    expect(store.undo(action)).toMatchObject({ todo_ids: expect.arrayContaining([id]), skipped: [] });
    await settle();
    expect(store.snapshot().conflicts).toEqual(asked);
    expect(server.titles()).toEqual(["theirs"]);
    store.redo();
    await settle();
    expect(store.snapshot().conflicts).toEqual([]);
    expect(server.titles()).toEqual([choice]);
  });

  test("brings back the deletion as well, where that was the question", async () => {
    const { server, store } = await conflict({ deleted_at: "2026-11-22T11:00:00Z" });
    store.resolve(id, "mine");
    await settle();
    expect(server.titles()).toEqual(["mine"]);
    store.undo();
    await settle();
    expect(server.titles()).toEqual([]);
    expect(store.snapshot().conflicts).toMatchObject([{ kind: "deleted-there" }]);
  });

  test("brings back the todo as well, where it was deleted all the same", async () => {
    const { server, store } = await open();
    server.add({ id, title: "base" });
    await settle();
    server.fail(problem(503, "unavailable", 1000));
    store.mutate({ kind: "delete", todo_id: id });
    await settle();
    server.change(id, { description: "important" });
    await later(5000);
    const asked = store.snapshot().conflicts;
    expect(asked).toMatchObject([{ kind: "deleted-here" }]);
    store.resolve(id, "mine");
    await settle();
    expect(server.titles()).toEqual([]);
    store.undo();
    await settle();
    expect(server.titles()).toEqual(["base"]);
    expect(store.snapshot().conflicts).toEqual(asked);
  });

  test("asks no question in the place of a newer one", async () => {
    const { server, store } = await conflict();
    store.resolve(id, "theirs");
    server.fail(problem(503, "unavailable", 1000));
    store.mutate({ kind: "update", todo_id: id, patch: { title: "newer" } });
    await settle();
    server.change(id, { title: "newest" });
    await later(5000);
    const asked = store.snapshot().conflicts;
    expect(asked).toMatchObject([{ fields: [{ yours: "newer" }] }]);
    // The change before it goes first.
    store.undo();
    expect(store.undo()).toMatchObject({ skipped: [id] });
    expect(store.snapshot().conflicts).toEqual(asked);
  });

  test("survives a reload", async () => {
    const { server, area, store, stop, asked } = await conflict();
    store.resolve(id, "theirs");
    store.undo();
    await settle();
    stop();
    expect((await open({ server, area })).store.snapshot().conflicts).toEqual(asked);
  });
});

describe("a refused change", () => {
  test("that was given up can be asked about again", async () => {
    const { store, asked, refused } = await refusal();
    store.discard(refused);
    expect(store.snapshot().refusals).toEqual([]);
    store.undo();
    expect(store.snapshot().refusals).toEqual(asked);
  });

  test("that was sent again is taken back, and can be sent once more", async () => {
    const { server, store, asked, refused } = await refusal();
    store.retry(refused, { title: "better" });
    await settle();
    expect(server.titles()).toEqual(["better"]);
    store.undo();
    await settle();
    expect(server.titles()).toEqual([]);
    expect(store.snapshot().refusals).toEqual(asked);
    store.retry(refused, { title: "best" });
    await settle();
    expect(server.titles()).toEqual(["best"]);
  });
});
