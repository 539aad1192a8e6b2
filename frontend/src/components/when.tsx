"use client";

import { useText } from "@/hooks/text";
import { fullTime, relativeTime } from "@/lib/dates";

/** A moment, as a person would say it; the exact time is in its title. */
export function When({ at }: { at: string }) {
  const t = useText();
  return (
    <time dateTime={at} title={fullTime(t.locale, at)}>
      {relativeTime(t, at)}
    </time>
  );
}
