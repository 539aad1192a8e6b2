"use client";

import { Mark } from "@/components/brand";
import { useText } from "@/hooks/text";

/** Shown while it is not known yet who is here. */
export function Splash({ className = "" }: { className?: string }) {
  const t = useText();
  return (
    <main className={`grid min-h-dvh place-items-center ${className}`}>
      <div role="status" className="animate-shimmer">
        <Mark className="size-12" />
        <span className="sr-only">{t("Opening Daybook…")}</span>
      </div>
    </main>
  );
}
