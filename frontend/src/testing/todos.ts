import { blank } from "@/lib/sync/operations";
import type { Todo } from "@/lib/sync/types";

/** A todo as the server sends it. */
export function aTodo(changes: Partial<Todo> = {}): Todo {
  const id = changes.id ?? "01939b4c-4a6e-7b3c-9d55-0f6a2b1c3d4e";
  return {
    ...blank(id, "2026-11-22T10:00:00Z"),
    title: "Water the plants",
    position: "a0",
    version: 1,
    ...changes,
  };
}

/** Ids that sort in the order of their numbers. */
export const anId = (number: number): string =>
  `01939b4c-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
