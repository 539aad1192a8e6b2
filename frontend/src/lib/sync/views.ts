import { dayOf, today } from "@/lib/sync/days";
import { compareTodos } from "@/lib/sync/order";
import type { Snapshot, TodoView } from "@/lib/sync/types";

/** What a page shows. `tag` is one of the tags in use. */
export type View =
  | { readonly name: "inbox" | "today" | "upcoming" | "done" | "trash" }
  | { readonly name: "tag"; readonly tag: string };

type Todos = readonly TodoView[];

/** The todos of a view, in its order. Pure: the same snapshot and day give the same todos. */
export function select(
  snapshot: Pick<Snapshot, "todos" | "trash">,
  view: View,
  day: string = today(),
): Todos {
  const { todos, trash } = snapshot;
  switch (view.name) {
    case "inbox":
      return todos.filter(isOpen);
    case "today":
      return todos.filter((todo) => isOpen(todo) && isDueBy(todo, day)).sort(byDay);
    case "upcoming":
      return todos.filter((todo) => isOpen(todo) && isDueAfter(todo, day)).sort(byDay);
    case "done":
      return todos.filter((todo) => todo.completed).sort(byCompletion);
    case "trash":
      return trash;
    case "tag":
      return todos.filter((todo) => isOpen(todo) && todo.tags.includes(view.tag));
  }
}

export interface Section {
  /** The day (`2026-11-22`) that its todos are due on; of overdue ones, null. */
  readonly day: string | null;
  readonly todos: Todos;
}

/** Todos that are sorted by day, cut at the days. Everything due before `from` is one section. */
export function byDays(todos: Todos, from: string = today()): readonly Section[] {
  const sections: { day: string | null; todos: TodoView[] }[] = [];
  for (const todo of todos) {
    const due = dayOf(todo.due) ?? null;
    const day = due !== null && due < from ? null : due;
    const last = sections.at(-1);
    if (last && last.day === day) last.todos.push(todo);
    else sections.push({ day, todos: [todo] });
  }
  return sections;
}

export interface TagCount {
  readonly tag: string;
  /** How many open todos have it. */
  readonly count: number;
}

/** The tags of open todos, by name. */
export function tagsOf(todos: Todos): readonly TagCount[] {
  const counts = new Map<string, number>();
  for (const todo of todos) {
    if (!todo.completed) for (const tag of todo.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => a.tag.localeCompare(b.tag) || (a.tag < b.tag ? -1 : 1));
}

export interface Counts {
  readonly inbox: number;
  readonly today: number;
  readonly upcoming: number;
  readonly overdue: number;
}

/** The numbers beside the views, in one walk. */
export function count(todos: Todos, day: string = today()): Counts {
  const counts = { inbox: 0, today: 0, upcoming: 0, overdue: 0 };
  for (const todo of todos) {
    if (todo.completed) continue;
    counts.inbox++;
    const due = dayOf(todo.due);
    if (due === undefined) continue;
    if (due > day) counts.upcoming++;
    else counts.today++;
    if (due < day) counts.overdue++;
  }
  return counts;
}

const isOpen = (todo: TodoView): boolean => !todo.completed;

function isDueBy(todo: TodoView, day: string): boolean {
  const due = dayOf(todo.due);
  return due !== undefined && due <= day;
}

function isDueAfter(todo: TodoView, day: string): boolean {
  const due = dayOf(todo.due);
  return due !== undefined && due > day;
}

const timeOf = ({ due }: TodoView): string => (due && "at" in due ? due.at : "");

/** By day; within one, what has a time by its time, before what has none, which keeps the manual order. */
function byDay(a: TodoView, b: TodoView): number {
  const [dayA = "", dayB = ""] = [dayOf(a.due), dayOf(b.due)];
  if (dayA !== dayB) return dayA < dayB ? -1 : 1;
  const [timeA, timeB] = [timeOf(a) || "~", timeOf(b) || "~"];
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  return compareTodos(a, b);
}

const byCompletion = (a: TodoView, b: TodoView): number => {
  const [at, bt] = [a.completed_at ?? "", b.completed_at ?? ""];
  return at === bt ? compareTodos(a, b) : at < bt ? 1 : -1;
};
