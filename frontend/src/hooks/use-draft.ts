"use client";

import { useCallback, useSyncExternalStore } from "react";
import { useRuntime } from "@/hooks/runtime";
import { useSession } from "@/hooks/use-session";
import { readDraft, type TextDraft, withDraft } from "@/lib/storage/drafts";

interface UsedDraft {
  /** Undefined: nothing was typed. */
  readonly draft: TextDraft | undefined;
  readonly setDraft: (draft: TextDraft | undefined) => void;
}

/** Text being typed, kept through reloads and crashes until it is saved. */
export function useDraft(name: string): UsedDraft {
  const { local } = useRuntime();
  const { user, session } = useSession();
  const userId = user?.id;
  const entry = local.drafts(userId ?? "nobody");
  // The text alone, so that typing in one field does not draw the others anew.
  const text = useSyncExternalStore(
    entry.subscribe,
    () => entry.get()[name],
    () => undefined,
  );
  const setDraft = useCallback(
    (draft: TextDraft | undefined) => {
      // What is left of a page after signing out must not keep anything.
      if (userId === undefined || session.snapshot().user?.id !== userId) return;
      const next = withDraft(entry.get(), name, draft);
      if (Object.keys(next).length > 0) entry.set(next);
      else entry.remove();
    },
    [entry, name, session, userId],
  );
  const draft = text === undefined ? undefined : readDraft(entry.get(), name);
  return { draft, setDraft };
}
