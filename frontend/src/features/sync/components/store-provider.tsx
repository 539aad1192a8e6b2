"use client";

import { useEffect, useState } from "react";
import { dismissToasts } from "@/components/toast";
import { useRuntime } from "@/hooks/runtime";
import { TodoStoreContext } from "@/hooks/todo-store";
import { useSession } from "@/hooks/use-session";
import { load } from "@/lib/load";
import type { TodoStore } from "@/lib/sync/types";

interface Opened {
  readonly userId: string;
  readonly store: TodoStore;
}

/**
 * One store for as long as one person is signed in. It belongs to the root: it has to outlive every page. The engine is
 * loaded when somebody is here; pages for guests do without it.
 */
export function StoreProvider({ children }: { children: React.ReactNode }) {
  const runtime = useRuntime();
  const { phase, user } = useSession();
  const userId = user?.id;
  const [opened, setOpened] = useState<Opened>();
  const store = opened?.userId === userId ? opened?.store : undefined;

  useEffect(() => {
    if (userId === undefined) return;
    const stop = new AbortController();
    const open = async () => {
      const { createStore } = await load(() => import("@/features/sync/create-store"), stop.signal);
      if (!stop.signal.aborted) setOpened({ userId, store: createStore(runtime, userId) });
    };
    open().catch((error: unknown) => {
      // Nobody waits for it any more.
      if (!stop.signal.aborted) globalThis.reportError(error);
    });
    return () => {
      stop.abort();
      setOpened(undefined);
      void dismissToasts();
    };
  }, [runtime, userId]);
  useEffect(() => store?.start(), [store]);
  useEffect(() => {
    if (phase === "signed-in") store?.kick();
  }, [phase, store]);

  return <TodoStoreContext value={store}>{children}</TodoStoreContext>;
}
