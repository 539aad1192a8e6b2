// @vitest-environment happy-dom
import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { takeTyped, typeInto } from "@/lib/typing-ahead";
import { boxes, closePage, field, page, visit, worldWith } from "@/testing/pages";

vi.mock("next/navigation", () => import("@/testing/navigation"));

beforeEach(() => {
  visit("/");
  Element.prototype.scrollIntoView ??= () => {};
});
afterEach(closePage);

async function palette() {
  const setup = await page(
    worldWith({ title: "Call Mira", tags: ["people"] }, { title: "done", completed: true }),
  );
  await setup.user.keyboard("{Control>}k{/Control}");
  const search = await screen.findByRole("combobox", { name: "What do you want to do?" });
  await waitFor(() => expect(document.activeElement).toBe(search));
  const options = () => screen.getAllByRole("option").map(({ textContent }) => textContent);
  return { ...setup, search, options };
}

describe("the command palette", () => {
  test("goes to views and tags", async () => {
    const { user, options } = await palette();
    expect(options()).toContain("Go to #people");
    await user.keyboard("upcom{Enter}");
    await waitFor(() => expect(location.pathname).toBe("/upcoming"));
    expect(screen.queryByRole("dialog", { name: "Command palette" })).toBeNull();
    expect(await screen.findByRole("heading", { name: "Upcoming", level: 1 })).toBeDefined();
  });

  test("finds todos, and searches for what it does not find", async () => {
    const { user, options } = await palette();
    await user.keyboard("mira");
    expect(options()).toEqual(["Call Mira", "Search for “mira”"]);
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(`${location.pathname}${location.search}`).toBe("/search?q=mira"));
    await waitFor(() => expect(boxes()).toEqual(["Done: Call Mira"]));
  });

  test("tells screen readers which one is meant", async () => {
    const { user, search } = await palette();
    await user.keyboard("{ArrowUp}");
    const active = document.getElementById(search.getAttribute("aria-activedescendant") ?? "");
    expect(active?.getAttribute("aria-selected")).toBe("true");
    expect(active?.textContent).toContain("Show the keys");
  });

  test("changes the colours", async () => {
    const { user, runtime } = await palette();
    await user.keyboard("dark{Enter}");
    await waitFor(() => expect(runtime.local.theme.get()).toBe("dark"));
  });
});

describe("what is typed for a field that is still to come", () => {
  test("is in the palette, and not taken for keys", async () => {
    const { user } = await page(worldWith({ title: "Call Mira" }));
    await user.keyboard("n");
    await user.keyboard("{Control>}k{/Control}gd mira");
    const search = await screen.findByRole("combobox", { name: "What do you want to do?" });
    expect(search).toHaveProperty("value", "gd mira");
    expect(document.activeElement).toBe(search);
    expect(location.pathname).toBe("/");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(field()));
  });

  test("is in the search, and in the field for new todos", async () => {
    const { user } = await page(worldWith({ title: "Call Mira" }));
    (document.activeElement as HTMLElement).blur();
    await user.keyboard("/gd n");
    const search = await screen.findByRole("searchbox", { name: "Search your todos" });
    await waitFor(() => expect(search).toHaveProperty("value", "gd n"));
    expect(document.activeElement).toBe(search);
    expect(location.pathname).toBe("/search");
    expect(screen.queryByRole("textbox", { name: "Search your todos" })).toBeNull();
    act(() => search.blur());
    await user.keyboard("ngd milk");
    await waitFor(() => expect(field()).toHaveProperty("value", "gd milk"));
    expect(document.activeElement).toBe(field());
  });

  test("goes back to where one was when it is left by Escape, and ends with the patience", async () => {
    const input = document.body.appendChild(document.createElement("input"));
    input.focus();
    typeInto("to-come", "To come");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("To come");
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(document.activeElement).toBe(input);
    expect(takeTyped("to-come")).toBeUndefined();
    vi.useFakeTimers();
    typeInto("to-come", "To come");
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    expect(document.activeElement).toBe(input);
    input.remove();
  });
});

describe("keys", () => {
  test("lead to the field, to views and to the help", async () => {
    const { user } = await page(worldWith({ title: "one" }));
    await user.keyboard("n");
    expect(document.activeElement).toBe(field());
    await user.keyboard("gt?");
    expect(location.pathname).toBe("/");
    (document.activeElement as HTMLElement).blur();
    await user.keyboard("gd");
    await waitFor(() => expect(location.pathname).toBe("/done"));
    await user.keyboard("?");
    expect(await screen.findByRole("dialog", { name: "Keys" })).toBeDefined();
  });

  test("that are single letters can be turned off", async () => {
    const { user, runtime } = await page(worldWith({ title: "one" }));
    await user.keyboard("?");
    const help = await screen.findByRole("dialog", { name: "Keys" });
    await user.click(within(help).getByRole("checkbox", { name: "Single letters do something" }));
    expect(runtime.local.letterKeys.get()).toBe("off");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.keyboard("gd");
    expect(location.pathname).toBe("/");
    await user.keyboard("{Control>}k{/Control}");
    expect(await screen.findByRole("dialog", { name: "Command palette" })).toBeDefined();
  });
});
