import type { Todo } from "@/lib/sync/types";

/** The day of this device (`2026-11-22`), now or `days` later. */
export function today(days = 0, now: Date = new Date()): string {
  return localDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days));
}

/** The day a todo is due on, here: a date is the same day everywhere, a moment is not. */
export function dayOf(due: Todo["due"]): string | undefined {
  if (due === null) return undefined;
  if ("date" in due) return due.date;
  const known = moments.get(due);
  if (known !== undefined) return known;
  const day = localDay(new Date(due.at));
  moments.set(due, day);
  return day;
}

/** Documents are replaced, never changed, so that the day of one is worked out once. */
const moments = new WeakMap<object, string>();

function localDay(date: Date): string {
  const pad = (number: number, length: number) => String(number).padStart(length, "0");
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
}
