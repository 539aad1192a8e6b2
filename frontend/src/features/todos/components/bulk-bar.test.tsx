// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { boxes, closePage, field, page, visit, worldWith } from "@/testing/pages";

vi.mock("next/navigation", () => import("@/testing/navigation"));

beforeEach(() => visit("/"));
afterEach(closePage);

async function select(...titles: string[]) {
  const shown = await page(worldWith({ title: "one" }, { title: "two" }, { title: "three" }));
  await shown.user.click(await screen.findByRole("button", { name: "Select" }));
  for (const title of titles) {
    await shown.user.click(screen.getByRole("checkbox", { name: `Select: ${title}` }));
  }
  const press = async (name: string) => shown.user.click(await screen.findByRole("button", { name }));
  return { ...shown, press };
}
test("selecting is left by a button that says so, and says nothing of being done", async () => {
  const { press } = await select("one");
  expect(screen.queryByRole("button", { name: "Done" })).toBeNull();
  await press("Stop selecting");
  await waitFor(() => expect(boxes()).toContain("Done: one"));
});

const focused = () => document.activeElement?.getAttribute("aria-label");

describe("after something was done with several todos, the focus", () => {
  test("is at the row behind what was deleted", async () => {
    const { press } = await select("one", "two");
    await press("Delete");
    await waitFor(() => expect(boxes()).toEqual(["Done: three"]));
    expect(focused()).toBe("Done: three");
  });

  test("is at the row before it, where there is none behind", async () => {
    const { press } = await select("two", "three");
    await press("Delete");
    await waitFor(() => expect(boxes()).toEqual(["Done: one"]));
    expect(focused()).toBe("Done: one");
  });

  test("is in the field for new ones, where none is left", async () => {
    const { press } = await select("one", "two", "three");
    await press("Delete");
    await waitFor(() => expect(boxes()).toEqual([]));
    expect(document.activeElement).toBe(field());
  });

  test.each(["Tomorrow", "Select nothing"])("stays with what stays (“%s”)", async (name) => {
    const { press } = await select("two", "three");
    await press(name);
    await waitFor(() => expect(boxes()).toEqual(["Done: one", "Done: two", "Done: three"]));
    expect(focused()).toBe("Done: two");
  });
});
