"use client";

import { CalendarClock, Clock, Flag, Hash, Repeat, X } from "lucide-react";
import { useText } from "@/hooks/text";
import type { Translate } from "@/lib/i18n/translate";
import { priorityWords } from "@/lib/priority-words";
import type { Parsed, Piece, PieceKind } from "@/lib/quick-add/parse";
import { dayOf } from "@/lib/sync/days";
import { dayWords, dueWords, ruleWords, timeWords } from "@/lib/todo-words";

const icons = { date: CalendarClock, time: Clock, recurrence: Repeat, priority: Flag, tag: Hash } as const;

interface QuickAddChipsProps {
  parsed: Parsed;
  onRemove: (piece: Piece) => void;
}

/**
 * What was understood, over what follows: the page does not move while somebody types. A draft that nobody is at covers
 * nothing.
 */
export default function QuickAddChips({ parsed, onRemove }: QuickAddChipsProps) {
  const t = useText();
  return (
    <ul
      aria-label={t("Understood")}
      className="absolute inset-x-0 top-full mt-1.5 hidden animate-rise flex-wrap gap-1.5 rounded-2xl border bg-raised p-2 shadow-pop group-focus-within/quick-add:flex"
    >
      {parsed.pieces.map((piece) => {
        const Icon = icons[piece.kind];
        const words = wordsOf(t, parsed, piece);
        return (
          <li key={`${piece.kind} ${piece.text}`}>
            <button
              type="button"
              // Some browsers give a button that is pressed no focus, and take it from the field.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onRemove(piece)}
              aria-label={t("{meaning}: take “{text}” as text", { meaning: words, text: piece.text })}
              className="inline-flex h-8 cursor-pointer items-center gap-1.5 rounded-full bg-accent-soft ps-3 pe-2 font-medium text-accent text-sm hover:bg-accent hover:text-on-accent"
            >
              <Icon aria-hidden className="size-3.5" />
              <bdi>{words}</bdi>
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function wordsOf(t: Translate, { patch, pieces }: Parsed, { kind, text }: Piece): string {
  const { due, recurrence, priority } = patch;
  const hasDate = pieces.some((piece) => piece.kind === "date");
  const words: Record<PieceKind, () => string> = {
    date: () => (due ? dayWords(t, dayOf(due) ?? "") : text),
    time: () => (due && "at" in due ? (hasDate ? timeWords(t, due.at) : dueWords(t, due)) : text),
    recurrence: () => (recurrence ? ruleWords(t, recurrence) : text),
    priority: () => priorityWords(t, priority ?? "none"),
    tag: () => text.replace(/^#|[,;]$/g, ""),
  };
  return words[kind]();
}
