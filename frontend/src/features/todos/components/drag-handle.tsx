"use client";

import { GripVertical } from "lucide-react";
import { loadDrag } from "@/features/todos/hold";
import { control } from "@/features/todos/hooks/use-row-keys";
import { useText } from "@/hooks/text";
import type { TodoView } from "@/lib/sync/types";

interface DragHandleProps {
  todo: TodoView;
  onMove: (id: string, by: 1 | -1) => void;
  onDrag: (event: React.PointerEvent, id: string) => void;
}

/** Takes hold of a row. With the keyboard, the arrow keys move it. It stands in the margin, and moves nothing there. */
export function DragHandle({ todo, onMove, onDrag }: DragHandleProps) {
  const t = useText();
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    event.stopPropagation();
    onMove(todo.id, event.key === "ArrowUp" ? -1 : 1);
  };
  return (
    <button
      type="button"
      aria-label={t("Move “{title}” with the up and down keys", { title: todo.title })}
      onPointerEnter={() => void loadDrag().catch(() => undefined)}
      onPointerDown={(event) => event.button === 0 && onDrag(event, todo.id)}
      onKeyDown={onKeyDown}
      {...control("move")}
      className="absolute -start-6 top-2.5 flex h-8 w-6 touch-none cursor-grab items-center justify-center rounded-md text-faint opacity-0 transition-opacity hover:text-ink focus-visible:opacity-100 group-hover/row:opacity-100 max-sm:hidden print:hidden"
    >
      <GripVertical aria-hidden className="size-4" />
    </button>
  );
}
