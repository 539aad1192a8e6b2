"use client";

import { useEffect, useRef } from "react";
import { dismissToast, notify } from "@/components/toast";
import { describe } from "@/features/sync/describe-obstacle";
import { useSnapshot, useTodoStore } from "@/hooks/todo-store";
import type { Queued } from "@/lib/sync/types";

const toastId = (opId: string): string => `obstacle:${opId}`;

/** Shows every change that could not be saved, until the person has decided what becomes of it. */
export function Obstacles() {
  const store = useTodoStore();
  const { obstructed } = useSnapshot();
  const shown = useRef(new Map<string, Queued>());

  useEffect(() => {
    const current = new Map(obstructed.map((queued) => [queued.operation.op_id, queued]));
    for (const opId of shown.current.keys()) if (!current.has(opId)) void dismissToast(toastId(opId));
    for (const [opId, queued] of current) {
      if (shown.current.get(opId) === queued) continue;
      const { title, description, mine, theirs } = describe(queued);
      void notify("warning", title, {
        id: toastId(opId),
        description,
        duration: Number.POSITIVE_INFINITY,
        dismissible: false,
        action: { label: mine, onClick: () => store.resolve(opId, "mine") },
        cancel: { label: theirs, onClick: () => store.resolve(opId, "theirs") },
      });
    }
    shown.current = current;
  }, [obstructed, store]);

  useEffect(
    () => () => {
      for (const opId of shown.current.keys()) void dismissToast(toastId(opId));
      shown.current = new Map();
    },
    [],
  );
  return null;
}
