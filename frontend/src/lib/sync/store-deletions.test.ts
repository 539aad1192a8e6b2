import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { first, later, settle, shared, startClock, stopStores, titles } from "@/testing/stores";

beforeEach(startClock);
afterEach(stopStores);

describe("a todo deleted elsewhere", () => {
  test("keeps what was typed, and comes back with it", async () => {
    const { server, store, id, edit, meet } = await shared();
    await meet(
      () => server.remove(id),
      () => edit({ title: "mine" }),
    );
    expect(titles(store)).toEqual([]);
    expect(store.snapshot().conflicts).toMatchObject([
      { kind: "deleted-there", title: "base", fields: [{ field: "title", yours: "mine" }] },
    ]);
    store.resolve(id, "mine");
    await settle();
    expect(server.titles()).toEqual(["mine"]);
    expect(store.snapshot().conflicts).toEqual([]);
  });

  test("is made again when nothing of it is left", async () => {
    const { server, store, id, edit, meet } = await shared({ description: "notes" });
    await meet(
      () => server.purge(id),
      () => edit({ title: "mine" }),
    );
    store.resolve(id, "mine");
    await settle();
    expect(server.live()).toMatchObject([{ title: "mine", description: "notes" }]);
    expect(server.live()[0]?.id).not.toBe(id);
  });

  test("may stay deleted", async () => {
    const { server, store, id, edit, meet } = await shared();
    await meet(
      () => server.remove(id),
      () => edit({ title: "mine" }),
    );
    store.resolve(id, "theirs");
    await settle();
    expect([server.titles(), store.snapshot().conflicts]).toEqual([[], []]);
  });

  test("and here as well is deleted once", async () => {
    const { server, store, id, meet } = await shared();
    await meet(
      () => server.remove(id),
      () => store.mutate({ kind: "delete", todo_id: id }),
    );
    expect([server.titles(), store.snapshot().conflicts]).toEqual([[], []]);
  });
});

describe("a todo deleted here", () => {
  test("stays when it is not what the person saw, until they say so", async () => {
    const { server, store, id, meet } = await shared();
    await meet(
      () => server.change(id, { description: "important" }),
      () => store.mutate({ kind: "delete", todo_id: id }),
    );
    expect(first(store).description).toBe("important");
    expect(store.snapshot().conflicts).toMatchObject([
      { kind: "deleted-here", fields: [{ field: "description", yours: "", stored: "important" }] },
    ]);
    store.resolve(id, "mine");
    await settle();
    expect([server.titles(), store.snapshot().conflicts]).toEqual([[], []]);
  });

  test("goes when only its place is another", async () => {
    const { server, store, id, meet } = await shared();
    await meet(
      () => server.change(id, { position: "z0" }),
      () => store.mutate({ kind: "delete", todo_id: id }),
    );
    await later(2000);
    expect([server.titles(), store.snapshot().conflicts]).toEqual([[], []]);
  });

  test("and changed here before goes as well", async () => {
    const { server, store, id, edit, meet } = await shared();
    await meet(
      () => undefined,
      () => {
        edit({ title: "changed first" });
        store.mutate({ kind: "delete", todo_id: id });
      },
    );
    await later(2000);
    expect([server.titles(), store.snapshot().unsent, store.snapshot().conflicts]).toEqual([[], 0, []]);
  });

  test("and taken back in time stays", async () => {
    const { server, store, id, edit, meet } = await shared();
    await meet(
      () => undefined,
      () => {
        edit({ title: "changed first" });
        store.mutate({ kind: "delete", todo_id: id });
        store.undo();
      },
    );
    await later(2000);
    expect([server.titles(), store.snapshot().unsent]).toEqual([["changed first"], 0]);
  });
});
