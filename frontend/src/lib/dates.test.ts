import { describe, expect, test } from "vitest";
import { relativeTime } from "@/lib/dates";
import { english } from "@/lib/i18n/translate";

const now = Date.parse("2026-11-22T12:00:00Z");

describe("relativeTime", () => {
  test.each([
    ["2026-11-22T11:59:30Z", "just now"],
    ["2026-11-22T11:58:01Z", "1 minute ago"],
    ["2026-11-22T09:00:00Z", "3 hours ago"],
    ["2026-11-21T11:00:00Z", "yesterday"],
    ["2026-11-01T12:00:00Z", "3 weeks ago"],
    ["2026-12-24T12:00:00Z", "next month"],
  ])("%s is %s", (at, words) => {
    expect(relativeTime(english, at, now)).toBe(words);
  });
});
