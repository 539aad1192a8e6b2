import type { Place } from "@/features/todos/places";
import type { Translate } from "@/lib/i18n/translate";
import { today } from "@/lib/sync/days";
import type { TodoView } from "@/lib/sync/types";
import { byDays } from "@/lib/sync/views";
import { dayWords, longDay } from "@/lib/todo-words";

export interface Heading {
  readonly title: string;
  /** The date, where the title is “Tomorrow”. */
  readonly detail?: string;
  readonly isLate?: boolean;
}

/** What stands above the first todo of each part of a list, by that todo. */
export function headingsOf(
  t: Translate,
  place: Place,
  todos: readonly TodoView[],
  day: string,
): ReadonlyMap<string, Heading> {
  if (place.name === "done") return doneHeadings(t, todos, day);
  if (place.name !== "today" && place.name !== "upcoming") return new Map();
  const sections = byDays(todos, day);
  const isOneDay = place.name === "today" && sections.every((section) => section.day !== null);
  if (isOneDay) return new Map();
  return new Map(
    sections.flatMap((section) => {
      const [first] = section.todos;
      if (!first) return [];
      const heading =
        section.day === null ? { title: t("Overdue"), isLate: true } : dayHeading(t, section.day, day);
      return [[first.id, heading] as const];
    }),
  );
}

function dayHeading(t: Translate, day: string, now: string): Heading {
  const words = dayWords(t, day, now);
  const long = longDay(t, day);
  return long.includes(words) ? { title: long } : { title: words, detail: long };
}

/** Done ones by the day they were done on. */
function doneHeadings(t: Translate, todos: readonly TodoView[], now: string): ReadonlyMap<string, Heading> {
  const headings = new Map<string, Heading>();
  let last: string | undefined;
  for (const { id, completed_at } of todos) {
    const day = completed_at === null ? undefined : today(0, new Date(completed_at));
    if (day !== undefined && day !== last) headings.set(id, dayHeading(t, day, now));
    last = day;
  }
  return headings;
}
