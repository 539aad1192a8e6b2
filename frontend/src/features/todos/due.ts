import { dayOf } from "@/lib/sync/days";
import type { Todo } from "@/lib/sync/types";

type Due = Todo["due"];

/** The time of day here, as `09:00`; empty for a whole day. */
export function timeOf(due: Due): string {
  if (!due || !("at" in due)) return "";
  const at = new Date(due.at);
  const pad = (number: number) => String(number).padStart(2, "0");
  return `${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** A day and a time of it here; without a time the whole day. */
export function dueAt(day: string, time: string): NonNullable<Due> {
  const at = new Date(`${day}T${time}:00`);
  if (time === "" || Number.isNaN(at.getTime())) return { date: day };
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return { at: `${at.toISOString().slice(0, 19)}Z`, zone: timeZone };
}

/** Another day, at the time it had. */
export const onDay = (due: Due, day: string): NonNullable<Due> => dueAt(day, timeOf(due));

/** Another time, on the day it had. */
export const atTime = (due: Due, time: string, today: string): NonNullable<Due> =>
  dueAt(dayOf(due) ?? today, time);
