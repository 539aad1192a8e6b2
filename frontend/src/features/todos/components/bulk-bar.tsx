"use client";

import { ArchiveRestore, CalendarDays, Check, RotateCcw, Sun, Tag, Trash2, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { onDay } from "@/features/todos/due";
import { focusAfter } from "@/features/todos/focus-after";
import { useActions } from "@/features/todos/hooks/use-actions";
import type { Selection } from "@/features/todos/hooks/use-selection";
import { oneLine, TAG_LENGTH } from "@/features/todos/limits";
import type { Place } from "@/features/todos/places";
import { useText } from "@/hooks/text";
import { useToday } from "@/hooks/use-today";
import { today as dayAhead } from "@/lib/sync/days";
import type { TodoView } from "@/lib/sync/types";

interface BulkBarProps {
  place: Place;
  todos: readonly TodoView[];
  selection: Selection;
}

/** What can be done with all that is selected. Each is one action, and undone as one. */
export default function BulkBar({ place, todos, selection }: BulkBarProps) {
  const t = useText();
  const actions = useActions();
  const today = useToday();
  const [isTagging, setTagging] = useState(false);
  const selected = todos.filter(({ id }) => selection.ids.has(id));
  const ids = selected.map(({ id }) => id);
  const isDone = selected.every(({ completed }) => completed);
  /** The bar goes with the selection, and takes the focus along to a row. */
  const then = (act: () => unknown, stay: boolean) => () => {
    focusAfter(selection.ids, stay);
    act();
    selection.clear();
  };
  const isByDay = place.name === "today" || place.name === "upcoming";
  const dueOn = (day: string) =>
    then(() => actions.update(ids, ({ due }) => ({ due: onDay(due, day) })), !isByDay);
  const buttons = [
    isDone
      ? ([t("Open again"), RotateCcw, then(() => actions.complete(ids, false), false)] as const)
      : ([t("Tick off"), Check, then(() => actions.complete(ids, true), false)] as const),
    [t("Today"), Sun, dueOn(today)] as const,
    [t("Tomorrow"), CalendarDays, dueOn(dayAhead(1))] as const,
    [t("Add a tag"), Tag, () => setTagging(true)] as const,
    [t("Delete"), Trash2, then(() => actions.remove(selected), false)] as const,
  ];
  const inTrash = [[t("Restore"), ArchiveRestore, then(() => actions.restore(selected), false)] as const];

  return (
    <section
      ref={makeRoom}
      aria-label={t("With what is selected")}
      className="fixed inset-x-3 bottom-20 z-20 mx-auto flex w-fit max-w-[calc(100%-1.5rem)] animate-rise flex-wrap items-center justify-center gap-x-1 gap-y-1 rounded-2xl border bg-raised p-2 shadow-pop lg:bottom-6 lg:start-60 print:hidden"
    >
      <p role="status" className="px-2 font-medium text-sm tabular-nums">
        {t.count(ids.length, "{count} selected", "{count} selected")}
      </p>
      {isTagging ? (
        <TagForm
          onCancel={() => setTagging(false)}
          onTag={(tag) =>
            then(() => actions.update(ids, ({ tags }) => ({ tags: [...new Set([...tags, tag])] })), true)()
          }
        />
      ) : (
        (place.name === "trash" ? inTrash : buttons).map(([label, Icon, act]) => (
          <Button key={label} variant="ghost" className="px-3" onClick={act}>
            <Icon aria-hidden className="size-4" />
            <span className="max-sm:sr-only">{label}</span>
          </Button>
        ))
      )}
      <Button variant="ghost" className="px-3" onClick={selection.all}>
        {t("Select all")}
      </Button>
      <Button variant="ghost" size="icon" aria-label={t("Select nothing")} onClick={then(() => {}, true)}>
        <X aria-hidden className="size-4" />
      </Button>
    </section>
  );
}

/** Toasts stand above the bar, however many lines it takes. */
function makeRoom(bar: HTMLElement | null) {
  if (!bar) return;
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => style.setProperty("--bar", `${bar.offsetHeight + 8}px`));
  observer.observe(bar);
  return () => {
    observer.disconnect();
    style.removeProperty("--bar");
  };
}

function TagForm({ onTag, onCancel }: { onTag: (tag: string) => void; onCancel: () => void }) {
  const t = useText();
  const [text, setText] = useState("");
  const tag = text.trim().replace(/^#/, "").trim();
  return (
    <form
      className="flex items-center gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (tag) onTag(tag);
      }}
    >
      <input
        aria-label={t("Tag")}
        // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed.
        autoFocus
        dir="auto"
        value={text}
        maxLength={TAG_LENGTH}
        onChange={(event) => setText(oneLine(event.target.value))}
        onKeyDown={(event) => event.key === "Escape" && onCancel()}
        autoComplete="off"
        autoCapitalize="off"
        className="h-10 w-40 rounded-xl border border-edge bg-surface px-3 outline-none focus:border-accent focus:ring-3 focus:ring-accent/20"
      />
      <Button type="submit" variant="primary" disabled={!tag}>
        {t("Add")}
      </Button>
    </form>
  );
}
