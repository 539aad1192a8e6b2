"use client";

import { useContext } from "react";
import { useText } from "@/hooks/text";
import { TodoStoreContext } from "@/hooks/todo-store";
import type { Translate } from "@/lib/i18n/translate";
import type { TodoStore } from "@/lib/sync/types";

/** How long loading the page again waits until everything is kept on this device. */
const PATIENCE = 2_000;

/** Whether the page can be loaded again without losing anything. Without a store nobody has done anything. */
export async function isKept(store: TodoStore | undefined): Promise<boolean> {
  return store === undefined || (await store.saved(AbortSignal.timeout(PATIENCE)));
}

/** Leaves it to the person whether to go all the same. */
export async function tellNotKept(t: Translate, goAnyway: () => unknown): Promise<void> {
  const { notKept } = await import("@/components/not-kept");
  notKept(t, goAnyway);
}

/** Loads the page again, once everything is kept. */
export function useReload(): () => void {
  const t = useText();
  const store = useContext(TodoStoreContext);
  const reload = () => globalThis.location.reload();
  const reloadSafely = async () => {
    if (await isKept(store)) reload();
    else await tellNotKept(t, reload);
  };
  return () => void reloadSafely();
}
