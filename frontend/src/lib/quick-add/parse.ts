import { later, nextWeekday } from "@/lib/quick-add/calendar";
import {
  BYDAY,
  type Match,
  matchDate,
  matchPriority,
  matchRecurrence,
  matchTag,
  matchTime,
  type Place,
} from "@/lib/quick-add/matchers";
import type { Words } from "@/lib/quick-add/words";
import type { Patch, Recurrence, Todo } from "@/lib/sync/types";

export type PieceKind = "date" | "time" | "recurrence" | "priority" | "tag";

/** A part of the text that was understood. */
export interface Piece {
  readonly kind: PieceKind;
  /** As it was written. */
  readonly text: string;
}

export interface Parsed {
  readonly title: string;
  readonly patch: Pick<Patch, "due" | "recurrence" | "priority" | "tags">;
  readonly pieces: readonly Piece[];
}

export interface ParseOptions {
  readonly language: Words;
  readonly now: Date;
  /** Of the person, such as `Europe/Berlin`. */
  readonly zone: string;
  /** Pieces, as they were written, that the person wants to be text. */
  readonly asText?: ReadonlySet<string>;
}

const MOST_TAGS = 20;

interface Understood {
  date?: string;
  time?: string;
  recurrence?: Recurrence;
  priority?: Todo["priority"];
  tags: string[];
}

/**
 * What a line means: `Pay rent tomorrow 9am !high #home every month`. What is not understood stays in the title, word by
 * word; of each kind the first one counts, and a line that would be left without a title is a title.
 */
export function parse(text: string, options: ParseOptions): Parsed {
  const written = text.split(/\s+/).filter(Boolean);
  const words = written.map((word) => word.toLowerCase().replace(/[,;]$/, ""));
  const commas = written.map((word) => word.endsWith(","));
  const today = localDay(options.now);
  const understood: Understood = { tags: [] };
  const pieces: Piece[] = [];
  const title: string[] = [];

  for (let at = 0; at < written.length; ) {
    const place: Place = { words, commas, at, today, language: options.language };
    const piece = readPiece(place, written[at] ?? "", understood);
    const source = written.slice(at, at + (piece?.length ?? 1)).join(" ");
    if (piece && !options.asText?.has(source)) {
      piece.value.keep(understood);
      pieces.push({ kind: piece.value.kind, text: source });
      at += piece.length;
    } else {
      title.push(written[at] ?? "");
      at += 1;
    }
  }
  if (title.length === 0) return { title: text.trim(), patch: {}, pieces: [] };
  return { title: title.join(" "), patch: patchOf(understood, today, options), pieces };
}

interface Reading {
  readonly kind: PieceKind;
  readonly keep: (understood: Understood) => void;
}

/** The first meaning that is not taken yet. */
function readPiece(place: Place, written: string, known: Understood): Match<Reading> {
  const readings: (() => Match<Reading>)[] = [
    () =>
      known.tags.length < MOST_TAGS ? as("tag", matchTag(written), (u, tag) => u.tags.push(tag)) : undefined,
    () =>
      known.priority ? undefined : as("priority", matchPriority(place), (u, value) => (u.priority = value)),
    () =>
      known.recurrence
        ? undefined
        : as("recurrence", matchRecurrence(place), (u, value) => (u.recurrence = value)),
    () => (known.time ? undefined : as("time", matchTime(place), (u, value) => (u.time = value))),
    () => (known.date ? undefined : as("date", matchDate(place), (u, value) => (u.date = value))),
  ];
  for (const read of readings) {
    const match = read();
    if (match) return match;
  }
  return undefined;
}

const as = <Value>(
  kind: PieceKind,
  match: Match<Value>,
  keep: (understood: Understood, value: Value) => void,
): Match<Reading> =>
  match && { length: match.length, value: { kind, keep: (understood) => keep(understood, match.value) } };

function patchOf(understood: Understood, today: string, { now, zone }: ParseOptions): Parsed["patch"] {
  const { recurrence, priority, tags } = understood;
  const due = dueOf(understood, today, now, zone);
  return {
    ...(due && { due }),
    ...(recurrence && { recurrence }),
    ...(priority && { priority }),
    ...(tags.length > 0 && { tags: [...new Set(tags)] }),
  };
}

function dueOf(understood: Understood, today: string, now: Date, zone: string): Todo["due"] | undefined {
  const { date, time, recurrence } = understood;
  const isOver = time !== undefined && moment(today, time) <= now;
  const earliest = isOver ? (later(today, 1, "day") ?? today) : today;
  const day = date ?? (recurrence ? firstOf(recurrence.rule, earliest) : time ? earliest : undefined);
  if (day === undefined) return undefined;
  if (time === undefined) return { date: day };
  return { at: `${moment(day, time).toISOString().slice(0, 19)}Z`, zone };
}

/** When something that recurs is due first, if nobody said so. */
function firstOf(rule: string, from: string): string {
  const days = rule.match(/BYDAY=([\w,]+)$/)?.[1]?.split(",") ?? [];
  const nearest = days.map((day) => nextWeekday(from, BYDAY.indexOf(day), true)).sort();
  return nearest[0] ?? from;
}

/** In the zone of this device, which is where the person types. */
const moment = (day: string, time: string): Date => new Date(`${day}T${time}:00`);

function localDay(now: Date): string {
  const pad = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}
