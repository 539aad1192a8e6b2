"use client";

import { useCallback, useSyncExternalStore } from "react";
import { useRuntime } from "@/hooks/runtime";
import { useSession } from "@/hooks/use-session";

/** Text being typed, kept through reloads and crashes until it is saved. Undefined: nothing was typed. */
export function useDraft(name: string): [string | undefined, (text: string | undefined) => void] {
  const { local } = useRuntime();
  const { user } = useSession();
  const entry = local.drafts(user?.id ?? "nobody");
  const text = useSyncExternalStore(
    entry.subscribe,
    () => entry.get()[name],
    () => undefined,
  );
  const setText = useCallback(
    (value: string | undefined) => {
      const { [name]: _, ...others } = entry.get();
      entry.set(value ? { ...others, [name]: value } : others);
    },
    [entry, name],
  );
  return [text, setText];
}
