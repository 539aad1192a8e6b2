// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";
import Toaster from "@/components/ui/toaster";
import { SyncNotices } from "@/features/sync/components/sync-notices";
import type { Patch, Todo } from "@/lib/sync/types";
import { unguarded } from "@/testing/directions";
import { FakeServer } from "@/testing/fake-server";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";
import { anId } from "@/testing/todos";

let stop = () => {};
afterEach(() => stop());

const id = anId(1);
const base = { id, title: "base", description: "from before" };

async function world(server = new FakeServer()) {
  server.add(base);
  const made = createWorld({ server });
  made.session.adopt(answer());
  stop = made.store.start();
  const rendered = renderIn(
    made,
    <>
      <SyncNotices />
      <Toaster />
    </>,
  );
  await waitFor(() => expect(made.store.snapshot().complete).toBe(true));
  return { ...made, ...rendered };
}

/** The same fields changed here and there, and the question about it opened. */
async function clash(mine: Patch, theirs: Partial<Todo>) {
  const setup = await world();
  setup.server.change(id, theirs);
  setup.store.mutate({ kind: "update", todo_id: id, patch: mine });
  await setup.user.click(await screen.findByRole("button", { name: "Look at it" }));
  const dialog = within(await screen.findByRole("dialog", { name: "What do you want to keep?" }));
  const stored = () => setup.server.todos.get(id);
  const settled = () => waitFor(() => expect(setup.store.snapshot().conflicts).toEqual([]));
  return { ...setup, dialog, stored, settled };
}

describe("a todo that was changed in two places", () => {
  test("shows what is written from right to left in its own direction", async () => {
    const { user, dialog, settled } = await clash(
      { title: "שלי (1)", tags: ["בית"] },
      { title: "שלהם", tags: ["work"] },
    );
    expect(dialog.getByText("שלי (1)")).toBeDefined();
    expect(unguarded()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "All mine" }));
    await settled();
    await screen.findByText("Decided");
    expect(unguarded()).toEqual([]);
  });

  test("is asked about field by field, and takes each answer", async () => {
    const { user, dialog, stored, settled } = await clash(
      { title: "mine", description: "my notes" },
      { title: "theirs", description: "their notes" },
    );
    const title = within(dialog.getByRole("group", { name: "Title" }));
    expect(title.getByText("Before: base")).toBeDefined();
    const keep = dialog.getByRole("button", { name: "Keep what I have chosen" });
    expect(keep).toHaveProperty("disabled", true);
    await user.click(title.getByRole("radio", { name: /^Theirs/ }));
    const notes = within(dialog.getByRole("group", { name: "Notes" }));
    await user.click(notes.getByRole("radio", { name: /^Both/ }));
    await user.click(keep);
    await settled();
    await waitFor(() => expect(stored()?.description).toContain("my notes"));
    expect(stored()).toMatchObject({ title: "theirs", description: expect.stringContaining("their notes") });
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  test.each([
    ["All mine", "mine"],
    ["All theirs", "theirs"],
  ])("is settled at once by “%s”", async (button, title) => {
    const { user, dialog, stored, settled } = await clash({ title: "mine" }, { title: "theirs" });
    await user.click(dialog.getByRole("button", { name: button }));
    await settled();
    await waitFor(() => expect(stored()?.title).toBe(title));
  });

  test("is asked about again when the answer is taken back", async () => {
    const { user, dialog, store, stored, settled } = await clash({ title: "mine" }, { title: "theirs" });
    await user.click(dialog.getByRole("button", { name: "All mine" }));
    await settled();
    await waitFor(() => expect(stored()?.title).toBe("mine"));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(stored()?.title).toBe("theirs"));
    expect(store.snapshot().conflicts).toMatchObject([{ fields: [{ yours: "mine", stored: "theirs" }] }]);
    expect(await screen.findByRole("button", { name: "Look at it" })).toBeDefined();
  });

  test("has words for every kind of value", async () => {
    const { dialog } = await clash(
      { due: { date: "2026-12-24" }, priority: "high", recurrence: { rule: "FREQ=WEEKLY", anchor: "due" } },
      { due: { date: "2027-01-02" }, priority: "low", recurrence: { rule: "FREQ=DAILY", anchor: "due" } },
    );
    for (const words of [/24 Dec/, /2 Jan/, "High", "Low", "Every week", "Every day"]) {
      expect(dialog.getByText(words)).toBeDefined();
    }
  });

  test("comes back with my changes when it was deleted there", async () => {
    const { user, dialog, stored, settled } = await clash(
      { title: "mine" },
      { deleted_at: "2026-11-22T11:00:00Z" },
    );
    expect(dialog.getByText("You changed it here; it was deleted on another device.")).toBeDefined();
    await user.click(dialog.getByRole("button", { name: "Bring it back with my changes" }));
    await settled();
    await waitFor(() => expect(stored()).toMatchObject({ title: "mine", deleted_at: null }));
  });
});

describe("a change that the server does not take", () => {
  async function refused() {
    const server = new FakeServer();
    server.refuses = ({ changes }) => (changes.title?.to === "bad" ? "title-refused" : undefined);
    const setup = await world(server);
    setup.store.mutate({ kind: "update", todo_id: id, patch: { title: "bad" } });
    expect(await screen.findByText("1 change was refused")).toBeDefined();
    await setup.user.click(screen.getByRole("button", { name: "Look at it" }));
    await screen.findByRole("dialog");
    return setup;
  }

  test("is shown with its reason, mended and sent again", async () => {
    const { user, server, store } = await refused();
    expect(screen.getByText("The server does not take this change: title-refused")).toBeDefined();
    const field = screen.getByRole("textbox", { name: "Title" });
    await user.clear(field);
    await user.type(field, "better");
    await user.click(screen.getByRole("button", { name: "Send it again" }));
    await waitFor(() => expect(server.titles()).toEqual(["better"]));
    expect(store.snapshot().refusals).toEqual([]);
  });

  test("is given up", async () => {
    const { user, server, store } = await refused();
    await user.click(screen.getByRole("button", { name: "Give this change up" }));
    await waitFor(() => expect(store.snapshot().refusals).toEqual([]));
    expect(server.titles()).toEqual(["base"]);
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(store.snapshot().refusals).toMatchObject([{ changes: { title: { to: "bad" } } }]);
    expect(await screen.findByText("1 change was refused")).toBeDefined();
  });
});
