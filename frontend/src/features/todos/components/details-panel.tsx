"use client";

import { ArrowDown, ArrowUp, ArrowUpToLine, Trash2, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DescriptionField } from "@/features/todos/components/description-field";
import { DueField } from "@/features/todos/components/due-field";
import { HistorySection } from "@/features/todos/components/history-section";
import { circleOf, PriorityChoice } from "@/features/todos/components/priority";
import { RecurrenceField } from "@/features/todos/components/recurrence-field";
import { TagsField } from "@/features/todos/components/tags-field";
import { TodoTitle } from "@/features/todos/components/todo-title";
import { useActions } from "@/features/todos/hooks/use-actions";
import { hasOwnOrder, type Place, todosOf } from "@/features/todos/places";
import { useText } from "@/hooks/text";
import { useTodoStore } from "@/hooks/todo-store";
import { useToday } from "@/hooks/use-today";
import { fullTime } from "@/lib/dates";
import type { TodoView } from "@/lib/sync/types";

interface DetailsPanelProps {
  todo: TodoView;
  place: Place;
  onClose: () => void;
}

export function DetailsPanel({ todo, place, onClose }: DetailsPanelProps) {
  const t = useText();
  const actions = useActions();
  const remove = () => {
    onClose();
    actions.remove([todo]);
  };
  return (
    <div className="grid gap-6 p-4 sm:p-5">
      <div className="flex items-start gap-1">
        <Checkbox
          aria-label={t("Done: {title}", { title: todo.title })}
          checked={todo.completed}
          onChange={(completed) => actions.complete([todo.id], completed)}
          tone={circleOf(todo.priority)}
        />
        <h2 className="min-w-0 flex-1 font-semibold text-lg">
          <TodoTitle todo={todo} />
        </h2>
        <Button variant="ghost" size="icon" aria-label={t("Close the details")} onClick={onClose}>
          <X aria-hidden className="size-4.5" />
        </Button>
      </div>
      <DueField todo={todo} />
      <RecurrenceField todo={todo} />
      <Labelled label={t("Priority")}>
        <PriorityChoice
          value={todo.priority}
          onChange={(priority) => actions.update([todo.id], () => ({ priority }))}
        />
      </Labelled>
      <TagsField todo={todo} />
      <DescriptionField todo={todo} />
      {hasOwnOrder(place) && <MoveButtons todo={todo} place={place} />}
      <HistorySection todo={todo} />
      <div className="flex items-center justify-between gap-4 border-t pt-4">
        <p className="text-faint text-sm">
          {todo.completed_at
            ? t("Done {time}", { time: fullTime(t.locale, todo.completed_at) })
            : t("Added {time}", { time: fullTime(t.locale, todo.created_at) })}
        </p>
        <Button variant="ghost" className="text-danger" onClick={remove}>
          <Trash2 aria-hidden className="size-4" />
          {t("Delete")}
        </Button>
      </div>
    </div>
  );
}

/** A name above controls that have names of their own. */
export function Labelled({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <p aria-hidden className="mb-1.5 font-medium text-sm">
        {label}
      </p>
      {children}
    </div>
  );
}

/** The same as dragging, for those who do not drag. */
function MoveButtons({ todo, place }: { todo: TodoView; place: Place }) {
  const t = useText();
  const store = useTodoStore();
  const actions = useActions();
  const day = useToday();
  const ids = todosOf(store.snapshot(), place, day).map(({ id }) => id);
  const index = ids.indexOf(todo.id);
  if (index < 0) return null;
  const moves = [
    [t("To the top"), ArrowUpToLine, index === 0, null],
    [t("Up"), ArrowUp, index === 0, ids[index - 2] ?? null],
    [t("Down"), ArrowDown, index === ids.length - 1, ids[index + 1] ?? null],
  ] as const;
  return (
    <Labelled label={t("Place in the list")}>
      <div className="flex flex-wrap gap-2">
        {moves.map(([label, Icon, isThere, after]) => (
          <Button key={label} disabled={isThere} onClick={() => actions.move([todo.id], after)}>
            <Icon aria-hidden className="size-4" />
            {label}
          </Button>
        ))}
      </div>
    </Labelled>
  );
}
