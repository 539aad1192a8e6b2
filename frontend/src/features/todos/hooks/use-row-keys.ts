"use client";

import { type KeyboardEvent, useCallback } from "react";

/** Marks what the arrow keys move between: the same control of the next row. */
export const control = (name: string) => ({ "data-control": name });

/** The focusable element inside of (or at) a marked control. */
const focusable = "input, button, textarea";

function focusControl(row: Element | null | undefined, name: string): boolean {
  const marked = row?.querySelector<HTMLElement>(`[data-control="${name}"]`);
  const target = marked?.matches(focusable) ? marked : marked?.querySelector<HTMLElement>(focusable);
  target?.focus();
  return target !== undefined && target !== null;
}

/** Before a row goes, the focus moves to its neighbour, or to the field for new todos. */
export function focusNeighbour(row: Element | null): void {
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  if (!focusControl(next, "check")) document.getElementById("new-todo")?.focus();
}

/** Up and down move between rows, Delete deletes; keys inside of a text field belong to the text. */
export function useRowKeys(onDelete: (id: string) => void): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      const target = event.target as HTMLElement;
      const row = target.closest<HTMLElement>("[data-todo]");
      const name = target.closest<HTMLElement>("[data-control]")?.dataset.control;
      const typing = target.matches("textarea, input:not([type=checkbox])");
      if (!row || typing || !name || event.altKey || event.ctrlKey || event.metaKey) return;
      const moves: Record<string, () => void> = {
        ArrowDown: () => focusControl(row.nextElementSibling, name),
        ArrowUp: () => focusControl(row.previousElementSibling, name),
        Delete: () => {
          focusNeighbour(row);
          onDelete(row.dataset.todo ?? "");
        },
      };
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      move();
    },
    [onDelete],
  );
}
