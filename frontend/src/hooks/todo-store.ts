"use client";

import { createContext, useContext, useSyncExternalStore } from "react";
import { emptySnapshot } from "@/lib/sync/empty-snapshot";
import type { Snapshot, TodoStore } from "@/lib/sync/types";

export const TodoStoreContext = createContext<TodoStore | undefined>(undefined);

export function useTodoStore(): TodoStore {
  const store = useContext(TodoStoreContext);
  if (!store)
    throw new Error(
      "The store is provided to signed-in people by features/sync/components/store-provider.tsx.",
    );
  return store;
}

export function useSnapshot(): Snapshot {
  const store = useTodoStore();
  return useSyncExternalStore(store.subscribe, store.snapshot, () => emptySnapshot);
}
