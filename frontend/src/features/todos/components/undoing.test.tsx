// @vitest-environment happy-dom
import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  closePage,
  elsewhere,
  field,
  page,
  titleButton,
  titleField,
  visit,
  worldWith,
} from "@/testing/pages";
import { anId } from "@/testing/todos";

vi.mock("next/navigation", () => import("@/testing/navigation"));

beforeEach(() => visit("/"));
afterEach(closePage);

describe("what was done", () => {
  const done = () => screen.findByRole("button", { name: "Undo" });

  test("is offered to be undone, one thing at a time", async () => {
    const { user, server } = await page(worldWith({ title: "one" }, { title: "two" }));
    await user.click(await screen.findByRole("checkbox", { name: "Done: one" }));
    expect(await screen.findByText("Todo done")).toBeDefined();
    await user.click(await titleButton("two"));
    await user.type(titleField(), "!{Enter}");
    expect(await screen.findByText("Todo changed")).toBeDefined();
    expect(screen.queryByText("Todo done")).toBeNull();
    await user.click(await done());
    await waitFor(() => expect(server.todos.get(anId(2))?.title).toBe("two"));
    expect(server.todos.get(anId(1))?.completed).toBe(true);
  });

  test("is offered after adding, too: a phone has no Ctrl-Z", async () => {
    const { user } = await page(worldWith({ title: "one" }));
    await user.type(screen.getByRole("textbox", { name: "New todo" }), "two{Enter}");
    expect(await screen.findByText("Todo added")).toBeDefined();
    expect(screen.getByRole("checkbox", { name: "Done: two" })).toBeDefined();
    await user.click(await done());
    await waitFor(() => expect(screen.queryByRole("checkbox", { name: "Done: two" })).toBeNull());
  });

  test("and has been changed elsewhere since is not said to be undone", async () => {
    const world = worldWith({ title: "one" });
    const { user } = await page(world);
    await user.click(await titleButton("one"));
    await user.type(titleField(), "!{Enter}");
    await waitFor(() => expect(world.server.todos.get(anId(1))?.title).toBe("one!"));
    await elsewhere(world, { title: "theirs" });
    await user.keyboard("{Control>}z{/Control}");
    expect(await screen.findByText("This cannot be undone any more")).toBeDefined();
    expect(screen.queryByText(/^Undone/)).toBeNull();
  });
});

describe("Ctrl-Z", () => {
  test("in the empty field for new todos takes back what was added", async () => {
    const { user, store } = await page(worldWith());
    await user.type(field(), "too much{Enter}");
    await waitFor(() => expect(store.snapshot().todos).toHaveLength(1));
    await user.keyboard("half{Control>}z{/Control}");
    expect(store.snapshot().todos).toHaveLength(1);
    // What was emptied by hand is the browser's to take back, until it is left.
    await user.clear(field());
    await user.keyboard("{Control>}z{/Control}");
    expect(store.snapshot().todos).toMatchObject([{ title: "too much" }]);
    act(() => field().blur());
    await user.click(field());
    await user.keyboard("{Control>}z{/Control}");
    expect(store.snapshot().todos).toEqual([]);
  });

  test("is the field’s, also after the browser has gone on to undo in another one", async () => {
    visit(`/?todo=${anId(1)}`);
    const { user, store } = await page(worldWith({ title: "one" }));
    const panel = await screen.findByRole("dialog", { name: "Details of “one”" });
    await user.click(within(panel).getByRole("radio", { name: "High" }));
    const tags = within(panel).getByRole("combobox", { name: "Tags" });
    await user.type(tags, "x{Backspace}");
    const undoing = { inputType: "historyUndo", bubbles: true, cancelable: true };
    const elsewhere = within(panel).getByRole("textbox", { name: "Notes" });
    expect(elsewhere.dispatchEvent(new InputEvent("beforeinput", undoing))).toBe(false);
    expect(tags.dispatchEvent(new InputEvent("beforeinput", undoing))).toBe(true);
    elsewhere.dispatchEvent(new InputEvent("input", undoing));
    await user.keyboard("{Control>}z{/Control}");
    expect(store.get(anId(1))?.priority).toBe("high");
  });

  test("works in the details as well", async () => {
    visit(`/?todo=${anId(1)}`);
    const { user, store } = await page(worldWith({ title: "one" }));
    const panel = await screen.findByRole("dialog", { name: "Details of “one”" });
    await user.click(within(panel).getByRole("radio", { name: "High" }));
    expect(store.get(anId(1))?.priority).toBe("high");
    await user.keyboard("{Control>}z{/Control}");
    expect(store.get(anId(1))?.priority).toBe("none");
  });
});
