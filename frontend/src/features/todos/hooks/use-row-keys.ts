"use client";

import { type KeyboardEvent, useCallback } from "react";
import { NEW_TODO_FIELD } from "@/features/todos/fields";

/** Marks what the arrow keys move between: the same control of the next row. */
export const control = (name: string) => ({ "data-control": name });

/** The focusable element inside of (or at) a marked control. */
const focusable = "input, button, textarea";

export function focusControl(row: Element | null | undefined, name: string): boolean {
  const marked = row?.querySelector<HTMLElement>(`[data-control="${name}"]`);
  const target = marked?.matches(focusable) ? marked : marked?.querySelector<HTMLElement>(focusable);
  target?.focus();
  return target !== undefined && target !== null;
}

/** Before a row goes, the focus moves to its neighbour, or to the field for new todos. */
export function focusNeighbour(row: Element | null): void {
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  if (!row?.contains(document.activeElement)) return;
  if (!focusControl(next, "check")) document.getElementById(NEW_TODO_FIELD)?.focus();
}

export interface RowActions {
  remove: (id: string) => void;
  move: (id: string, by: 1 | -1) => void;
  open: (id: string) => void;
  select: ((id: string) => void) | undefined;
}

const isTyping = (target: HTMLElement): boolean => target.matches("textarea, input:not([type=checkbox])");

/**
 * Up and down move between rows, with Alt they move the row; Delete deletes, “o” opens the details, “e” edits the title,
 * “x” selects. Keys inside of a text field belong to the text.
 */
export function useRowKeys({ remove, move, open, select }: RowActions): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      const target = event.target as HTMLElement;
      const row = target.closest<HTMLElement>("[data-todo]");
      const name = target.closest<HTMLElement>("[data-control]")?.dataset.control;
      const id = row?.dataset.todo;
      if (!row || !id || isTyping(target) || !name || event.ctrlKey || event.metaKey) return;
      const plain: Record<string, () => unknown> = {
        ArrowDown: () => focusControl(row.nextElementSibling, name),
        ArrowUp: () => focusControl(row.previousElementSibling, name),
        Delete: () => remove(id),
        o: () => open(id),
        e: () => row.querySelector<HTMLElement>('[data-control="title"]')?.click(),
        ...(select && { x: () => select(id) }),
      };
      const withAlt: Record<string, () => unknown> = {
        ArrowDown: () => move(id, 1),
        ArrowUp: () => move(id, -1),
      };
      const act = (event.altKey ? withAlt : plain)[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
    [remove, move, open, select],
  );
}
