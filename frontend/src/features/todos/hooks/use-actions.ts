"use client";

import { useMemo } from "react";
import { type Actions, createActions } from "@/features/todos/actions";
import { useText } from "@/hooks/text";
import { useTodoStore } from "@/hooks/todo-store";

export function useActions(): Actions {
  const store = useTodoStore();
  const t = useText();
  return useMemo(() => createActions(store, t), [store, t]);
}
