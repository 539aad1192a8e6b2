"use client";

import { useSyncExternalStore } from "react";
import { today } from "@/lib/sync/days";

/** A page that stays open over night has to notice that the day has changed. */
const LOOK_AGAIN = 60_000;

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, LOOK_AGAIN);
  document.addEventListener("visibilitychange", listener);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", listener);
  };
}

const now = (): string => today();

/** The day it is here: `2026-11-22`. */
export const useToday = (): string => useSyncExternalStore(subscribe, now, now);
