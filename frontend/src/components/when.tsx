import { fullTime, relativeTime } from "@/lib/dates";

/** A moment, as a person would say it; the exact time is in its title. */
export function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {relativeTime(at)}
    </time>
  );
}
