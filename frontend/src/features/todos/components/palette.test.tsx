// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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
