import { describe, expect, test } from "vitest";
import { search } from "@/lib/sync/search";
import type { TodoView } from "@/lib/sync/types";
import { byDays, count, select, tagsOf, type View } from "@/lib/sync/views";
import { cpuOf } from "@/testing/cpu";
import { anId, aTodo } from "@/testing/todos";

const DAY = "2026-11-22";
let number = 0;
const todo = (title: string, changes: Partial<TodoView> = {}): TodoView => {
  const id = anId(++number);
  return { ...aTodo({ id, title, position: `a${id.slice(-4)}` }), pending: 0, ...changes };
};

const todos = [
  todo("plain"),
  todo("late", { due: { date: "2026-11-20" } }),
  todo("tomorrow", { due: { date: "2026-11-23" }, tags: ["home"] }),
  todo("today", { due: { date: DAY }, tags: ["home", "garden"] }),
  todo("today at noon", { due: { at: new Date(2026, 10, 22, 12).toISOString(), zone: "Europe/Berlin" } }),
  todo("done first", { completed: true, completed_at: "2026-11-21T10:00:00Z", tags: ["home"] }),
  todo("done last", { completed: true, completed_at: "2026-11-22T10:00:00Z", due: { date: DAY } }),
];
const trash = [todo("gone", { deleted_at: "2026-11-22T10:00:00Z" })];
const titlesOf = (view: View) => select({ todos, trash }, view, DAY).map(({ title }) => title);

describe("select", () => {
  test.each<[View, string[]]>([
    [{ name: "inbox" }, ["plain", "late", "tomorrow", "today", "today at noon"]],
    [{ name: "today" }, ["late", "today at noon", "today"]],
    [{ name: "upcoming" }, ["tomorrow"]],
    [{ name: "done" }, ["done last", "done first"]],
    [{ name: "trash" }, ["gone"]],
    [{ name: "tag", tag: "home" }, ["tomorrow", "today"]],
  ])("%j", (view, expected) => {
    expect(titlesOf(view)).toEqual(expected);
  });
});

describe("byDays", () => {
  test("puts everything that is overdue together", () => {
    const dated = [
      ...select({ todos, trash }, { name: "today" }, DAY),
      ...select({ todos, trash }, { name: "upcoming" }, DAY),
    ];
    const sections = byDays(dated, DAY).map(({ day, todos: own }) => [day, own.map(({ title }) => title)]);
    expect(sections).toEqual([
      [null, ["late"]],
      [DAY, ["today at noon", "today"]],
      ["2026-11-23", ["tomorrow"]],
    ]);
  });
});

test("counts what is open", () => {
  expect(count(todos, DAY)).toEqual({ inbox: 5, today: 3, upcoming: 1, overdue: 1 });
  expect(tagsOf(todos)).toEqual([
    { tag: "garden", count: 1 },
    { tag: "home", count: 2 },
  ]);
});

describe("search", () => {
  const found = (query: string, among = todos) => search(among, query).map(({ title }) => title);

  test("finds words in any order, in title, notes and tags", () => {
    const notes = todo("Call", { description: "about the Café in Zürich", tags: ["work"] });
    expect(found("zurich cafe", [notes])).toEqual(["Call"]);
    expect(found("#work call", [notes])).toEqual(["Call"]);
    expect(found("zurich tea", [notes])).toEqual([]);
  });

  test("shows what starts with it first, and what is done last", () => {
    expect(found("today")).toEqual(["today", "today at noon"]);
    expect(found("home")).toEqual(["tomorrow", "today", "done first"]);
    expect(found(" ")).toEqual([]);
  });

  test("goes through 10,000 todos while a key is pressed", () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      todo(`Todo number ${index}`, { description: "text ".repeat(20) }),
    );
    search(many, "warm up");
    const rounds = 10;
    const spent = cpuOf(() => {
      for (let round = 0; round < rounds; round++) search(many, `number 99${round}`);
    });
    // Some ten milliseconds where a processor is to be had; here it catches what grows with more than the list.
    expect(spent / rounds).toBeLessThan(250);
  });
});
