import type { Unit } from "@/lib/quick-add/calendar";
import type { Todo } from "@/lib/sync/types";

type Names<Value> = Readonly<Record<string, Value>>;

/** What a language says about when. All in lower case; where a word means several things, the grammar decides. */
export interface Words {
  /** Days from today. */
  readonly days: Names<number>;
  /** 0 is Sunday. */
  readonly weekdays: Names<number>;
  /** Weekdays that are also other words, and count only after “on”, “next” or “every”. */
  readonly shortWeekdays: Names<number>;
  /** “montags”: every Monday. */
  readonly weekly: Names<number>;
  /** The same where it takes an “on” before it: “on Mondays”. */
  readonly plurals: Names<number>;
  readonly months: Names<number>;
  readonly units: Names<Unit>;
  readonly numbers: Names<number>;
  readonly on: readonly string[];
  /** “by Friday”, “due tomorrow”. */
  readonly by: readonly string[];
  /** Between the last two of several. */
  readonly and: readonly string[];
  readonly in: readonly string[];
  readonly at: readonly string[];
  readonly next: readonly string[];
  readonly every: readonly string[];
  /** “every other week”, “every other Tuesday”. */
  readonly other: readonly string[];
  /** What stands after a number of hours: “9 Uhr”. */
  readonly hours: readonly string[];
  /** `12:00`, by name. */
  readonly times: Names<string>;
  /** “daily”, as a rule. */
  readonly rules: Names<string>;
  /** Monday to Friday, after “every” or alone. */
  readonly workdays: readonly string[];
  readonly priorities: Names<Todo["priority"]>;
}

export const WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";
