"use client";

import { ArchiveRestore, ChevronRight, Trash2 } from "lucide-react";
import { memo } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { classes } from "@/components/ui/classes";
import { DragHandle } from "@/features/todos/components/drag-handle";
import { circleOf } from "@/features/todos/components/priority";
import { RowDetails } from "@/features/todos/components/row-details";
import { RowHeading } from "@/features/todos/components/row-heading";
import { TodoTitle } from "@/features/todos/components/todo-title";
import type { Heading } from "@/features/todos/headings";
import { useActions } from "@/features/todos/hooks/use-actions";
import { control } from "@/features/todos/hooks/use-row-keys";
import type { Selection } from "@/features/todos/hooks/use-selection";
import { useText } from "@/hooks/text";
import type { TodoView } from "@/lib/sync/types";

export interface TodoRowProps {
  todo: TodoView;
  /** Which one of how many, for those who see only some of them. */
  place: number;
  size: number;
  /** The room of rows before it that are not drawn. */
  gap: number;
  measure: (element: HTMLElement | null) => (() => void) | undefined;
  heading: Heading | undefined;
  isLeaving: boolean;
  isOpen: boolean;
  isSelected: boolean;
  isSelecting: boolean;
  isInTrash: boolean;
  selection: Selection;
  onOpen: (id: string) => void;
  onRemove: (id: string) => void;
  onMove: ((id: string, by: 1 | -1) => void) | undefined;
  onDrag: ((event: React.PointerEvent, id: string) => void) | undefined;
}

export const TodoRow = memo(TodoLine, (before, after) => {
  const { selection: _, ...last } = before;
  const { selection: __, ...next } = after;
  // What a selection does never changes, only what is in it, and that is said by `isSelected`.
  return (Object.keys(next) as (keyof typeof next)[]).every((name) => Object.is(last[name], next[name]));
});

function TodoLine(props: TodoRowProps) {
  const { todo, place, size, gap, measure, heading, isLeaving, isOpen, isSelected, isInTrash } = props;
  const { selection, onMove, onDrag } = props;

  /** As in a list of files: with Ctrl one more, with Shift all up to here. */
  const pick = (event: React.MouseEvent) => {
    const isRange = event.shiftKey;
    if (isInTrash || !(isRange || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (isRange) selection.extendTo(todo.id);
    else selection.toggle(todo.id);
  };

  return (
    <li
      ref={measure}
      data-todo={todo.id}
      aria-setsize={size}
      aria-posinset={place}
      style={gap > 0 ? { marginBlockStart: gap } : undefined}
      className="group/item break-inside-avoid"
    >
      {heading && <RowHeading heading={heading} isFirst={place === 1} />}
      <div
        onClickCapture={pick}
        className={classes(
          "group/row relative flex items-start gap-0.5 border-t py-1 ps-2 pe-1.5 transition-[opacity,background-color] duration-300 group-last/item:rounded-b-2xl",
          place === 1 && !heading && "rounded-t-2xl border-transparent",
          isLeaving && "opacity-50",
          isSelected ? "bg-accent-soft" : isOpen && "bg-sunken/60",
        )}
      >
        {onMove && onDrag && <DragHandle todo={todo} onMove={onMove} onDrag={onDrag} />}
        {isInTrash ? <span className="w-2" /> : <Tick {...props} />}
        <div className="min-w-0 flex-1">
          {isInTrash ? (
            <p dir="auto" className="px-2 py-2 text-soft leading-6 [overflow-wrap:anywhere]">
              {todo.title || "…"}
            </p>
          ) : (
            <TodoTitle todo={todo} />
          )}
          <RowDetails todo={todo} />
        </div>
        <RowButtons {...props} />
      </div>
    </li>
  );
}

/** Ticks the todo off; while several are being selected, selects it. */
function Tick({ todo, isSelecting, isSelected, selection }: TodoRowProps) {
  const t = useText();
  const actions = useActions();
  return (
    <div {...control("check")} className="shrink-0">
      {isSelecting ? (
        <Checkbox
          shape="square"
          aria-label={t("Select: {title}", { title: todo.title })}
          checked={isSelected}
          onChange={() => selection.toggle(todo.id)}
        />
      ) : (
        <Checkbox
          aria-label={t("Done: {title}", { title: todo.title })}
          checked={todo.completed}
          onChange={(completed) => actions.complete([todo.id], completed)}
          tone={circleOf(todo.priority)}
        />
      )}
    </div>
  );
}

function RowButtons({ todo, isInTrash, isOpen, onOpen, onRemove }: TodoRowProps) {
  const t = useText();
  const actions = useActions();
  if (isInTrash) {
    return (
      <Button variant="ghost" onClick={() => actions.restore([todo])} {...control("restore")}>
        <ArchiveRestore aria-hidden className="size-4.5" />
        <span className="max-sm:sr-only">{t("Restore")}</span>
        <span className="sr-only"> {t("“{title}”", { title: todo.title })}</span>
      </Button>
    );
  }
  return (
    <div className="flex shrink-0 print:hidden">
      <Button
        variant="ghost"
        size="icon"
        aria-label={t("Delete “{title}”", { title: todo.title })}
        onClick={() => onRemove(todo.id)}
        className="opacity-0 transition-opacity focus-visible:opacity-100 group-hover/row:opacity-100 max-sm:hidden pointer-coarse:opacity-100"
        {...control("delete")}
      >
        <Trash2 aria-hidden className="size-4.5" />
      </Button>
      <Button
        variant="ghost"
        size="icon"
        aria-label={t("Details of “{title}”", { title: todo.title })}
        aria-expanded={isOpen}
        onClick={() => onOpen(todo.id)}
        {...control("details")}
      >
        <ChevronRight aria-hidden className="size-4.5 rtl:rotate-180" />
      </Button>
    </div>
  );
}
