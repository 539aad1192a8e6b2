"use client";

import { useMemo } from "react";
import { useRuntime } from "@/hooks/runtime";
import { type TodoCalls, todoCalls } from "@/lib/api/todo-calls";

/** What is done with todos on the server only. */
export function useTodoCalls(): TodoCalls {
  const { connection } = useRuntime();
  return useMemo(() => todoCalls(connection.api), [connection]);
}
