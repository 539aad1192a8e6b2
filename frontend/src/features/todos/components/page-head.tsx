"use client";

import { ListChecks } from "lucide-react";
import { lazy, Suspense, useEffect, useLayoutEffect } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { SEARCH_FIELD } from "@/features/todos/fields";
import type { Selection } from "@/features/todos/hooks/use-selection";
import { type Place, views } from "@/features/todos/places";
import { useText } from "@/hooks/text";
import { useSnapshot } from "@/hooks/todo-store";
import { useToday } from "@/hooks/use-today";
import type { Translate } from "@/lib/i18n/translate";
import { isolate } from "@/lib/isolate";
import type { TodoView } from "@/lib/sync/types";
import { longDay } from "@/lib/todo-words";
import { typeInto } from "@/lib/typing-ahead";

const SearchField = lazy(() => import("@/features/todos/components/search-field"));

interface PageHeadProps {
  place: Place;
  todos: readonly TodoView[];
  selection: Selection;
}

/** What is shown, and how much of it. */
export function PageHead({ place, todos, selection }: PageHeadProps) {
  const t = useText();
  const day = useToday();
  const { phase } = useSnapshot();
  const title = titleOf(t, place);
  useEffect(() => {
    document.title = `${isolate(title)} · Daybook`;
  }, [title]);

  return (
    <div className="flex items-end justify-between gap-4">
      <div className="min-w-0 flex-1">
        <h1 dir="auto" className="font-semibold text-3xl tracking-tight [overflow-wrap:anywhere]">
          {title}
        </h1>
        {place.name === "search" ? (
          <Suspense fallback={<SearchToCome />}>
            <SearchField query={place.query} found={todos.length} />
          </Suspense>
        ) : (
          <p className="mt-1 text-soft">
            {place.name === "inbox" || place.name === "today" ? longDay(t, day) : explanationOf(t, place)}
            {phase === "ready" && todos.length > 0 && ` · ${sumOf(t, place, todos.length)}`}
          </p>
        )}
      </div>
      {todos.length > 0 && place.name !== "trash" && (
        <Button
          variant="ghost"
          onClick={selection.isActive ? selection.clear : selection.start}
          className="-me-2 shrink-0 print:hidden"
        >
          <ListChecks aria-hidden className="size-4.5" />
          <span className="max-sm:sr-only">{selection.isActive ? t("Stop selecting") : t("Select")}</span>
        </Button>
      )}
    </div>
  );
}

/** The field takes what is typed from now on. */
function SearchToCome() {
  const t = useText();
  useLayoutEffect(() => void typeInto(SEARCH_FIELD, t("Search your todos")), [t]);
  return <Skeleton className="mt-5 mb-7.5 h-14 w-full rounded-2xl" />;
}

function titleOf(t: Translate, place: Place): string {
  if (place.name === "tag") return `#${place.tag}`;
  if (place.name === "search") return t("Search");
  return t(views.find(({ name }) => name === place.name)?.label ?? "Inbox");
}

function explanationOf(t: Translate, { name }: Place): string {
  if (name === "upcoming") return t("What is due after today");
  if (name === "done") return t("What you have done");
  if (name === "trash") return t("Kept for 30 days, then erased");
  return t("Everything with this tag");
}

function sumOf(t: Translate, { name }: Place, number: number): string {
  if (name === "done") return t.count(number, "{count} done", "{count} done");
  if (name === "trash") return t.count(number, "{count} deleted", "{count} deleted");
  return t.count(number, "{count} to do", "{count} to do");
}
