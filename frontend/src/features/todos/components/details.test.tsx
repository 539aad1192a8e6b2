// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { today } from "@/lib/sync/days";
import type { Todo } from "@/lib/sync/types";
import { api } from "@/testing/answers";
import { closePage, page, visit, worldWith } from "@/testing/pages";
import { createWorld } from "@/testing/render";
import { anId } from "@/testing/todos";

vi.mock("next/navigation", () => import("@/testing/navigation"));

beforeEach(() => visit("/"));
afterEach(closePage);

/** The details of the first todo, opened by its address. */
async function details(todo: Partial<Todo>, world = worldWith(todo, { title: "another" })) {
  visit(`/?todo=${anId(1)}`);
  const setup = await page(world);
  const panel = await screen.findByRole("dialog", { name: `Details of “${todo.title}”` });
  const stored = () => setup.server.todos.get(anId(1));
  return { ...setup, panel: within(panel), stored };
}

describe("the details of a todo", () => {
  test("are opened by their button, and closed again", async () => {
    const { user } = await page(worldWith({ title: "one" }));
    await user.click(await screen.findByRole("button", { name: "Details of “one”" }));
    expect(location.search).toBe(`?todo=${anId(1)}`);
    const panel = await screen.findByRole("dialog", { name: "Details of “one”" });
    await user.click(within(panel).getByRole("button", { name: "Close the details" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(location.search).toBe("");
  });

  test("have a date that is chosen at once, with a time, and removed", async () => {
    const { user, panel, stored } = await details({ title: "one" });
    await user.click(panel.getByRole("button", { name: "Tomorrow" }));
    await waitFor(() => expect(stored()?.due).toEqual({ date: today(1) }));
    const time = panel.getByLabelText("Time");
    await user.type(time, "09:30");
    await waitFor(() => expect(stored()?.due).toMatchObject({ zone: expect.any(String) }));
    const { due } = stored() as Todo;
    expect(new Date((due as { at: string }).at)).toEqual(new Date(`${today(1)}T09:30:00`));
    await user.click(panel.getByRole("button", { name: "Remove the date" }));
    await waitFor(() => expect(stored()?.due).toBeNull());
  });

  test("have a calendar", async () => {
    const { user, panel, stored } = await details({ title: "one", due: { date: "2026-11-22" } });
    await user.click(panel.getByRole("button", { name: /Choose another day$/ }));
    await user.click(await panel.findByRole("button", { name: /24 November 2026/ }));
    await waitFor(() => expect(stored()?.due).toEqual({ date: "2026-11-24" }));
    expect(panel.queryByRole("grid")).toBeNull();
  });

  test("make it come back, from today on if there was no date", async () => {
    const { user, panel, stored } = await details({ title: "one" });
    await user.selectOptions(panel.getByLabelText("Repeats"), "Every 2 weeks");
    await waitFor(() =>
      expect(stored()).toMatchObject({
        recurrence: { rule: "FREQ=WEEKLY;INTERVAL=2", anchor: "due" },
        due: { date: today() },
      }),
    );
    await user.selectOptions(panel.getByLabelText("Counted from"), "The day it is done");
    await waitFor(() => expect(stored()?.recurrence?.anchor).toBe("completion"));
  });

  test("keep a rule that they have no words for", async () => {
    const rule = "FREQ=MONTHLY;BYDAY=2TU";
    const { panel } = await details({ title: "one", recurrence: { rule, anchor: "due" } });
    expect(panel.getByLabelText("Repeats")).toHaveProperty("value", rule);
  });

  test("have a priority, tags and notes", async () => {
    const { user, panel, stored } = await details({ title: "one", tags: ["old"] });
    await user.click(panel.getByRole("radio", { name: "High" }));
    await user.type(panel.getByRole("combobox", { name: "Tags" }), "#home{Enter}work,");
    await user.click(panel.getByRole("button", { name: "Remove the tag “old”" }));
    await user.type(panel.getByRole("textbox", { name: "Notes" }), "with milk");
    await user.tab();
    await waitFor(() =>
      expect(stored()).toMatchObject({ priority: "high", tags: ["home", "work"], description: "with milk" }),
    );
  });

  test("keep what was typed into the notes when the page goes away", async () => {
    const world = worldWith({ title: "one" });
    const { user, panel, unmount } = await details({ title: "one" }, world);
    await user.type(panel.getByRole("textbox", { name: "Notes" }), "half a tho");
    expect(world.runtime.local.drafts("u1").get()).toEqual({
      [`description:${anId(1)}`]: "half a tho",
      [`base:description:${anId(1)}`]: "",
    });
    unmount();
    await waitFor(() => expect(world.server.todos.get(anId(1))?.description).toBe("half a tho"));
  });

  test("move it, for those who do not drag", async () => {
    const { user, panel, server } = await details({ title: "one" });
    expect(panel.getByRole("button", { name: "Up" })).toHaveProperty("disabled", true);
    await user.click(panel.getByRole("button", { name: "Down" }));
    await waitFor(() => expect(server.titles()).toEqual(["another", "one"]));
    await user.click(panel.getByRole("button", { name: "To the top" }));
    await waitFor(() => expect(server.titles()).toEqual(["one", "another"]));
  });

  test("show who changed what when", async () => {
    const entry = {
      seq: 2,
      version: 2,
      kind: "update",
      at: "2026-11-22T10:00:00Z",
      session_id: null,
      changes: { title: { from: "zero", to: "one" }, priority: { from: "none", to: "high" } },
    };
    const { send } = api({
      [`GET /todos/${anId(1)}/history`]: Response.json({ items: [entry], next_cursor: null }),
    });
    const world = createWorld({ send });
    world.server.add({ id: anId(1), title: "one" });
    const { user, panel } = await details({ title: "one" }, world);
    await user.click(panel.getByRole("button", { name: "Show the history" }));
    expect(await panel.findByText("Title: zero → one")).toBeDefined();
    expect(panel.getByText("Priority: No priority → High")).toBeDefined();
  });

  test("go when the todo is deleted elsewhere", async () => {
    const { server, store } = await details({ title: "one" });
    server.remove(anId(1));
    store.kick();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(location.search).toBe("");
  });
});
