import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TodoStore } from "@/lib/sync/types";
import { first, open, settle, shared, startClock, stopStores, titles } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

describe("a change made elsewhere", () => {
  test("to another field is kept beside one's own", async () => {
    const { server, store, id, edit, meet } = await shared();
    await meet(
      () => server.change(id, { completed: true }),
      () => edit({ title: "mine" }),
    );
    expect(server.todos.get(id)).toMatchObject({ title: "mine", completed: true });
    expect(first(store)).toMatchObject({ title: "mine", completed: true });
    expect(store.snapshot().conflicts).toEqual([]);
  });

  test.each([
    ["mine", "mine"],
    ["theirs", "theirs"],
    ["both", "theirs / mine"],
  ] as const)("to the same field is shown until the person decides: %s", async (choice, title) => {
    const { server, store, id, edit, meet } = await shared();
    await meet(
      () => server.change(id, { title: "theirs" }),
      () => edit({ title: "mine" }),
    );
    expect(titles(store)).toEqual(["theirs"]);
    expect(store.snapshot()).toMatchObject({
      unsent: 0,
      conflicts: [
        {
          todo_id: id,
          kind: "fields",
          title: "theirs",
          fields: [{ field: "title", base: "base", yours: "mine", stored: "theirs", both: "theirs / mine" }],
        },
      ],
    });
    store.resolve(id, choice);
    await settle();
    expect([server.titles(), titles(store), store.snapshot().conflicts]).toEqual([[title], [title], []]);
  });

  describe("and deleted before that was decided", () => {
    /** The title is in question, and then the todo is deleted here and changed there. */
    async function deleted(...more: ((store: TodoStore) => void)[]) {
      const setup = await shared();
      const { server, store, id, edit, meet } = setup;
      await meet(
        () => server.change(id, { title: "theirs" }),
        () => edit({ title: "A" }),
      );
      await meet(
        () => server.change(id, { description: "theirs as well" }),
        () => {
          store.mutate({ kind: "delete", todo_id: id });
          for (const act of more) act(store);
        },
      );
      return setup;
    }
    const asked = [{ kind: "fields", fields: [{ field: "title", yours: "A" }] }];

    test("is still asked about once it is kept", async () => {
      const { store, id } = await deleted();
      expect(store.snapshot().conflicts).toMatchObject([{ kind: "deleted-here" }]);
      store.resolve(id, "theirs");
      expect(store.snapshot().conflicts).toMatchObject(asked);
      store.undo();
      expect(store.snapshot().conflicts).toMatchObject([{ kind: "deleted-here" }]);
      store.resolve(id, "mine");
      await settle();
      expect(store.snapshot()).toMatchObject({ conflicts: [], todos: [] });
    });

    test("is still asked about once it was restored", async () => {
      const { store } = await deleted((to) => to.mutate({ kind: "restore", todo_id: anId(1) }));
      expect(store.snapshot().conflicts).toMatchObject(asked);
    });

    test("is still asked about when it comes to be as it was", async () => {
      const { server, store, id } = await deleted();
      server.change(id, { title: "base", description: "" });
      await settle();
      expect(store.snapshot().conflicts).toMatchObject(asked);
      server.change(id, { title: "A" });
      await settle();
      expect(store.snapshot().conflicts).toEqual([]);
    });
  });

  test("is settled field by field", async () => {
    const { server, store, id, edit, meet } = await shared();
    await meet(
      () => server.change(id, { title: "theirs", priority: "low" }),
      () => edit({ title: "mine", priority: "high", completed: true }),
    );
    expect(server.todos.get(id)).toMatchObject({ title: "theirs", priority: "low", completed: true });
    store.resolve(id, { priority: "mine" });
    await settle();
    expect(store.snapshot().conflicts).toMatchObject([{ fields: [{ field: "title" }] }]);
    store.resolve(id, { title: "theirs" });
    await settle();
    expect(server.todos.get(id)).toMatchObject({ title: "theirs", priority: "high", completed: true });
    expect(store.snapshot().conflicts).toEqual([]);
  });

  test("asks once, however often one has typed", async () => {
    const { server, store, id, edit, meet } = await shared();
    await meet(
      () => server.change(id, { title: "theirs" }),
      () => {
        edit({ title: "mine" });
        edit({ title: "mine, improved" });
      },
    );
    expect(store.snapshot().conflicts).toMatchObject([
      { fields: [{ base: "base", yours: "mine, improved" }] },
    ]);
    store.resolve(id, "mine");
    await settle();
    expect(server.titles()).toEqual(["mine, improved"]);
  });

  test("is over when the other side comes to the same", async () => {
    const { server, store, id, edit, meet } = await shared();
    await meet(
      () => server.change(id, { title: "theirs" }),
      () => edit({ title: "mine" }),
    );
    server.change(id, { title: "mine" });
    await settle();
    expect(store.snapshot().conflicts).toEqual([]);
  });

  test("survives a reload while it waits for a decision", async () => {
    const { server, area, stop, id, edit, meet } = await shared();
    await meet(
      () => server.change(id, { title: "theirs" }),
      () => edit({ title: "mine" }),
    );
    stop();
    expect((await open({ server, area })).store.snapshot().conflicts).toHaveLength(1);
  });
});

describe("text that was begun before somebody else's change arrived", () => {
  const typed = (id: string, title: string) =>
    ({ kind: "update", todo_id: id, patch: { title }, seen: { title: "base" } }) as const;

  test("overwrites nothing: the person decides", async () => {
    const { server, store, id } = await shared();
    server.change(id, { title: "theirs" });
    await settle();
    expect(titles(store)).toEqual(["theirs"]);
    store.mutate(typed(id, "mine"));
    await settle();
    expect(server.titles()).toEqual(["theirs"]);
    expect(store.snapshot().conflicts).toMatchObject([
      { kind: "fields", fields: [{ field: "title", base: "base", yours: "mine", stored: "theirs" }] },
    ]);
  });

  test("taken back leaves what they wrote, and nothing to decide", async () => {
    const { server, store, id } = await shared();
    server.change(id, { title: "theirs" });
    await settle();
    store.mutate(typed(id, "mine"));
    store.undo();
    await settle();
    expect([server.titles(), titles(store), store.snapshot().conflicts]).toEqual([
      ["theirs"],
      ["theirs"],
      [],
    ]);
  });

  test("and says the same is no change", async () => {
    const { server, store, id } = await shared();
    server.change(id, { title: "the same" });
    await settle();
    expect(store.mutate(typed(id, "the same"))).toEqual({ todo_ids: [] });
  });

  test("of a todo that is deleted meanwhile is kept, and can bring it back", async () => {
    const { server, store, id } = await shared();
    server.remove(id);
    await settle();
    expect(store.mutate({ kind: "update", todo_id: id, patch: { title: "x" } })).toEqual({ todo_ids: [] });
    store.mutate(typed(id, "mine"));
    await settle();
    expect(store.snapshot().conflicts).toMatchObject([
      { kind: "deleted-there", fields: [{ yours: "mine" }] },
    ]);
    store.resolve(id, "mine");
    await settle();
    expect(server.titles()).toEqual(["mine"]);
  });
});
