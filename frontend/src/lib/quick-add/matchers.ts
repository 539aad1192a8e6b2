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
  if (language.in.includes(first)) return matchDistance(place);
  if (language.next.includes(first)) return matchNext(place);
  const days = own(language.days, first);
  if (days !== undefined) return found(1, later(today, days, "day"));
  return matchWeekday(place, false) ?? matchDay(place);
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

const BYDAY = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const FREQUENCY: Readonly<Record<Unit, string>> = {
  day: "DAILY",
  week: "WEEKLY",
  month: "MONTHLY",
  year: "YEARLY",
};

/** “every! 3 days” counts from the day it was done. */
export function matchRecurrence(place: Place): Match<Recurrence> {
  const { language } = place;
  const rule = own(language.rules, word(place));
  if (rule) return found(1, { rule, anchor: "due" });
  const first = word(place);
  const isAfter = first.endsWith("!");
  if (!language.every.includes(isAfter ? first.slice(0, -1) : first)) return undefined;
  const match = matchPeriod(skip(place, 1));
  return match && found(match.length + 1, { rule: match.value, anchor: isAfter ? "completion" : "due" });
}

function matchPeriod(place: Place): Match<string> {
  const { language } = place;
  const first = word(place);
  if (language.workdays.includes(first)) return found(1, WORKDAYS);
  const weekday = own(language.weekdays, first) ?? own(language.shortWeekdays, first);
  if (weekday !== undefined) return found(1, `FREQ=WEEKLY;BYDAY=${BYDAY[weekday]}`);
  const interval = language.other.includes(first) ? 2 : numberOf(first, language);
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

/** As it was written: tags keep their case. */
export const matchTag = (written: string): Match<string> =>
  found(1, written.match(/^#([\p{L}\p{N}][\p{L}\p{N}\p{M}_/-]{0,49})[,;]?$/u)?.[1]);
