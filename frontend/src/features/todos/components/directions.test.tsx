// @vitest-environment happy-dom
import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SideBar } from "@/features/todos/components/side-bar";
import { unguarded } from "@/testing/directions";
import { closePage, field, page, visit, worldWith } from "@/testing/pages";
import { anId } from "@/testing/todos";

vi.mock("next/navigation", () => import("@/testing/navigation"));

beforeEach(() => {
  visit("/");
  Element.prototype.scrollIntoView ??= () => {};
});
afterEach(closePage);

const todo = { title: "לקנות חלב (2)", description: "דחוף!", tags: ["בית"] };
const withSideBar = (element: React.ReactElement) => (
  <>
    <SideBar />
    {element}
  </>
);

test("what is written from right to left keeps its direction, and changes none beside it", async () => {
  visit(`/?todo=${anId(1)}`);
  const { user } = await page(worldWith(todo, { title: "Call Mira" }), withSideBar);
  await screen.findByRole("textbox", { name: "Notes" });
  expect(screen.getAllByText("#בית").length).toBeGreaterThan(1);
  expect(unguarded()).toEqual([]);

  await user.click(screen.getByRole("button", { name: "Close the details" }));
  await user.type(field(), "שלום #בית{Enter}");
  await screen.findByRole("button", { name: "Undo" });
  await user.click(await screen.findByRole("button", { name: "Edit “\u2068שלום\u2069”" }));
  expect(unguarded()).toEqual([]);
});

test.each(["/trash", "/tag?name=בית", "/search?q=חלב"])("so it does in %s", async (href) => {
  visit(href);
  const { store } = await page(worldWith(todo, { ...todo, deleted_at: "2026-11-20T10:00:00Z" }));
  await waitFor(() => expect(store.snapshot().todos).toHaveLength(1));
  await screen.findAllByText(todo.title);
  expect(unguarded()).toEqual([]);
  expect(document.title).not.toMatch(/^[^\u2068]*[\u0590-\u05ff]/);
});

test("so it does in the palette, and in what was done", async () => {
  const { user, store } = await page(worldWith(todo));
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("חלב");
  expect(await screen.findByRole("option", { name: todo.title })).toBeDefined();
  expect(unguarded()).toEqual([]);
  await user.keyboard("{Escape}");
  act(() => void store.mutate({ kind: "update", todo_id: anId(1), patch: { priority: "high" } }));
  await user.keyboard("{Control>}z{/Control}");
  expect(await screen.findByText(/^Undone: .*חלב/)).toBeDefined();
  expect(unguarded()).toEqual([]);
});
