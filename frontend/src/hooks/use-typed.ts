"use client";

import { useLayoutEffect, useRef, useState } from "react";
import { takeTyped } from "@/lib/typing-ahead";

/** What was typed for a field before it was there. Undefined until that is known, which is before anything is drawn. */
export function useTyped(fieldId: string): string | undefined {
  const [typed, setTyped] = useState<string>();
  const isTaken = useRef(false);
  useLayoutEffect(() => {
    // Once: what was taken is gone.
    if (isTaken.current) return;
    isTaken.current = true;
    setTyped(takeTyped(fieldId) ?? "");
  }, [fieldId]);
  return typed;
}
