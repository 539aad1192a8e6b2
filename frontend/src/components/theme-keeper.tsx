"use client";

import { useEffect } from "react";
import { useRuntime } from "@/hooks/runtime";

/** Keeps the document in the theme that was chosen, here or in another tab. */
export function ThemeKeeper() {
  const { theme } = useRuntime().local;
  useEffect(() => {
    const apply = () => {
      const { dataset } = document.documentElement;
      const chosen = theme.get();
      if (chosen === "system") delete dataset.theme;
      else dataset.theme = chosen;
    };
    apply();
    return theme.subscribe(apply);
  }, [theme]);
  return null;
}
