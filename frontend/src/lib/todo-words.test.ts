import { describe, expect, test } from "vitest";
import { fieldWords } from "@/lib/field-words";
import { german } from "@/lib/i18n/de";
import { createTranslate, english } from "@/lib/i18n/translate";
import { dayWords, isOverdue, ruleWords } from "@/lib/todo-words";

const deutsch = createTranslate("de", "de-DE", german);
const today = "2026-11-22";

describe("dayWords", () => {
  test.each([
    ["2026-11-22", "Today", "Heute"],
    ["2026-11-23", "Tomorrow", "Morgen"],
    ["2026-11-21", "Yesterday", "Gestern"],
    ["2026-11-28", "Saturday", "Samstag"],
    ["2026-11-29", "29 Nov", "29. Nov."],
    ["2026-11-01", "1 Nov", "1. Nov."],
    ["2027-01-02", "2 Jan 2027", "2. Jan. 2027"],
  ])("%s is %s, or %s", (day, words, worte) => {
    expect([dayWords(english, day, today), dayWords(deutsch, day, today)]).toEqual([words, worte]);
  });
});

describe("ruleWords", () => {
  test.each([
    ["FREQ=DAILY", "Every day", "Jeden Tag"],
    ["FREQ=WEEKLY;INTERVAL=2", "Every 2 weeks", "Alle 2 Wochen"],
    ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday", "Jeden Werktag"],
    ["FREQ=WEEKLY;BYDAY=MO,FR", "Every week on Monday and Friday", "Jede Woche am Montag und Freitag"],
    ["FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=2TU"],
    ["nonsense", "nonsense", "nonsense"],
  ])("%s is %s, or %s", (rule, words, worte) => {
    const recurrence = { rule, anchor: "due" } as const;
    expect([ruleWords(english, recurrence), ruleWords(deutsch, recurrence)]).toEqual([words, worte]);
  });

  test("says from when it is counted", () => {
    expect(ruleWords(english, { rule: "FREQ=DAILY;INTERVAL=3", anchor: "completion" })).toBe(
      "Every 3 days, counted from when it is done",
    );
  });
});

describe("fieldWords", () => {
  test("has words for what is empty, and for what is gone", () => {
    expect(fieldWords(english, "due", null)).toBe("No date");
    expect(fieldWords(english, "tags", [])).toBe("No tags");
    expect(fieldWords(english, "description", " ")).toBe("No notes");
    expect(fieldWords(english, "title", undefined)).toBe("Deleted");
  });
});

describe("isOverdue", () => {
  test("is what should have been done, and was not", () => {
    expect(isOverdue({ due: { date: "2026-11-21" }, completed: false }, today)).toBe(true);
    expect(isOverdue({ due: { date: today }, completed: false }, today)).toBe(false);
    expect(isOverdue({ due: { date: "2026-11-21" }, completed: true }, today)).toBe(false);
    expect(isOverdue({ due: { at: "2020-01-01T00:00:00Z", zone: "UTC" }, completed: false }, today)).toBe(
      true,
    );
  });
});
