"use client";

import { CalendarDays, X } from "lucide-react";
import { lazy, Suspense, useId } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Labelled } from "@/features/todos/components/details-panel";
import { atTime, onDay, timeOf } from "@/features/todos/due";
import { useActions } from "@/features/todos/hooks/use-actions";
import { useText } from "@/hooks/text";
import { useDisclosure } from "@/hooks/use-disclosure";
import { useToday } from "@/hooks/use-today";
import { today as dayAhead, dayOf } from "@/lib/sync/days";
import type { TodoView } from "@/lib/sync/types";
import { dueWords } from "@/lib/todo-words";

const load = () => import("@/components/ui/calendar");
const Calendar = lazy(load);

/** Days to the next Monday. */
const toMonday = (): number => (8 - new Date().getDay()) % 7 || 7;

export function DueField({ todo }: { todo: TodoView }) {
  const t = useText();
  const actions = useActions();
  const today = useToday();
  const timeId = useId();
  const { isOpen, open, close, triggerRef } = useDisclosure();
  const { due } = todo;
  const set = (value: TodoView["due"]) => actions.update([todo.id], () => ({ due: value }));
  const choices = [
    [t("Today"), today],
    [t("Tomorrow"), dayAhead(1)],
    [t("Next week"), dayAhead(toMonday())],
  ] as const;

  return (
    <Labelled label={t("Due")}>
      <div className="grid gap-3">
        <div className="flex flex-wrap gap-2">
          <Button
            ref={triggerRef}
            aria-label={
              due
                ? t("Due: {when}. Choose another day", { when: dueWords(t, due, today) })
                : t("Choose a day")
            }
            aria-expanded={isOpen}
            onPointerEnter={load}
            onFocus={load}
            onClick={isOpen ? close : open}
          >
            <CalendarDays aria-hidden className="size-4" />
            {due ? dueWords(t, due, today) : t("Choose a day")}
          </Button>
          {due === null ? (
            choices.map(([label, day]) => (
              <Button key={label} variant="ghost" onClick={() => set(onDay(due, day))}>
                {label}
              </Button>
            ))
          ) : (
            <Button variant="ghost" size="icon" aria-label={t("Remove the date")} onClick={() => set(null)}>
              <X aria-hidden className="size-4" />
            </Button>
          )}
        </div>
        {isOpen && (
          <Suspense fallback={<Skeleton className="h-76 w-full rounded-2xl" />}>
            <Calendar
              label={t("Due")}
              locale={t.locale}
              value={dayOf(due) ?? null}
              onChange={(day) => {
                set(onDay(due, day));
                close();
              }}
            />
          </Suspense>
        )}
        {due !== null && (
          <div className="flex items-center gap-2.5">
            <label htmlFor={timeId} className="text-soft text-sm">
              {t("Time")}
            </label>
            <input
              id={timeId}
              type="time"
              value={timeOf(due)}
              onChange={(event) => set(atTime(due, event.target.value, today))}
              className="h-10 rounded-xl border border-edge bg-surface px-3 outline-none hover:border-soft focus:border-accent focus:ring-3 focus:ring-accent/20"
            />
          </div>
        )}
      </div>
    </Labelled>
  );
}
