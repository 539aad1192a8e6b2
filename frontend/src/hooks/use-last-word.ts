"use client";

import { useEffect, useRef } from "react";
import { useSession } from "@/hooks/use-session";

/**
 * Does something when what uses it goes away: a field that is taken away while it has the focus is not told that it loses
 * it. What is left of a page after somebody has signed out does nothing any more.
 */
export function useLastWord(act: () => void): void {
  const { user, session } = useSession();
  const userId = user?.id;
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(
    () => () => {
      if (userId !== undefined && session.snapshot().user?.id === userId) latest.current();
    },
    [session, userId],
  );
}
