// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import Toaster from "@/components/ui/toaster";
import { Obstacles } from "@/features/sync/components/obstacles";
import { FakeServer } from "@/testing/fake-server";
import { createWorld, renderIn } from "@/testing/render";
import { anId } from "@/testing/todos";

let stop = () => {};
afterEach(() => stop());

test("a clash is shown until the person decides", async () => {
  const server = new FakeServer();
  server.add({ id: anId(1), title: "base" });
  const { store, ...world } = createWorld({ server });
  stop = store.start();
  await store.load("all");
  server.change(anId(1), { title: "theirs" });
  const { user } = renderIn(
    { store, ...world },
    <>
      <Obstacles />
      <Toaster />
    </>,
  );
  store.mutate({ kind: "update", todo_id: anId(1), patch: { title: "mine" } });
  expect(await screen.findByText("It is now “theirs”. Yours: “mine”.")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Apply mine" }));
  await waitFor(() => expect(server.titles()).toEqual(["mine"]));
  expect(store.snapshot().obstructed).toEqual([]);
});
