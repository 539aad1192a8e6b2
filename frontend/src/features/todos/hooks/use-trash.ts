"use client";

import { useEffect, useState } from "react";
import { useTodoStore } from "@/hooks/todo-store";
import { useOnline } from "@/hooks/use-online";

/** Asks for deleted todos that this device never knew. Answers whether that failed, and some may be missing. */
export function useTrash(isShown: boolean): boolean {
  const store = useTodoStore();
  const online = useOnline();
  const [isPartial, setPartial] = useState(false);
  useEffect(() => {
    if (!isShown) return;
    if (!online) {
      setPartial(true);
      return;
    }
    const stop = new AbortController();
    store.loadTrash(stop.signal).then(
      () => setPartial(false),
      () => setPartial(!stop.signal.aborted),
    );
    return () => stop.abort();
  }, [store, isShown, online]);
  return isShown && isPartial;
}
