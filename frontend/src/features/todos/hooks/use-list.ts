"use client";

import { useEffect } from "react";
import { useSnapshot, useTodoStore } from "@/hooks/todo-store";
import { useOnline } from "@/hooks/use-online";
import { useSession } from "@/hooks/use-session";
import { isComplete, select } from "@/lib/sync/order";
import type { Status, TodoView } from "@/lib/sync/types";

/** A page that was out of sight this long asks again when it is looked at. */
const STALE_AFTER = 15_000;

interface List {
  readonly todos: readonly TodoView[];
  /** Nothing can be said yet about what is in it. */
  readonly isLoading: boolean;
  readonly isComplete: boolean;
  /** Why it could not be loaded. */
  readonly error: unknown;
  readonly retry: () => void;
  readonly loadMore: () => void;
}

export function useList(status: Status): List {
  const store = useTodoStore();
  const snapshot = useSnapshot();
  const { phase } = useSession();
  const online = useOnline();
  const complete = isComplete(snapshot, status);
  const { phase: listPhase, error } = snapshot.lists[status];

  // Asked again when the session or the network has come back, as both are reasons for having failed.
  useEffect(() => {
    const isNew = store.snapshot().lists[status].phase === "idle";
    if (phase !== "signed-out" && (online || isNew)) void store.load(status);
  }, [store, status, phase, online]);

  useEffect(() => {
    let hiddenAt = 0;
    const look = () => {
      if (document.visibilityState === "hidden") hiddenAt = Date.now();
      else if (Date.now() - hiddenAt > STALE_AFTER) void store.load(status);
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [store, status]);

  const unknown = !complete && listPhase !== "ready";
  return {
    todos: select(snapshot, status),
    isLoading: unknown && listPhase !== "failed",
    isComplete: complete,
    error: complete ? undefined : error,
    retry: () => void (listPhase === "ready" ? store.loadMore(status) : store.load(status)),
    loadMore: () => void store.loadMore(status),
  };
}
