// @vitest-environment happy-dom
import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  boxes,
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

const notes = () => screen.findByRole("textbox", { name: "Notes" });
const drafts = (world: ReturnType<typeof worldWith>) => world.runtime.local.drafts("u1").get();

/** The title's field in the details. */
async function titleOf(text: string) {
  const panel = await screen.findByRole("dialog", { name: /^Details of/ });
  const button = within(panel).queryByRole("button", { name: `Edit “${text}”` });
  if (button) act(() => button.click());
  return within(panel).findByRole("textbox", { name: /^Title of/ });
}

describe("typing over what another device changes meanwhile", () => {
  test("a title overwrites nothing", async () => {
    const world = worldWith({ title: "base" });
    const { user, server, store } = await page(world);
    await user.click(await titleButton("base"));
    await user.type(titleField(), " and mine");
    await elsewhere(world, { title: "theirs" });
    expect(titleField()).toHaveProperty("value", "base and mine");
    await user.keyboard("{Enter}");
    await waitFor(() =>
      expect(store.snapshot().conflicts).toMatchObject([
        { fields: [{ base: "base", yours: "base and mine", stored: "theirs" }] },
      ]),
    );
    expect(server.titles()).toEqual(["theirs"]);
    expect(drafts(world)).toEqual({});
  });

  test("a title in which nothing was typed follows", async () => {
    const world = worldWith({ title: "base" });
    const { user, server } = await page(world);
    await user.click(await titleButton("base"));
    await elsewhere(world, { title: "theirs" });
    await user.type(titleField(), " and mine{Enter}");
    await waitFor(() => expect(server.titles()).toEqual(["theirs and mine"]));
  });

  test("notes overwrite nothing, also after a reload", async () => {
    visit(`/?todo=${anId(1)}`);
    const world = worldWith({ title: "one", description: "base" });
    world.runtime.local.drafts("u1").set({
      [`description:${anId(1)}`]: "base and mine",
      [`base:description:${anId(1)}`]: "base",
    });
    world.server.change(anId(1), { description: "theirs" });
    const { user, server, store } = await page(world);
    await user.click(await notes());
    await user.tab();
    await waitFor(() =>
      expect(store.snapshot().conflicts).toMatchObject([
        { fields: [{ base: "base", yours: "base and mine", stored: "theirs" }] },
      ]),
    );
    expect(server.todos.get(anId(1))?.description).toBe("theirs");
  });

  test("notes of a todo that is deleted there are not lost", async () => {
    visit(`/?todo=${anId(1)}`);
    const world = worldWith({ title: "one" });
    const { user, server, store } = await page(world);
    await user.type(await notes(), "mine");
    server.remove(anId(1));
    await waitFor(() =>
      expect(store.snapshot().conflicts).toMatchObject([
        { kind: "deleted-there", fields: [{ field: "description", yours: "mine" }] },
      ]),
    );
  });

  test("a tag of a todo that is deleted there is not lost", async () => {
    visit(`/?todo=${anId(1)}`);
    const world = worldWith({ title: "one", tags: ["old"] });
    const { user, server, store } = await page(world);
    await user.type(await screen.findByRole("combobox", { name: "Tags" }), "ho");
    server.remove(anId(1));
    await waitFor(() =>
      expect(store.snapshot().conflicts).toMatchObject([
        { kind: "deleted-there", fields: [{ field: "tags", yours: ["old", "ho"] }] },
      ]),
    );
  });

  test.each([
    ["notes", () => notes(), { title: "one", description: "mine" }],
    ["a title", () => titleOf("one"), { title: "mine", description: "" }],
    ["a tag", () => screen.findByRole("combobox", { name: "Tags" }), { title: "one", tags: ["mine"] }],
  ])("%s of a todo of which the server knows nothing any more are in a new one", async (_, find, left) => {
    visit(`/?todo=${anId(1)}`);
    const world = worldWith({ title: "one", priority: "high" });
    const { user, server, store } = await page(world);
    await user.clear(await find());
    await user.type(await find(), "mine");
    server.todos.delete(anId(1));
    server.restoreBackup();
    store.kick();
    await waitFor(() => expect(server.live()).toMatchObject([{ ...left, priority: "high" }]));
    expect(server.live()[0]?.id).not.toBe(anId(1));
    expect(await screen.findByText("It was gone: your text is in a new todo")).toBeDefined();
    expect(drafts(world)).toEqual({});
  });
});

describe("what cannot be taken because too much waits", () => {
  test("stays in its field, and in the draft", async () => {
    const world = worldWith({ title: "base" });
    const { user, store } = await page(world);
    await user.click(await titleButton("base"));
    await user.type(titleField(), "!");
    // That it refuses is tested where it does.
    vi.spyOn(store, "mutate").mockReturnValue({ todo_ids: [], refused: "outbox-full" });
    await user.keyboard("{Enter}");
    expect(await screen.findByText("Too many changes are waiting")).toBeDefined();
    expect(titleField()).toHaveProperty("value", "base!");
    expect(drafts(world)).toMatchObject({ [`title:${anId(1)}`]: "base!" });
  });
});

describe("Escape", () => {
  test("closes the title and not the panel around it", async () => {
    visit(`/?todo=${anId(1)}`);
    const { user } = await page(worldWith({ title: "one" }));
    const panel = await screen.findByRole("dialog", { name: "Details of “one”" });
    await user.click(within(panel).getByRole("button", { name: "Edit “one”" }));
    await user.type(titleField(), " more{Escape}");
    expect(within(panel).getByRole("button", { name: "Edit “one”" })).toBeDefined();
    expect(screen.getByRole("dialog", { name: "Details of “one”" })).toBe(panel);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() => expect(boxes()).toEqual(["Done: one"]));
  });
});

describe("what was typed and left by Escape", () => {
  const saved = ({ store }: ReturnType<typeof worldWith>) => store.get(anId(1));

  test("is kept where it may be long, and the focus stays in the panel", async () => {
    visit(`/?todo=${anId(1)}`);
    const world = worldWith({ title: "one", description: "before" });
    const { user } = await page(world);
    await user.type(await notes(), " and a paragraph{Escape}");
    expect(saved(world)?.description).toBe("before and a paragraph");
    expect(document.activeElement).toBe(screen.getByRole("dialog", { name: "Details of “one”" }));
    await user.keyboard("{Control>}z{/Control}");
    expect(saved(world)).toMatchObject({ description: "before", deleted_at: null });
  });

  test("comes back by Ctrl-Z, which undoes nothing older before", async () => {
    const world = worldWith();
    const { user, store } = await page(world);
    await user.type(field(), "one{Enter}");
    await user.click(await titleButton("one"));
    await user.type(titleField(), " and more{Escape}");
    expect(await titleButton("one")).toBe(document.activeElement);
    expect(await screen.findByText("Left as it was")).toBeDefined();
    await user.keyboard("{Control>}z{/Control}");
    expect(store.snapshot().todos).toMatchObject([{ title: "one and more" }]);
    await user.keyboard("{Control>}{Shift>}Z{/Shift}{/Control}");
    expect(store.snapshot().todos).toMatchObject([{ title: "one" }]);
  });

  test("is offered back, unless nothing was typed", async () => {
    const world = worldWith({ title: "one" });
    const { user } = await page(world);
    await user.click(await titleButton("one"));
    await user.keyboard("{Escape}");
    expect(world.store.snapshot().undoable).toBeUndefined();
    await user.click(await titleButton("one"));
    await user.type(titleField(), " and more{Escape}");
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(saved(world)?.title).toBe("one and more");
  });
});

describe("a tag that is not finished", () => {
  test("is taken when its field goes away", async () => {
    visit(`/?todo=${anId(1)}`);
    const { user, server } = await page(worldWith({ title: "one", tags: ["old"] }));
    await user.type(await screen.findByRole("combobox", { name: "Tags" }), "ho");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() => expect(server.todos.get(anId(1))?.tags).toEqual(["old", "ho"]));
  });
});

test("what is left of the page after signing out keeps nothing", async () => {
  visit(`/?todo=${anId(1)}`);
  const world = worldWith({ title: "one" });
  const { user, session, unmount, store } = await page(world);
  await user.type(await notes(), "half a tho");
  world.runtime.local.drafts("u1").remove();
  await act(() => session.signOut());
  unmount();
  expect(world.runtime.area.getItem("daybook:drafts:u1:v1")).toBeNull();
  expect(store.get(anId(1))?.description).toBe("");
});
