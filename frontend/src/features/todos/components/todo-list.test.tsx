// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { boxes, closePage, page, row, visit, worldWith } from "@/testing/pages";
import { anId } from "@/testing/todos";

vi.mock("next/navigation", () => import("@/testing/navigation"));

beforeEach(() => visit("/"));
afterEach(closePage);

describe("a row", () => {
  const three = [{ title: "first" }, { title: "second" }, { title: "third" }];

  test("is edited in place: Enter saves and gives the focus back", async () => {
    const { user, server } = await page(worldWith(...three));
    await user.click(await screen.findByRole("button", { name: "Edit “first”" }));
    await user.keyboard(" of all{Enter}");
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Edit “first of all”" }));
    await waitFor(() => expect(server.titles()).toEqual(["first of all", "second", "third"]));
  });

  test("is left as it was by Escape, and by an empty title", async () => {
    const { user, server, store } = await page(worldWith(...three));
    await user.click(await screen.findByRole("button", { name: "Edit “first”" }));
    await user.keyboard("!{Escape}");
    await user.click(screen.getByRole("button", { name: "Edit “first”" }));
    await user.clear(screen.getByRole("textbox", { name: "Title of “first”" }));
    await user.keyboard("{Enter}");
    expect(store.snapshot().unsent).toBe(0);
    expect(server.titles()).toEqual(["first", "second", "third"]);
  });

  test("stays for a moment in a list that it leaves by being ticked", async () => {
    const { user, server } = await page(worldWith(...three));
    await user.click(await screen.findByRole("checkbox", { name: "Done: second" }));
    expect(boxes()).toEqual(["Done: first", "Done: second", "Done: third"]);
    await waitFor(() => expect(boxes()).toEqual(["Done: first", "Done: third"]), { timeout: 6_000 });
    await waitFor(() => expect(server.todos.get(anId(2))?.completed).toBe(true));
  });

  test("is moved to, moved and deleted by keys", async () => {
    const { user, server } = await page(worldWith(...three));
    (await screen.findByRole("checkbox", { name: "Done: first" })).focus();
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await waitFor(() => expect(boxes()).toEqual(["Done: second", "Done: first", "Done: third"]));
    expect(document.activeElement).toBe(screen.getByRole("checkbox", { name: "Done: first" }));
    expect(screen.getByText("Now at place 2 of 3")).toBeDefined();
    await user.keyboard("{ArrowDown}{Delete}");
    await waitFor(() => expect(boxes()).toEqual(["Done: second", "Done: first"]));
    expect(document.activeElement).toBe(screen.getByRole("checkbox", { name: "Done: first" }));
    await waitFor(() => expect(server.titles()).toEqual(["second", "first"]));
  });

  test("comes back with Undo, and with Ctrl-Z", async () => {
    const { user } = await page(worldWith(...three));
    await user.click(within(row("second")).getByRole("button", { name: "Delete “second”" }));
    await waitFor(() => expect(boxes()).toEqual(["Done: first", "Done: third"]));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(boxes()).toHaveLength(3));
    await user.click(screen.getByRole("button", { name: "Edit “third”" }));
    await user.keyboard("!{Enter}");
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(boxes()).toContain("Done: third"));
    await user.keyboard("{Control>}{Shift>}Z{/Shift}{/Control}");
    await waitFor(() => expect(boxes()).toContain("Done: third!"));
  });

  test("is part of a list that screen readers count", async () => {
    await page(worldWith(...three));
    const items = within(await screen.findByRole("list", { name: "Todos" })).getAllByRole("listitem");
    expect(
      items.map((item) => [item.getAttribute("aria-posinset"), item.getAttribute("aria-setsize")]),
    ).toEqual([
      ["1", "3"],
      ["2", "3"],
      ["3", "3"],
    ]);
  });

  test("shows text as text", async () => {
    const title = '<img src=x onerror="alert(1)">';
    await page(worldWith({ title, description: title, tags: ["<b>"] }));
    expect(await screen.findByText(title, { selector: "button" })).toBeDefined();
    expect(document.querySelector("img, li b")).toBeNull();
  });
});

describe("several at once", () => {
  test("are selected, ticked off together, and opened again together", async () => {
    const { user, server } = await page(worldWith({ title: "a" }, { title: "b" }, { title: "c" }));
    await user.click(await screen.findByRole("button", { name: "Select" }));
    await user.click(screen.getByRole("checkbox", { name: "Select: a" }));
    await user.click(screen.getByRole("checkbox", { name: "Select: c" }));
    const bar = await screen.findByRole("region", { name: "With what is selected" });
    expect(within(bar).getByText("2 selected")).toBeDefined();
    await user.click(within(bar).getByRole("button", { name: "Tick off" }));
    await waitFor(() => expect(server.live().filter(({ completed }) => completed)).toHaveLength(2));
    expect(screen.queryByRole("region", { name: "With what is selected" })).toBeNull();
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(server.live().filter(({ completed }) => completed)).toHaveLength(0));
  });

  test("get a tag", async () => {
    const { user, server } = await page(worldWith({ title: "a", tags: ["x"] }, { title: "b" }));
    await user.click(await screen.findByRole("button", { name: "Select" }));
    await user.click(screen.getByRole("checkbox", { name: "Select: a" }));
    await user.click(await screen.findByRole("button", { name: "Select all" }));
    await user.click(screen.getByRole("button", { name: "Add a tag" }));
    await user.type(screen.getByRole("textbox", { name: "Tag" }), "#home{Enter}");
    await waitFor(() => expect(server.live().map(({ tags }) => tags)).toEqual([["x", "home"], ["home"]]));
  });
});
