import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { problem } from "@/testing/fake-server";
import { later, open, settle, startClock, stopStores, titles } from "@/testing/stores";
import { anId } from "@/testing/todos";

beforeEach(startClock);
afterEach(stopStores);

async function shared() {
  const setup = await open();
  setup.server.add({ id: anId(1), title: "base" });
  await settle();
  const edit = (patch: object) => setup.store.mutate({ kind: "update", todo_id: anId(1), patch });
  return { ...setup, id: anId(1), edit };
}

describe("a change that the server does not take", () => {
  test("is set aside with its reason, holds up nothing, and can be mended", async () => {
    const { server, store } = await open();
    server.refuses = ({ changes }) => (changes.title?.to === "bad" ? "invalid-request" : undefined);
    store.mutate([{ kind: "create", patch: { title: "bad" } }]);
    store.mutate([{ kind: "create", patch: { title: "good" } }]);
    await settle();
    expect(server.titles()).toEqual(["good"]);
    const [refusal] = store.snapshot().refusals;
    expect(refusal).toMatchObject({ kind: "create", title: "bad", problem: { slug: "invalid-request" } });
    store.retry(refusal?.id ?? "", { title: "better" });
    await settle();
    expect(server.titles().sort()).toEqual(["better", "good"]);
    expect(store.snapshot().refusals).toEqual([]);
  });

  test("takes along what was built on it", async () => {
    const { server, store, id, edit } = await shared();
    server.refuses = ({ changes }) => (changes.title?.to === "bad" ? "invalid-request" : undefined);
    server.fail(problem(503, "unavailable", 1000));
    edit({ title: "bad" });
    edit({ title: "good" });
    await later(5000);
    const { conflicts, refusals } = store.snapshot();
    expect(conflicts).toEqual([]);
    expect(refusals).toMatchObject([{ changes: { title: { from: "base", to: "good" } } }]);
    store.retry(refusals[0]?.id ?? "");
    await settle();
    expect(server.todos.get(id)?.title).toBe("good");
  });

  test("can be given up", async () => {
    const { server, store, edit } = await shared();
    server.refuses = () => "invalid-request";
    edit({ title: "bad" });
    await settle();
    store.discard(store.snapshot().refusals[0]?.id ?? "");
    expect(store.snapshot()).toMatchObject({ refusals: [], todos: [{ title: "base" }] });
  });

  test("is found in a batch that is refused as a whole", async () => {
    const { server, store } = await open();
    const push = server.push.bind(server);
    server.push = async (operations) => {
      if (operations.some(({ changes }) => changes.title?.to === "bad"))
        throw problem(422, "invalid-request");
      return push(operations);
    };
    for (const title of ["one", "bad", "two", "three"]) store.mutate({ kind: "create", patch: { title } });
    await later(60_000);
    expect(server.titles().sort()).toEqual(["one", "three", "two"]);
    expect(store.snapshot().refusals).toMatchObject([{ title: "bad" }]);
  });

  test("is not looked for while the server breaks on everything", async () => {
    const { server, store } = await open();
    const [push, pull] = [server.push.bind(server), server.pull.bind(server)];
    const broken = async () => {
      throw problem(500, "internal");
    };
    Object.assign(server, { push: broken, pull: broken });
    for (const title of ["one", "two"]) store.mutate({ kind: "create", patch: { title } });
    await later(3_600_000);
    expect(store.snapshot()).toMatchObject({ unsent: 2, refusals: [] });
    Object.assign(server, { push, pull });
    await later(60_000);
    expect(server.titles().sort()).toEqual(["one", "two"]);
    expect(store.snapshot()).toMatchObject({ unsent: 0, refusals: [] });
  });

  test("is not looked for while the server breaks on everything that is sent, though it reads well", async () => {
    const { server, store } = await open();
    const push = server.push.bind(server);
    server.push = async () => {
      throw problem(500, "internal");
    };
    for (const title of ["one", "two", "three"]) store.mutate({ kind: "create", patch: { title } });
    await later(3_600_000);
    expect(store.snapshot().refusals.length).toBeLessThanOrEqual(1);
    expect(store.snapshot().unsent).toBeGreaterThanOrEqual(2);
    server.push = push;
    await later(60_000);
    expect(server.titles()).toHaveLength(3 - store.snapshot().refusals.length);
    expect(store.snapshot().unsent).toBe(0);
  });

  test("is found behind another one, as what comes after it is taken", async () => {
    const { server, store } = await open();
    const push = server.push.bind(server);
    server.push = async (operations) => {
      if (operations.some(({ changes }) => changes.title?.to?.startsWith("bad")))
        throw problem(500, "internal");
      return push(operations);
    };
    for (const title of ["bad one", "bad two", "good"]) store.mutate({ kind: "create", patch: { title } });
    await later(600_000);
    expect(server.titles()).toEqual(["good"]);
    expect(store.snapshot()).toMatchObject({ unsent: 0, refusals: [{}, {}] });
  });

  test("is found when the server breaks on it", async () => {
    const { server, store } = await open();
    const push = server.push.bind(server);
    server.push = async (operations) => {
      if (operations.some(({ changes }) => changes.title?.to === "bad")) throw problem(500, "internal");
      return push(operations);
    };
    for (const title of ["bad", "good"]) store.mutate({ kind: "create", patch: { title } });
    server.add({ id: anId(7), title: "from elsewhere" });
    await later(600_000);
    expect(server.titles().sort()).toEqual(["from elsewhere", "good"]);
    expect(store.snapshot()).toMatchObject({ unsent: 0, refusals: [{ title: "bad" }] });
    expect(titles(store).sort()).toEqual(["from elsewhere", "good"]);
  });
});

describe("several refusals of one todo", () => {
  test("that ask for different things are different questions", async () => {
    const { server, store, id, edit } = await shared();
    server.refuses = () => "invalid-request";
    edit({ title: "bad" });
    await settle();
    store.mutate({ kind: "delete", todo_id: id });
    await settle();
    const { refusals } = store.snapshot();
    expect(refusals.map(({ kind }) => kind).sort()).toEqual(["delete", "update"]);
    server.refuses = () => undefined;
    store.retry(refusals.find(({ kind }) => kind === "delete")?.id ?? "");
    await settle();
    expect(server.titles()).toEqual([]);
  });

  test("that ask for the same are one", async () => {
    const { server, store, edit } = await shared();
    server.refuses = () => "invalid-request";
    edit({ title: "bad" });
    await settle();
    edit({ priority: "high" });
    await settle();
    expect(store.snapshot().refusals).toMatchObject([
      { kind: "update", changes: { title: { to: "bad" }, priority: { to: "high" } } },
    ]);
  });
});
