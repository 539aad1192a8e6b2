"use client";

import { useEffect } from "react";
import { useRuntime } from "@/hooks/runtime";
import type { Theme } from "@/lib/storage/local";

/** The window's own frame, where the system draws one. The same colours are in `src/app/layout.tsx`. */
const frames = { light: "#f8f8f5", dark: "#0c1210" } as const;

function paintFrame(chosen: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.content = frames[chosen === "system" ? (meta.media.includes("dark") ? "dark" : "light") : chosen];
  }
}

/** Keeps the document in the theme that was chosen, here or in another tab. */
export function ThemeKeeper() {
  const { theme } = useRuntime().local;
  useEffect(() => {
    const apply = () => {
      const { dataset } = document.documentElement;
      const chosen = theme.get();
      if (chosen === "system") delete dataset.theme;
      else dataset.theme = chosen;
      paintFrame(chosen);
    };
    apply();
    return theme.subscribe(apply);
  }, [theme]);
  return null;
}
