"use client";

import { useMemo } from "react";
import { useSnapshot } from "@/hooks/todo-store";
import { useToday } from "@/hooks/use-today";
import { type Counts, count, type TagCount, tagsOf } from "@/lib/sync/views";

interface Numbers {
  /** Undefined as long as nobody knows: a zero would be a lie. */
  readonly counts: Counts | undefined;
  readonly tags: readonly TagCount[];
}

/** How many todos there are in each view, and under each tag. */
export function useNumbers(): Numbers {
  const { todos, phase } = useSnapshot();
  const day = useToday();
  return useMemo(
    () => ({ counts: phase === "opening" ? undefined : count(todos, day), tags: tagsOf(todos) }),
    [todos, phase, day],
  );
}
