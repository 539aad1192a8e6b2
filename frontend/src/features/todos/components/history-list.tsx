"use client";

import { useMemo } from "react";
import { Failure } from "@/components/failure";
import { Loaded } from "@/components/loaded";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { When } from "@/components/when";
import { useText } from "@/hooks/text";
import { useAction } from "@/hooks/use-action";
import { useResource } from "@/hooks/use-resource";
import { useTodoCalls } from "@/hooks/use-todo-calls";
import type { HistoryEntry } from "@/lib/api/types";
import { fieldNames, fieldWords } from "@/lib/field-words";
import { type Text, type Translate, text } from "@/lib/i18n/translate";
import { isolate } from "@/lib/isolate";
import { editable, type Field } from "@/lib/sync/types";

export default function HistoryList({ todoId }: { todoId: string }) {
  const t = useText();
  const calls = useTodoCalls();
  const load = useMemo(() => (signal: AbortSignal) => calls.history(todoId, null, signal), [calls, todoId]);
  const resource = useResource(load);
  const cursor = resource.value?.next_cursor ?? null;
  const more = useAction(async () => {
    const page = await calls.history(todoId, cursor, AbortSignal.timeout(10_000));
    resource.set(({ items }) => ({ items: [...items, ...page.items], next_cursor: page.next_cursor }));
  });
  return (
    <Loaded resource={resource} skeleton={<Skeleton className="h-24 w-full rounded-xl" />}>
      {({ items, next_cursor }) => (
        <div className="grid gap-4">
          <ol className="grid gap-3.5 border-s ps-4">
            {items.map((entry) => (
              <Entry key={entry.seq} entry={entry} />
            ))}
          </ol>
          {more.failure !== undefined && <Failure error={more.failure} />}
          {next_cursor !== null && (
            <Button className="w-fit" isPending={more.isPending} onClick={() => void more.run()}>
              {t("Show older entries")}
            </Button>
          )}
        </div>
      )}
    </Loaded>
  );
}

const kinds: Readonly<Record<string, Text>> = {
  create: text("Added|history"),
  update: text("Changed|history"),
  delete: text("Deleted|history"),
  restore: text("Restored|history"),
  advance: text("Done, and due again|history"),
};

function Entry({ entry }: { entry: HistoryEntry }) {
  const t = useText();
  const lines = linesOf(t, entry);
  return (
    <li className="relative text-sm before:absolute before:-start-5 before:top-1.5 before:size-2 before:rounded-full before:bg-edge">
      <p>
        <span className="font-medium">{t.any(kinds[entry.kind] ?? entry.kind)}</span>{" "}
        <span className="text-faint">
          <When at={entry.at} />
        </span>
      </p>
      {lines.length > 0 && (
        <ul className="mt-0.5 text-soft">
          {lines.map((line) => (
            <li key={line} className="line-clamp-3 [overflow-wrap:anywhere]">
              {line}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** “Title: Call Mira → Call Mira tonight”. The place in the list says nothing in words. */
function linesOf(t: Translate, { kind, changes }: HistoryEntry): string[] {
  const fields = editable.filter((field) => field !== "position" && changes[field] !== undefined);
  const value = (field: Field, given: unknown) => isolate(fieldWords(t, field, given as never));
  return fields.map((field) => {
    const { from, to } = changes[field] ?? { from: null, to: null };
    const now = value(field, to);
    return kind === "create"
      ? `${t.any(fieldNames[field])}: ${now}`
      : `${t.any(fieldNames[field])}: ${value(field, from)} → ${now}`;
  });
}
