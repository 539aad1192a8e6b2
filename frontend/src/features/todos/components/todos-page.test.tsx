// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TodosPage } from "@/features/todos/components/todos-page";
import { FakeServer } from "@/testing/fake-server";
import { createWorld, renderIn, type World } from "@/testing/render";
import { answer } from "@/testing/sessions";
import { anId } from "@/testing/todos";

let stop = () => {};
beforeEach(() => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

async function page(world: World = createWorld()) {
  world.session.adopt(answer());
  stop = world.store.start();
  return { ...world, ...renderIn(world, <TodosPage />) };
}

const field = () => screen.getByRole("textbox", { name: "New todo" });
const titles = () => screen.queryAllByRole("checkbox").map((box) => box.getAttribute("aria-label"));

describe("the todo page", () => {
  test("teaches when there is nothing, and takes the first todo", async () => {
    const { user, server } = await page();
    expect(await screen.findByRole("heading", { name: "A clean page" })).toBeDefined();
    await user.type(field(), "Water the plants{Enter}");
    expect(titles()).toEqual(["Done: Water the plants"]);
    expect(screen.queryByRole("heading", { name: "A clean page" })).toBeNull();
    expect(field()).toHaveProperty("value", "");
    await waitFor(() => expect(server.titles()).toEqual(["Water the plants"]));
  });

  test("keeps what was typed when the page goes away", async () => {
    const world = createWorld();
    const { user, unmount } = await page(world);
    await user.type(field(), "half a tho");
    unmount();
    renderIn(world, <TodosPage />);
    expect(field()).toHaveProperty("value", "half a tho");
  });

  test("shows what is wrong when the list cannot be loaded, and tries again", async () => {
    const server = new FakeServer();
    server.add({ title: "there" });
    server.fail("lost request");
    const { user } = await page(createWorld({ server }));
    expect(await screen.findByRole("alert")).toHaveProperty(
      "textContent",
      expect.stringContaining("cannot be reached"),
    );
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("checkbox", { name: "Done: there" })).toBeDefined();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("filters, and remembers it", async () => {
    const server = new FakeServer();
    server.add({ id: anId(1), title: "open" }, { id: anId(2), title: "closed", completed: true });
    const { user, runtime } = await page(createWorld({ server }));
    await screen.findByRole("checkbox", { name: "Done: open" });
    await user.click(screen.getByRole("radio", { name: "Done" }));
    expect(titles()).toEqual(["Done: closed"]);
    await user.click(screen.getByRole("radio", { name: "Active" }));
    expect(titles()).toEqual(["Done: open"]);
    expect(runtime.local.filter.get()).toBe("active");
  });

  test("loads more on demand", async () => {
    const server = new FakeServer();
    server.pageSize = 2;
    server.add(...[1, 2, 3].map((number) => ({ id: anId(number), title: `${number}` })));
    const { user } = await page(createWorld({ server }));
    await user.click(await screen.findByRole("button", { name: "Show more" }));
    await screen.findByRole("checkbox", { name: "Done: 1" });
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });
});

describe("a row", () => {
  async function row() {
    const server = new FakeServer();
    server.add({ id: anId(1), title: "second" }, { id: anId(2), title: "first" });
    const setup = await page(createWorld({ server }));
    await screen.findByRole("checkbox", { name: "Done: first" });
    return setup;
  }

  test("is edited in place: Enter saves and gives the focus back", async () => {
    const { user, server } = await row();
    await user.click(screen.getByRole("button", { name: "Edit “first”" }));
    await user.keyboard(" of all{Enter}");
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Edit “first of all”" }));
    await waitFor(() => expect(server.titles()).toEqual(["first of all", "second"]));
  });

  test("is left as it was by Escape, and by an empty title", async () => {
    const { user, server, store } = await row();
    await user.click(screen.getByRole("button", { name: "Edit “first”" }));
    await user.keyboard("!{Escape}");
    await user.click(screen.getByRole("button", { name: "Edit “first”" }));
    await user.clear(screen.getByRole("textbox", { name: "Title of “first”" }));
    await user.keyboard("{Enter}");
    expect(store.snapshot().unsent).toBe(0);
    expect(server.titles()).toEqual(["first", "second"]);
  });

  test("is ticked, and says so to the server", async () => {
    const { user, server } = await row();
    await user.click(screen.getByRole("checkbox", { name: "Done: first" }));
    expect(screen.getByRole("checkbox", { name: "Done: first" })).toHaveProperty("checked", true);
    await waitFor(() => expect(server.todos.get(anId(2))?.completed).toBe(true));
  });

  test("has notes and a priority behind its arrow", async () => {
    const { user, server } = await row();
    await user.click(screen.getByRole("button", { name: "Details of “first”" }));
    await user.type(screen.getByRole("textbox", { name: "Notes" }), "with milk");
    await user.click(screen.getByRole("radio", { name: "High" }));
    await waitFor(() =>
      expect(server.todos.get(anId(2))).toMatchObject({ description: "with milk", priority: "high" }),
    );
  });

  test("is moved to and deleted by keys", async () => {
    const { user, store } = await row();
    screen.getByRole("checkbox", { name: "Done: first" }).focus();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(screen.getByRole("checkbox", { name: "Done: second" }));
    await user.keyboard("{ArrowUp}{Delete}");
    expect(titles()).toEqual(["Done: second"]);
    expect(document.activeElement).toBe(screen.getByRole("checkbox", { name: "Done: second" }));
    expect(store.snapshot().unsent).toBe(1);
  });

  test("stays for a moment in a list it has left by being ticked", async () => {
    const { user } = await row();
    await user.click(screen.getByRole("radio", { name: "Active" }));
    await user.click(screen.getByRole("checkbox", { name: "Done: first" }));
    expect(titles()).toEqual(["Done: first", "Done: second"]);
    await waitFor(() => expect(titles()).toEqual(["Done: second"]), { timeout: 4000 });
  });

  test("is part of a list that screen readers count", async () => {
    await row();
    expect(within(screen.getByRole("list", { name: "Todos" })).getAllByRole("listitem")).toHaveLength(2);
  });
});
