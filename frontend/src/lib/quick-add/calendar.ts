/** Days as `2026-11-22`, in whole days: no time of day, no zone, no hour that a change of clocks leaves out. */
export type Unit = "day" | "week" | "month" | "year";

/** Nobody plans further ahead, and the server takes no year after this one. */
const LAST_YEAR = 2999;

const DAY = 86_400_000;

const toTime = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const fromTime = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** 0 is Sunday. */
export const weekdayOf = (day: string): number => new Date(toTime(day)).getUTCDay();

/** The day of these numbers, unless there is none: the 30th of February. */
export function dayFrom(year: number, month: number, day: number): string | undefined {
  if (year < 1900 || year > LAST_YEAR) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? fromTime(date.getTime()) : undefined;
}

const addDays = (day: string, count: number): string => fromTime(toTime(day) + count * DAY);

/** A month after the 31st of January is the last of February. */
function addMonths(day: string, count: number): string {
  const date = new Date(toTime(day));
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1));
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return fromTime(first.getTime() + (Math.min(date.getUTCDate(), length) - 1) * DAY);
}

/** Undefined where that is too far away to mean anything. */
export function later(day: string, count: number, unit: Unit): string | undefined {
  if (count > 10_000) return undefined;
  const steps = { day: addDays, week: (from: string, weeks: number) => addDays(from, weeks * 7) };
  const reached =
    unit === "day" || unit === "week"
      ? steps[unit](day, count)
      : addMonths(day, unit === "year" ? count * 12 : count);
  return reached.length === 10 && reached <= `${LAST_YEAR}-12-31` ? reached : undefined;
}

/** The next day of the week; today counts where `from` may be it. */
export function nextWeekday(from: string, weekday: number, includesToday = false): string {
  const ahead = (weekday - weekdayOf(from) + 7) % 7;
  return addDays(from, ahead === 0 && !includesToday ? 7 : ahead);
}

/** The Monday after this week. */
export const nextMonday = (from: string): string => nextWeekday(from, 1);

/** The 24th of December, this year or, if that is over, the next. */
export function nextDate(from: string, month: number, day: number): string | undefined {
  const year = Number(from.slice(0, 4));
  const candidates = [0, 1, 2, 3, 4].map((ahead) => dayFrom(year + ahead, month, day));
  return candidates.find((candidate) => candidate !== undefined && candidate >= from);
}

export const firstOfNextMonth = (from: string): string => `${addMonths(from, 1).slice(0, 7)}-01`;
