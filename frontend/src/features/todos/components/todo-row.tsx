"use client";

import { ChevronDown, Trash2 } from "lucide-react";
import { memo, useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { classes } from "@/components/ui/classes";
import { circleOf, PriorityFlag } from "@/features/todos/components/priority";
import { TodoDetails } from "@/features/todos/components/todo-details";
import { TodoTitle } from "@/features/todos/components/todo-title";
import { control, focusNeighbour } from "@/features/todos/hooks/use-row-keys";
import { useTodoStore } from "@/hooks/todo-store";
import type { TodoView } from "@/lib/sync/types";

interface TodoRowProps {
  todo: TodoView;
  isLeaving: boolean;
  onDelete: (todo: TodoView) => void;
}

export const TodoRow = memo(function TodoRow({ todo, isLeaving, onDelete }: TodoRowProps) {
  const store = useTodoStore();
  const [isOpen, setOpen] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const detailsId = useId();

  const toggle = (completed: boolean) =>
    store.mutate({ kind: "update", todo_id: todo.id, patch: { completed } });
  const remove = () => {
    focusNeighbour(row.current);
    onDelete(todo);
  };

  return (
    <li
      ref={row}
      data-todo={todo.id}
      className={classes(
        "group/row relative transition-opacity duration-700",
        isLeaving && "opacity-50",
        isOpen && "bg-sunken/50",
      )}
    >
      <div className="flex items-start gap-0.5 py-1 pr-1.5 pl-2">
        <div {...control("check")} className="shrink-0">
          <Checkbox
            aria-label={`Done: ${todo.title}`}
            checked={todo.completed}
            onChange={toggle}
            tone={circleOf(todo.priority)}
          />
        </div>
        <div className="min-w-0 flex-1">
          <TodoTitle todo={todo} />
          <Preview todo={todo} isOpen={isOpen} />
        </div>
        <div
          className={classes(
            "shrink-0 opacity-0 transition-opacity focus-within:opacity-100 group-hover/row:opacity-100 max-sm:hidden pointer-coarse:opacity-100",
            isOpen && "hidden",
          )}
        >
          <Button
            variant="ghost"
            size="icon"
            aria-label={`Delete “${todo.title}”`}
            onClick={remove}
            {...control("delete")}
          >
            <Trash2 aria-hidden className="size-4.5" />
          </Button>
        </div>
        <Button
          variant="ghost"
          size="icon"
          aria-label={`Details of “${todo.title}”`}
          aria-expanded={isOpen}
          aria-controls={detailsId}
          onClick={() => setOpen(!isOpen)}
          {...control("details")}
        >
          <ChevronDown
            aria-hidden
            className={classes("size-4.5 transition-transform", isOpen && "rotate-180")}
          />
        </Button>
      </div>
      <div id={detailsId}>{isOpen && <TodoDetails todo={todo} onDelete={remove} />}</div>
    </li>
  );
});

function Preview({ todo, isOpen }: { todo: TodoView; isOpen: boolean }) {
  const description = isOpen ? "" : todo.description.trim();
  if (!description && todo.priority === "none") return null;
  return (
    <div className="-mt-1 flex items-center gap-3 px-2 pb-2">
      <PriorityFlag priority={todo.priority} />
      {description && <p className="min-w-0 truncate text-faint text-sm">{description}</p>}
    </div>
  );
}
