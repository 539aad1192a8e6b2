// @vitest-environment happy-dom
import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TodosPage } from "@/features/todos/components/todos-page";
import { loadParser, type Parser } from "@/lib/quick-add/load";
import { today } from "@/lib/sync/days";
import { boxes, closePage, field, InGerman, page, visit, worldWith } from "@/testing/pages";
import { createWorld, renderIn } from "@/testing/render";

vi.mock("next/navigation", () => import("@/testing/navigation"));
vi.mock("@/lib/quick-add/load", { spy: true });

beforeEach(() => visit("/"));
afterEach(closePage);

describe("the inbox", () => {
  test("teaches when there is nothing, and takes the first todo", async () => {
    const { user, server } = await page(createWorld());
    expect(await screen.findByRole("heading", { name: "A clean page" })).toBeDefined();
    await user.type(field(), "Water the plants{Enter}");
    expect(await screen.findByRole("checkbox", { name: "Done: Water the plants" })).toBeDefined();
    expect(screen.queryByRole("heading", { name: "A clean page" })).toBeNull();
    expect(field()).toHaveProperty("value", "");
    await waitFor(() => expect(server.titles()).toEqual(["Water the plants"]));
  });

  test("understands a line, shows what it understood, and takes a piece back", async () => {
    const { user, server } = await page(createWorld());
    await user.type(field(), "Pay rent !high #home tomorrow");
    const chips = await screen.findByRole("list", { name: "Understood" });
    expect(
      within(chips)
        .getAllByRole("button")
        .map((chip) => chip.textContent),
    ).toEqual(["High", "home", "Tomorrow"]);
    await user.click(screen.getByRole("button", { name: "home: take “#home” as text" }));
    expect(document.activeElement).toBe(field());
    await user.keyboard("{Enter}");
    await waitFor(() =>
      expect(server.live()).toMatchObject([
        { title: "Pay rent #home", priority: "high", tags: [], due: { date: today(1) } },
      ]),
    );
  });

  test("adds a line that is entered before its grammar is there once, and keeps what is typed meanwhile", async () => {
    let arrive = (_: Parser) => {};
    vi.mocked(loadParser).mockReturnValueOnce(new Promise((resolve) => (arrive = resolve)));
    const { user, store } = await page(createWorld());
    await user.type(field(), "one{Enter}{Enter} two");
    expect(store.snapshot().todos).toEqual([]);
    await act(async () => arrive((title) => ({ title, patch: {}, pieces: [] })));
    await waitFor(() => expect(boxes()).toEqual(["Done: one"]));
    expect(field()).toHaveProperty("value", "two");
    expect(store.snapshot().todos).toHaveLength(1);
  });

  test("keeps what was typed when the page goes away", async () => {
    const world = createWorld();
    const { user, unmount } = await page(world);
    await user.type(field(), "half a tho");
    unmount();
    renderIn(world, <TodosPage />);
    expect(field()).toHaveProperty("value", "half a tho");
  });

  test("speaks German", async () => {
    const { user, server } = await page(createWorld(), (element) => <InGerman>{element}</InGerman>);
    expect(await screen.findByRole("heading", { name: "Eine leere Seite" })).toBeDefined();
    await user.type(screen.getByRole("textbox", { name: "Neue Aufgabe" }), "Miete zahlen morgen !hoch");
    expect((await screen.findByRole("list", { name: "Verstanden" })).textContent).toBe("MorgenHoch");
    await user.keyboard("{Enter}");
    await waitFor(() =>
      expect(server.live()).toMatchObject([{ title: "Miete zahlen", due: { date: today(1) } }]),
    );
  });
});

describe("a view", () => {
  const todos = [
    { title: "late", due: { date: today(-2) } },
    { title: "now", due: { date: today() } },
    { title: "later", due: { date: today(3) } },
    { title: "over", completed: true, completed_at: "2026-11-20T10:00:00Z" },
    { title: "tagged", tags: ["home"] },
  ];

  test.each([
    ["/", ["late", "now", "later", "tagged"]],
    ["/today", ["late", "now"]],
    ["/upcoming", ["later"]],
    ["/done", ["over"]],
    ["/tag?name=home", ["tagged"]],
    ["/search?q=late", ["late", "later"]],
  ])("%s has what belongs to it", async (href, titles) => {
    visit(href);
    await page(worldWith(...todos));
    await waitFor(() => expect(boxes()).toEqual(titles.map((title) => `Done: ${title}`)));
  });

  test("says what is late, and which day it is", async () => {
    visit("/today");
    await page(worldWith(...todos));
    expect(
      (await screen.findAllByRole("heading", { level: 2 })).map(({ textContent }) => textContent),
    ).toEqual(["Overdue", expect.stringMatching(/^Today/)]);
  });

  test("gives a new todo what it stands for", async () => {
    visit("/tag?name=home");
    const { user, server } = await page(worldWith());
    await user.type(field(), "Mow the lawn{Enter}");
    await waitFor(() => expect(server.live()).toMatchObject([{ title: "Mow the lawn", tags: ["home"] }]));
  });

  test("finds while one types", async () => {
    visit("/search");
    const { user } = await page(worldWith(...todos));
    await user.type(await screen.findByRole("searchbox"), "tag");
    await waitFor(() => expect(boxes()).toEqual(["Done: tagged"]));
    expect(location.search).toBe("?q=tag");
    expect(screen.getByText("1 todo found")).toBeDefined();
  });

  test("brings back from the trash", async () => {
    visit("/trash");
    const { user, server } = await page(worldWith({ title: "gone", deleted_at: "2026-11-21T10:00:00Z" }));
    await user.click(await screen.findByRole("button", { name: "Restore “gone”" }));
    await waitFor(() => expect(server.titles()).toEqual(["gone"]));
  });
});
