"use client";

import { AlignLeft, CalendarClock, Repeat } from "lucide-react";
import { PlaceLink } from "@/components/place-link";
import { PriorityFlag } from "@/features/todos/components/priority";
import { hrefOf } from "@/features/todos/places";
import { useText } from "@/hooks/text";
import { useToday } from "@/hooks/use-today";
import type { TodoView } from "@/lib/sync/types";
import { dueWords, isOverdue, ruleWords } from "@/lib/todo-words";

/** What a todo has besides its title, in one quiet line. */
export function RowDetails({ todo }: { todo: TodoView }) {
  const description = todo.description.trim();
  if (!todo.due && !description && todo.priority === "none" && todo.tags.length === 0) return null;
  return (
    <div className="relative -mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-0.5 px-2 pb-1.5 text-xs">
      {todo.due && <Due todo={todo} due={todo.due} />}
      <PriorityFlag priority={todo.priority} />
      {todo.tags.map((tag) => (
        <PlaceLink
          key={tag}
          href={hrefOf({ name: "tag", tag })}
          className="-mx-1 inline-flex min-h-6 items-center rounded-md px-1 text-soft [overflow-wrap:anywhere] hover:text-accent"
        >
          <bdi>#{tag}</bdi>
        </PlaceLink>
      ))}
      {description && (
        <span className="flex min-w-0 basis-40 items-center gap-1 text-faint max-sm:basis-full sm:flex-1">
          <AlignLeft aria-hidden className="size-3.5 shrink-0" />
          <span dir="auto" className="min-w-0 truncate">
            {description}
          </span>
        </span>
      )}
    </div>
  );
}

function Due({ todo, due }: { todo: TodoView; due: NonNullable<TodoView["due"]> }) {
  const t = useText();
  const today = useToday();
  const isLate = isOverdue(todo, today);
  return (
    <span className={`flex items-center gap-1 ${isLate ? "font-medium text-danger" : "text-soft"}`}>
      <CalendarClock aria-hidden className="size-3.5" />
      {isLate && <span className="sr-only">{t("Overdue")}: </span>}
      {dueWords(t, due, today)}
      {todo.recurrence && (
        <>
          <Repeat aria-hidden className="ms-0.5 size-3.5" />
          <span className="sr-only">, {ruleWords(t, todo.recurrence)}</span>
        </>
      )}
    </span>
  );
}
