import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { first, later, open, settle, startClock, stopStores, titles } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

describe("a change made elsewhere", () => {
  async function shared() {
    const setup = open();
    const [todo] = setup.server.add({ id: anId(1), title: "base" });
    await setup.store.load("all");
    if (!todo) throw new Error("no todo");
    const edit = (patch: object) => setup.store.mutate({ kind: "update", todo_id: todo.id, patch });
    return { ...setup, id: todo.id, edit };
  }

  test("to another field is kept beside one's own", async () => {
    const { server, store, id, edit } = await shared();
    server.change(id, { completed: true });
    edit({ title: "mine" });
    await settle();
    expect(server.todos.get(id)).toMatchObject({ title: "mine", completed: true });
    expect(first(store)).toMatchObject({ title: "mine", completed: true });
  });

  test("to the same field is shown, and one's own is kept until the person decides", async () => {
    const { server, store, id, edit } = await shared();
    server.change(id, { title: "theirs" });
    const opId = edit({ title: "mine" }) ?? "";
    await settle();
    expect(titles(store)).toEqual(["theirs"]);
    expect(store.snapshot()).toMatchObject({ unsent: 0, obstructed: [{ obstacle: { type: "clash" } }] });

    store.resolve(opId, "mine");
    await settle();
    expect(server.titles()).toEqual(["mine"]);
    expect(store.snapshot().obstructed).toEqual([]);
  });

  test("can be accepted", async () => {
    const { server, store, id, edit } = await shared();
    server.change(id, { title: "theirs" });
    const opId = edit({ title: "mine" }) ?? "";
    await settle();
    store.resolve(opId, "theirs");
    await settle();
    expect([server.titles(), titles(store), store.snapshot().obstructed]).toEqual([
      ["theirs"],
      ["theirs"],
      [],
    ]);
  });

  test("that arrived before one's own was sent is not overwritten either", async () => {
    const { server, store, id, edit } = await shared();
    server.fail("lost request");
    edit({ title: "mine" });
    await settle();
    server.change(id, { title: "theirs" });
    await store.load("all");
    await later(1000);
    expect(server.titles()).toEqual(["theirs"]);
    expect(store.snapshot().obstructed).toHaveLength(1);
  });

  test("asks once, however often one has typed", async () => {
    const { server, store, id, edit } = await shared();
    server.change(id, { title: "theirs" });
    edit({ title: "mine" });
    edit({ title: "mine, improved" });
    await settle();
    const { obstructed } = store.snapshot();
    expect(obstructed).toHaveLength(1);
    expect(obstructed[0]?.operation.changes.title).toEqual({ from: "base", to: "mine, improved" });
    store.resolve(obstructed[0]?.operation.op_id ?? "", "mine");
    await settle();
    expect(server.titles()).toEqual(["mine, improved"]);
  });

  test("that deleted the todo keeps what was typed", async () => {
    const { server, store, id, edit } = await shared();
    server.remove(id);
    const opId = edit({ title: "mine" }) ?? "";
    await settle();
    expect(titles(store)).toEqual([]);
    expect(store.snapshot().obstructed[0]).toMatchObject({
      obstacle: { type: "gone" },
      seen: { title: "base" },
    });
    store.resolve(opId, "mine");
    await settle();
    expect(server.titles()).toEqual(["mine"]);
  });

  test("survives a reload while it waits for a decision", async () => {
    const { server, area, stop, id, edit } = await shared();
    server.change(id, { title: "theirs" });
    edit({ title: "mine" });
    await settle();
    stop();
    expect(open({ server, area }).store.snapshot().obstructed).toHaveLength(1);
  });
});
