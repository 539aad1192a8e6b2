"use client";

import { useSyncExternalStore } from "react";
import type { Entry } from "@/lib/storage/entry";

/** A value of local storage, followed across tabs. Prerendered pages show its fallback. */
export function useEntry<Value>(entry: Entry<Value>): [Value, (value: Value) => void] {
  const value = useSyncExternalStore(entry.subscribe, entry.get, () => entry.fallback);
  return [value, entry.set];
}
