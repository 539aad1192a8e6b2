import type { Translate } from "@/lib/i18n/translate";

const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** “3 hours ago”, “in 2 weeks”: rounded towards now, so that nothing is said to be older than it is. */
export function relativeTime(t: Translate, at: string, now: number = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  if (!unit || !length) return t("just now");
  return new Intl.RelativeTimeFormat(t.locale, { numeric: "auto" }).format(
    Math.trunc(seconds / length),
    unit,
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs more than using it a hundred times, and lists use it for every line. */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format;
}

/** Date and time in the person's own zone. */
export const fullTime = (locale: string, at: string): string =>
  dateFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
