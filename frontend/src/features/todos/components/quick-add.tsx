"use client";

import { Plus } from "lucide-react";
import { lazy, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { NEW_TODO_FIELD } from "@/features/todos/fields";
import { useActions } from "@/features/todos/hooks/use-actions";
import { useParser } from "@/features/todos/hooks/use-parser";
import { LINE_LENGTH, oneLine, TITLE_LENGTH, TITLE_WARNING } from "@/features/todos/limits";
import type { Place } from "@/features/todos/places";
import { useText } from "@/hooks/text";
import { useDraft } from "@/hooks/use-draft";
import { useToday } from "@/hooks/use-today";
import type { Parsed } from "@/lib/quick-add/parse";
import { today as dayAhead } from "@/lib/sync/days";
import type { Patch } from "@/lib/sync/types";
import { takeTyped } from "@/lib/typing-ahead";

const QuickAddChips = lazy(() => import("@/features/todos/components/quick-add-chips"));

/** The name that the draft is kept under, also by the share page. */
export const NEW_TODO = "new";

/** Where a thought becomes a todo. What was understood of the line is shown below it; what is typed survives a reload. */
export function QuickAdd({ place }: { place: Place }) {
  const t = useText();
  const actions = useActions();
  const today = useToday();
  const { draft, setDraft } = useDraft(NEW_TODO);
  const line = draft?.text ?? "";
  const [asText, setAsText] = useState<ReadonlySet<string>>(new Set());
  const [announcement, setAnnouncement] = useState("");
  const input = useRef<HTMLInputElement>(null);
  /** For the grammar, with a line that was entered. */
  const isWaiting = useRef(false);
  const { parser, load } = useParser();
  const parsed = useMemo<Parsed>(
    () => parser?.(line, asText) ?? { title: line.trim(), patch: {}, pieces: [] },
    [parser, line, asText],
  );
  const left = TITLE_LENGTH - parsed.title.length;
  const isAddable = parsed.title !== "" && left >= 0;

  // What was typed on the way here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the field is there.
  useLayoutEffect(() => {
    const typed = takeTyped(NEW_TODO_FIELD);
    if (typed === undefined) return;
    input.current?.focus();
    if (typed) setDraft({ text: oneLine(line + typed) });
  }, []);
  // A draft from before is understood as well.
  useEffect(() => {
    if (line !== "") load();
  }, [line, load]);

  const keep = ({ title, patch }: Parsed) => {
    const receipt = actions.add({ title, ...inPlace(place, patch, today) });
    if (receipt.refused) return;
    // What was typed while the grammar was on its way is the next one.
    const now = input.current?.value ?? line;
    const rest = now.startsWith(line) ? now.slice(line.length).trimStart() : now;
    setDraft(rest ? { text: rest } : undefined);
    setAsText(new Set());
    setAnnouncement(t("Added: {title}", { title }));
  };
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    input.current?.focus();
    if (!isAddable) return;
    if (parser) keep(parsed);
    else if (!isWaiting.current) {
      isWaiting.current = true;
      const understood = (await load())?.(line, asText);
      isWaiting.current = false;
      keep(understood ?? parsed);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="group/quick-add relative z-10 print:hidden">
      <div className="flex h-14 items-center gap-2 rounded-2xl border border-edge bg-surface ps-4 pe-2 shadow-card transition-colors focus-within:border-accent focus-within:ring-3 focus-within:ring-accent/20 hover:border-soft">
        <Plus aria-hidden className="size-5 shrink-0 text-accent" />
        <label htmlFor={NEW_TODO_FIELD} className="sr-only">
          {t("New todo")}
        </label>
        <input
          ref={input}
          id={NEW_TODO_FIELD}
          dir="auto"
          value={line}
          onFocus={() => void load()}
          onChange={(event) => {
            const text = oneLine(event.target.value);
            setDraft(text ? { text } : undefined);
          }}
          maxLength={LINE_LENGTH}
          placeholder={t("What needs doing?")}
          autoComplete="off"
          enterKeyHint="done"
          aria-describedby="new-todo-left"
          className="h-full min-w-0 flex-1 bg-transparent px-1 text-base outline-none placeholder:text-faint"
        />
        <span
          id="new-todo-left"
          className={`text-sm tabular-nums ${left < 0 ? "font-medium text-danger" : "text-faint"}`}
        >
          {left < 0 && t.count(-left, "{count} character too many", "{count} characters too many")}
          {left >= 0 && parsed.title.length >= TITLE_WARNING && (
            <>
              {left}
              <span className="sr-only"> {t("characters left for the title")}</span>
            </>
          )}
        </span>
        <Button
          type="submit"
          variant={isAddable ? "primary" : "ghost"}
          disabled={!isAddable}
          className="max-sm:px-2.5"
        >
          {t("Add")}
        </Button>
      </div>
      {parsed.pieces.length > 0 && (
        <Suspense>
          <QuickAddChips
            parsed={parsed}
            onRemove={(piece) => {
              setAsText(new Set([...asText, piece.text]));
              input.current?.focus();
            }}
          />
        </Suspense>
      )}
      <span role="status" className="sr-only">
        {announcement}
      </span>
    </form>
  );
}

/** What is written in a view belongs to it, unless the line says otherwise. */
function inPlace(place: Place, patch: Parsed["patch"], today: string): Patch {
  if (place.name === "tag") return { ...patch, tags: [...new Set([place.tag, ...(patch.tags ?? [])])] };
  if (patch.due !== undefined) return patch;
  if (place.name === "today") return { ...patch, due: { date: today } };
  return place.name === "upcoming" ? { ...patch, due: { date: dayAhead(1) } } : patch;
}
