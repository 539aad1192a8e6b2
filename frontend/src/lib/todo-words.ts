import { dateFormat } from "@/lib/dates";
import { type Text, type Translate, text } from "@/lib/i18n/translate";
import { dayOf, today as thisDay } from "@/lib/sync/days";
import type { Recurrence, Todo } from "@/lib/sync/types";

/** When, and how often, as a person would say it. */

const DAY = 86_400_000;
/** Noon: no change of clocks moves it to another day. */
const noon = (day: string): Date => new Date(`${day}T12:00:00`);
const capital = (words: string): string => words.charAt(0).toLocaleUpperCase() + words.slice(1);

/** “Today”, “Tomorrow”, “Friday”, “24 Dec”, “24 Dec 2027”. */
export function dayWords(t: Translate, day: string, today: string = thisDay()): string {
  const ahead = Math.round((noon(day).getTime() - noon(today).getTime()) / DAY);
  if (Math.abs(ahead) <= 1) {
    return capital(new Intl.RelativeTimeFormat(t.locale, { numeric: "auto" }).format(ahead, "day"));
  }
  if (ahead > 1 && ahead < 7) return dateFormat(t.locale, { weekday: "long" }).format(noon(day));
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  return dateFormat(t.locale, {
    day: "numeric",
    month: "short",
    ...(!sameYear && { year: "numeric" }),
  }).format(noon(day));
}

/** For headings: “Tuesday, 24 November”. */
export const longDay = (t: Translate, day: string): string =>
  dateFormat(t.locale, { weekday: "long", day: "numeric", month: "long" }).format(noon(day));

export const timeWords = (t: Translate, at: string): string =>
  dateFormat(t.locale, { timeStyle: "short" }).format(new Date(at));

export function dueWords(t: Translate, due: NonNullable<Todo["due"]>, today?: string): string {
  const day = dayWords(t, dayOf(due) ?? "", today);
  return "at" in due ? `${day} ${timeWords(t, due.at)}` : day;
}

export const isOverdue = ({ due, completed }: Pick<Todo, "due" | "completed">, today: string): boolean => {
  if (due === null || completed) return false;
  return "at" in due ? Date.parse(due.at) < Date.now() : due.date < today;
};

const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
/** A Sunday, to name the days of the week by. */
const SUNDAY = Date.UTC(2023, 0, 1, 12);

const weekdayName = (t: Translate, code: string): string =>
  dateFormat(t.locale, { weekday: "long", timeZone: "UTC" }).format(SUNDAY + WEEKDAYS.indexOf(code) * DAY);

const every: Readonly<Record<string, readonly [one: Text, many: Text]>> = {
  DAILY: [text("Every day"), text("Every {count} days")],
  WEEKLY: [text("Every week"), text("Every {count} weeks")],
  MONTHLY: [text("Every month"), text("Every {count} months")],
  YEARLY: [text("Every year"), text("Every {count} years")],
};

/** “Every 2 weeks on Monday”. A rule of another app that says more is shown as it is. */
export function ruleWords(t: Translate, { rule, anchor }: Recurrence): string {
  const { FREQ = "", INTERVAL = "1", BYDAY = "", ...others } = partsOf(rule);
  const forms = every[FREQ];
  const days = BYDAY.split(",").filter(Boolean);
  if (!forms || Object.keys(others).length > 0 || days.some((day) => !WEEKDAYS.includes(day))) return rule;
  const after = anchor === "completion" ? `, ${t("counted from when it is done")}` : "";
  if (FREQ === "WEEKLY" && INTERVAL === "1" && BYDAY === "MO,TU,WE,TH,FR") return t("Every weekday") + after;
  const often = t.count(Number(INTERVAL), t.any(forms[0]), forms[1]);
  if (days.length === 0) return often + after;
  const names = new Intl.ListFormat(t.locale).format(days.map((day) => weekdayName(t, day)));
  return `${t("{often} on {days}", { often, days: names })}${after}`;
}

const partsOf = (rule: string): Partial<Record<string, string>> =>
  Object.fromEntries(rule.split(";").map((part) => part.split("=")));
