"use client";

import { useCallback } from "react";
import { TodoRow } from "@/features/todos/components/todo-row";
import { useDelete } from "@/features/todos/hooks/use-delete";
import { useLingering } from "@/features/todos/hooks/use-lingering";
import { useRowKeys } from "@/features/todos/hooks/use-row-keys";
import { useSnapshot } from "@/hooks/todo-store";
import type { TodoView } from "@/lib/sync/types";

interface TodoListProps {
  todos: readonly TodoView[];
  /** Shown in its place when there is nothing in it, and nothing on its way out. */
  empty: React.ReactNode;
}

export function TodoList({ todos, empty }: TodoListProps) {
  const { todos: everything } = useSnapshot();
  const shown = useLingering(todos, everything);
  const remove = useDelete();
  const removeById = useCallback(
    (id: string) => {
      const todo = everything.find((other) => other.id === id);
      if (todo) remove(todo);
    },
    [everything, remove],
  );
  const onKeyDown = useRowKeys(removeById);

  if (shown.todos.length === 0) return empty;
  return (
    <ul
      aria-label="Todos"
      onKeyDown={onKeyDown}
      className="divide-y overflow-hidden rounded-2xl border bg-surface shadow-card"
    >
      {shown.todos.map((todo) => (
        <TodoRow key={todo.id} todo={todo} isLeaving={shown.leaving.has(todo.id)} onDelete={remove} />
      ))}
    </ul>
  );
}
