"use client";

import { useEffect, useMemo } from "react";
import { Obstacles } from "@/features/sync/components/obstacles";
import { createStore } from "@/features/sync/create-store";
import { useRuntime } from "@/hooks/runtime";
import { TodoStoreContext } from "@/hooks/todo-store";
import { useSession } from "@/hooks/use-session";

/** One store for as long as one person is signed in. It belongs to the root: it has to outlive every page. */
export function StoreProvider({ children }: { children: React.ReactNode }) {
  const runtime = useRuntime();
  const { phase, user } = useSession();
  const userId = user?.id;
  const store = useMemo(
    () => (userId === undefined ? undefined : createStore(runtime, userId)),
    [runtime, userId],
  );

  useEffect(() => store?.start(), [store]);
  useEffect(() => {
    if (phase === "signed-in") store?.kick();
  }, [phase, store]);

  return (
    <TodoStoreContext value={store}>
      {children}
      {store && <Obstacles />}
    </TodoStoreContext>
  );
}
