"use client";

import { useEffect, useState } from "react";

/** Seconds left of a waiting time that begins when it is first seen, or when it changes. */
export function useCountdown(milliseconds: number | undefined): number {
  const [left, setLeft] = useState(() => toSeconds(milliseconds));
  useEffect(() => {
    if (milliseconds === undefined) return;
    const end = Date.now() + milliseconds;
    const tick = () => {
      const now = toSeconds(end - Date.now());
      setLeft(now);
      if (now === 0) clearInterval(timer);
    };
    const timer = setInterval(tick, 1000);
    setLeft(toSeconds(milliseconds));
    return () => clearInterval(timer);
  }, [milliseconds]);
  return left;
}

const toSeconds = (milliseconds: number | undefined): number =>
  Math.max(0, Math.ceil((milliseconds ?? 0) / 1000));
