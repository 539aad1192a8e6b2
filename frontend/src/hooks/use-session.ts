"use client";

import { useSyncExternalStore } from "react";
import { useRuntime } from "@/hooks/runtime";
import type { Session } from "@/lib/api/session";
import type { SessionSnapshot } from "@/lib/api/session-types";

/** What a prerendered page knows. */
const unknown: SessionSnapshot = { phase: "restoring", user: null };

export function useSession(): SessionSnapshot & { readonly session: Session } {
  const { session } = useRuntime().connection;
  const snapshot = useSyncExternalStore(session.subscribe, session.snapshot, () => unknown);
  return { ...snapshot, session };
}
