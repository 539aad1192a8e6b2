import {
  dayFrom,
  firstOfNextMonth,
  later,
  nextDate,
  nextMonday,
  nextWeekday,
  type Unit,
} from "@/lib/quick-add/calendar";
import type { Words } from "@/lib/quick-add/words";
import { WORKDAYS } from "@/lib/quick-add/words";
import type { Recurrence, Todo } from "@/lib/sync/types";

/** How many words belong to it, and what they mean. */
export type Match<Value> = { readonly length: number; readonly value: Value } | undefined;

export interface Place {
  /** In lower case, without the comma after a word. */
  readonly words: readonly string[];
  /** Where there is a comma after a word. */
  readonly commas: readonly boolean[];
  readonly at: number;
  readonly today: string;
  readonly language: Words;
}

const own = <Value>(names: Readonly<Record<string, Value>>, word: string): Value | undefined =>
  Object.hasOwn(names, word) ? names[word] : undefined;

const word = ({ words, at }: Place, ahead = 0): string => words[at + ahead] ?? "";
const skip = (place: Place, count: number): Place => ({ ...place, at: place.at + count });
const found = <Value>(length: number, value: Value | undefined): Match<Value> =>
  value === undefined ? undefined : { length, value };

function numberOf(text: string, { numbers }: Words): number | undefined {
  return /^\d{1,4}$/.test(text) ? Number(text) : own(numbers, text);
}

/* Dates */

export function matchDate(place: Place): Match<string> {
  const { language, today } = place;
  const first = word(place);
  if (language.on.includes(first))
    return longer(1, matchWeekday(skip(place, 1), true) ?? matchDay(skip(place, 1)));
  if (language.by.includes(first)) return longer(1, matchShortWeekday(place) ?? matchDate(skip(place, 1)));
  if (language.in.includes(first)) return matchDistance(place);
  if (language.next.includes(first)) return matchNext(place);
  const days = own(language.days, first);
  if (days !== undefined) return andLater(place, found(1, later(today, days, "day")));
  return andLater(place, matchWeekday(place, false)) ?? matchDay(place);
}

/** After “by”: “by sat”. */
const matchShortWeekday = (place: Place): Match<string> => matchWeekday(skip(place, 1), true);

/** “today in a week”: so much later than that. */
function andLater(place: Place, day: Match<string>): Match<string> {
  if (!day || !place.language.in.includes(word(place, day.length))) return day;
  const ahead = matchDistance({ ...skip(place, day.length), today: day.value });
  return ahead ? longer(day.length, ahead) : day;
}

const longer = <Value>(by: number, match: Match<Value>): Match<Value> =>
  match && { length: match.length + by, value: match.value };

function matchWeekday(place: Place, isLedIn: boolean): Match<string> {
  const { language, today } = place;
  const weekday =
    own(language.weekdays, word(place)) ?? (isLedIn ? own(language.shortWeekdays, word(place)) : undefined);
  return weekday === undefined ? undefined : found(1, nextWeekday(today, weekday));
}

/** “in 3 days”, “in a week”. */
function matchDistance(place: Place): Match<string> {
  const count = numberOf(word(place, 1), place.language);
  const unit = own(place.language.units, word(place, 2));
  return count === undefined || !unit ? undefined : found(3, later(place.today, count, unit));
}

/** “next week”, “next Friday”: the Friday of next week. */
function matchNext(place: Place): Match<string> {
  const { language, today } = place;
  const unit = own(language.units, word(place, 1));
  const starts: Partial<Record<Unit, string | undefined>> = {
    week: nextMonday(today),
    month: firstOfNextMonth(today),
    year: dayFrom(Number(today.slice(0, 4)) + 1, 1, 1),
  };
  if (unit) return found(2, starts[unit]);
  const weekday = own(language.weekdays, word(place, 1)) ?? own(language.shortWeekdays, word(place, 1));
  return weekday === undefined ? undefined : found(2, nextWeekday(nextMonday(today), weekday, true));
}

/** “2026-12-24”, “24.12.”, “24 December 2026”, “Dec 24”. */
function matchDay(place: Place): Match<string> {
  const iso = word(place).match(/^(\d{4})-(\d{2})-(\d{2})$/);
  if (iso) return found(1, dayFrom(Number(iso[1]), Number(iso[2]), Number(iso[3])));
  const dotted = word(place).match(/^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?$/);
  if (dotted) return found(1, dayOfYear(place, Number(dotted[2]), Number(dotted[1]), dotted[3]));
  return matchMonth(place, 0, 1) ?? matchMonth(place, 1, 0);
}

function matchMonth(place: Place, dayAhead: number, monthAhead: number): Match<string> {
  const month = own(place.language.months, word(place, monthAhead).replace(/\.$/, ""));
  const day = word(place, dayAhead).match(/^(\d{1,2})(?:st|nd|rd|th|\.)?$/)?.[1];
  if (!month || !day) return undefined;
  const year = word(place, 2).match(/^\d{4}$/)?.[0];
  return found(year ? 3 : 2, dayOfYear(place, month, Number(day), year));
}

function dayOfYear(place: Place, month: number, day: number, year: string | undefined): string | undefined {
  if (!year) return nextDate(place.today, month, day);
  return dayFrom(Number(year.length === 2 ? `20${year}` : year), month, day);
}

/* Times */

export function matchTime(place: Place): Match<string> {
  const { language } = place;
  if (language.at.includes(word(place))) {
    return longer(1, matchClock(skip(place, 1)) ?? found(1, clock(word(place, 1), "0")));
  }
  if (language.by.includes(word(place))) return longer(1, matchClock(skip(place, 1)));
  return matchClock(place);
}

function matchClock(place: Place): Match<string> {
  const { language } = place;
  const named = own(language.times, word(place));
  if (named) return found(1, named);
  const parts = word(place).match(/^(\d{1,2})(?:([:.])(\d{2}))?(am|pm|h)?$/);
  if (!parts) return undefined;
  const [, hours = "", separator, minutes = "0", suffix] = parts;
  const after = suffix ? "" : word(place, 1);
  if (language.hours.includes(after)) return found(2, clock(hours, minutes));
  if (after === "am" || after === "pm") return found(2, clock(hours, minutes, after));
  const isTime = suffix !== undefined || separator === ":";
  return isTime ? found(1, clock(hours, minutes, suffix === "h" ? "" : suffix)) : undefined;
}

function clock(hours: string, minutes: string, half = ""): string | undefined {
  if (!/^\d{1,2}$/.test(hours)) return undefined;
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (minute > 59 || hour > (half ? 12 : 23) || (half && hour === 0)) return undefined;
  const added = half === "pm" ? 12 : 0;
  const of24 = half ? (hour % 12) + added : hour;
  return `${String(of24).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/* Recurrence */

/** By number: 0 is Sunday. */
export const BYDAY = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const FREQUENCY: Readonly<Record<Unit, string>> = {
  day: "DAILY",
  week: "WEEKLY",
  month: "MONTHLY",
  year: "YEARLY",
};

/** “mon, wed and fri”: a comma or an “and” before each but the first. */
function readDays(place: Place, names: Readonly<Record<string, number>>): Match<readonly number[]> {
  const day = own(names, word(place));
  if (day === undefined) return undefined;
  const isAnd = place.language.and.includes(word(place, 1));
  const more = isAnd || place.commas[place.at] ? readDays(skip(place, isAnd ? 2 : 1), names) : undefined;
  return found(more ? more.length + (isAnd ? 2 : 1) : 1, [day, ...(more?.value ?? [])]);
}

/** In the order of a week that begins on Monday. */
function weeklyOn(days: readonly number[], interval = 1): string {
  const sorted = [...new Set(days)].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7));
  const often = interval === 1 ? "" : `;INTERVAL=${interval}`;
  return `FREQ=WEEKLY${often};BYDAY=${sorted.map((day) => BYDAY[day]).join(",")}`;
}

/** “every! 3 days” counts from the day it was done. */
export function matchRecurrence(place: Place): Match<Recurrence> {
  const { language } = place;
  const rule = own(language.rules, word(place));
  if (rule) return found(1, { rule, anchor: "due" });
  const often =
    readDays(place, language.weekly) ??
    (language.on.includes(word(place)) ? longer(1, readDays(skip(place, 1), language.plurals)) : undefined);
  if (often) return found(often.length, { rule: weeklyOn(often.value), anchor: "due" });
  const first = word(place);
  const isAfter = first.endsWith("!");
  if (!language.every.includes(isAfter ? first.slice(0, -1) : first)) return undefined;
  const match = matchPeriod(skip(place, 1));
  return match && found(match.length + 1, { rule: match.value, anchor: isAfter ? "completion" : "due" });
}

function matchPeriod(place: Place): Match<string> {
  const { language } = place;
  if (language.workdays.includes(word(place))) return found(1, WORKDAYS);
  const isOther = language.other.includes(word(place));
  return matchDaysOfWeek(place, isOther) ?? matchUnits(place, isOther);
}

/** “monday”, “other tuesday”, “mon, wed and fri”. */
function matchDaysOfWeek(place: Place, isOther: boolean): Match<string> {
  const { weekdays, shortWeekdays, weekly, plurals } = place.language;
  const before = isOther ? 1 : 0;
  const names = { ...weekdays, ...shortWeekdays, ...weekly, ...plurals };
  const days = readDays(skip(place, before), names);
  return days && found(before + days.length, weeklyOn(days.value, isOther ? 2 : 1));
}

/** “week”, “other week”, “3 weeks”. */
function matchUnits(place: Place, isOther: boolean): Match<string> {
  const { language } = place;
  const interval = isOther ? 2 : numberOf(word(place), language);
  const unit = own(language.units, word(place, interval === undefined ? 0 : 1));
  if (!unit || interval === 0 || (interval ?? 1) > 400) return undefined;
  const often = interval === undefined || interval === 1 ? "" : `;INTERVAL=${interval}`;
  return found(interval === undefined ? 1 : 2, `FREQ=${FREQUENCY[unit]}${often}`);
}

/* Signs */

const LEVELS: Readonly<Record<string, Todo["priority"]>> = {
  "!": "low",
  "!!": "medium",
  "!!!": "high",
  "!1": "high",
  "!2": "medium",
  "!3": "low",
};

export function matchPriority(place: Place): Match<Todo["priority"]> {
  const sign = word(place);
  if (!sign.startsWith("!")) return undefined;
  return found(1, own(LEVELS, sign) ?? own(place.language.priorities, sign.slice(1)));
}

/** As it was written: tags keep their case. A number alone is none: “Platform #2”. */
export const matchTag = (written: string): Match<string> =>
  found(1, written.match(/^#(?!\d+[,;]?$)([\p{L}\p{N}][\p{L}\p{N}\p{M}_/-]{0,49})[,;]?$/u)?.[1]);
