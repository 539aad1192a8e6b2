"use client";

import { useCallback } from "react";
import { notify } from "@/components/toast";
import { useTodoStore } from "@/hooks/todo-store";
import type { TodoView } from "@/lib/sync/types";

/** How long a deletion can be undone while nobody touches the toast. */
const VISIBLE = 8_000;
/** The toast waits while it is pointed at; the deletion then waits with it, but not for ever. */
const HELD = 60_000;

/** Deletes at once and offers to undo. The server hears of it when the offer has gone. */
export function useDelete(): (todo: TodoView) => void {
  const store = useTodoStore();
  return useCallback(
    (todo) => {
      const opId = store.mutate({ kind: "delete", todo_id: todo.id, hold: HELD });
      if (!opId) return;
      const settle = () => store.release(opId);
      void notify("message", "Todo deleted", {
        description: todo.title,
        duration: VISIBLE,
        onAutoClose: settle,
        onDismiss: settle,
        action: {
          label: "Undo",
          onClick: () => {
            if (store.undo(opId)) return;
            void notify("error", "Too late to undo", { description: `“${todo.title}” is deleted.` });
          },
        },
      });
    },
    [store],
  );
}
