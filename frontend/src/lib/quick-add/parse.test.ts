import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { words as german } from "@/lib/quick-add/de";
import { words as english } from "@/lib/quick-add/en";
import { parse } from "@/lib/quick-add/parse";
import type { Words } from "@/lib/quick-add/words";

/** A Sunday, ten in the morning, here. */
const now = new Date(2026, 10, 22, 10, 0);
const read = (text: string, language: Words = english, asText?: ReadonlySet<string>) =>
  parse(text, { language, now, zone: "Europe/Berlin", ...(asText && { asText }) });
const at = (day: string, time: string) => ({
  at: `${new Date(`${day}T${time}:00`).toISOString().slice(0, 19)}Z`,
  zone: "Europe/Berlin",
});
const weekly = (days: string) => ({ rule: `FREQ=WEEKLY;BYDAY=${days}`, anchor: "due" });

describe("a line in English", () => {
  test("means what it says", () => {
    expect(read("Pay rent tomorrow 9am !high #home every month")).toEqual({
      title: "Pay rent",
      patch: {
        due: at("2026-11-23", "09:00"),
        priority: "high",
        tags: ["home"],
        recurrence: { rule: "FREQ=MONTHLY", anchor: "due" },
      },
      pieces: [
        { kind: "date", text: "tomorrow" },
        { kind: "time", text: "9am" },
        { kind: "priority", text: "!high" },
        { kind: "tag", text: "#home" },
        { kind: "recurrence", text: "every month" },
      ],
    });
  });

  test.each([
    ["x today", "2026-11-22"],
    ["x tomorrow, please", "2026-11-23"],
    ["x friday", "2026-11-27"],
    ["x Sunday", "2026-11-29"],
    ["x on sat", "2026-11-28"],
    ["x next friday", "2026-11-27"],
    ["x next week", "2026-11-23"],
    ["x next month", "2026-12-01"],
    ["x in 3 days", "2026-11-25"],
    ["x in two weeks", "2026-12-06"],
    ["x in a month", "2026-12-22"],
    ["x 24 Dec", "2026-12-24"],
    ["x Dec 24th", "2026-12-24"],
    ["x on March 3", "2027-03-03"],
    ["x 29 feb", "2028-02-29"],
    ["x 24 December 2028", "2028-12-24"],
    ["x 2027-01-31", "2027-01-31"],
    ["x 24.12.", "2026-12-24"],
    ["x 1.2.27", "2027-02-01"],
    ["x by Friday", "2026-11-27"],
    ["x by sat", "2026-11-28"],
    ["x due tomorrow", "2026-11-23"],
    ["x due on 24 Dec", "2026-12-24"],
    ["x today in a week", "2026-11-29"],
  ])("%s is due on %s", (text, date) => {
    expect(read(text).patch.due).toEqual({ date });
  });

  test.each([
    ["x at 11", "2026-11-22", "11:00"],
    ["x at 9", "2026-11-23", "09:00"],
    ["x 5:30pm", "2026-11-22", "17:30"],
    ["x 12am", "2026-11-23", "00:00"],
    ["x by 5pm", "2026-11-22", "17:00"],
    ["x noon", "2026-11-22", "12:00"],
    ["x friday 14:45", "2026-11-27", "14:45"],
    ["x 6 pm tomorrow", "2026-11-23", "18:00"],
  ])("%s is due on %s at %s", (text, day, time) => {
    expect(read(text).patch.due).toEqual(at(day, time));
  });

  test.each([
    ["x daily", { rule: "FREQ=DAILY", anchor: "due" }, "2026-11-22"],
    ["x every 2 weeks", { rule: "FREQ=WEEKLY;INTERVAL=2", anchor: "due" }, "2026-11-22"],
    ["x every other day", { rule: "FREQ=DAILY;INTERVAL=2", anchor: "due" }, "2026-11-22"],
    ["x every monday", weekly("MO"), "2026-11-23"],
    ["x every sun", weekly("SU"), "2026-11-22"],
    ["x every weekday", weekly("MO,TU,WE,TH,FR"), "2026-11-23"],
    ["x every mon, wed and fri", weekly("MO,WE,FR"), "2026-11-23"],
    ["x every Friday, and Monday", weekly("MO,FR"), "2026-11-23"],
    ["x on Sundays & wednesdays", weekly("WE,SU"), "2026-11-22"],
    ["x every other Tuesday", { rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", anchor: "due" }, "2026-11-24"],
    ["x every! 3 months", { rule: "FREQ=MONTHLY;INTERVAL=3", anchor: "completion" }, "2026-11-22"],
  ])("%s recurs", (text, recurrence, date) => {
    expect(read(text).patch).toEqual({ recurrence, due: { date } });
  });

  test.each([
    "Read 1984",
    "Sat with the cat in the sun",
    "March on",
    "Call 5 people in May",
    "Meet at home",
    "30 february",
    "version 2.10",
    "every now and then",
    "every 0 days",
    "Buy 3 apples",
    "C# and F#",
    "Platform #2, then #3",
    "Stand by me",
    "Due diligence",
    "every now and again",
    "Hello! World",
    "constructor __proto__ toString",
    "in 99999 years",
  ])("%s is only a title", (title) => {
    expect(read(title)).toEqual({ title, patch: {}, pieces: [] });
  });

  test("counts the first of each kind, and leaves the second in the title", () => {
    expect(read("Move it from monday to friday !low !high")).toMatchObject({
      title: "Move it from to friday !high",
      patch: { due: { date: "2026-11-23" }, priority: "low" },
    });
  });

  test("takes a piece for text when the person says so", () => {
    expect(read("Write to Friday magazine", english, new Set(["Friday"]))).toEqual({
      title: "Write to Friday magazine",
      patch: {},
      pieces: [],
    });
  });

  test("is a title when nothing else would be left", () => {
    expect(read("tomorrow #home")).toEqual({ title: "tomorrow #home", patch: {}, pieces: [] });
  });
});

describe("a line in German", () => {
  test.each([
    ["Miete zahlen morgen 9 Uhr !hoch #zuhause jeden Monat", "Miete zahlen"],
    ["Tomaten gießen jeden zweiten Tag um 7", "Tomaten gießen"],
    ["Bericht nächsten Montag", "Bericht"],
    ["Zahnarzt am 3. März um 14:30", "Zahnarzt"],
    ["Wäsche alle 2 Wochen", "Wäsche"],
    ["Anruf in drei Tagen", "Anruf"],
  ])("%s is understood", (text, title) => {
    expect(read(text, german).title).toBe(title);
  });

  test.each([
    ["x jeden zweiten Dienstag", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2026-11-24"],
    ["x montags und mittwochs", "FREQ=WEEKLY;BYDAY=MO,WE", "2026-11-23"],
    ["x jeden Mo, Mi und Fr", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "2026-11-23"],
    ["x freitags", "FREQ=WEEKLY;BYDAY=FR", "2026-11-27"],
  ])("%s recurs by %s", (text, rule, date) => {
    expect(read(text, german)).toMatchObject({
      title: "x",
      patch: { recurrence: { rule, anchor: "due" }, due: { date } },
    });
  });

  test.each([
    ["x bis Freitag", "2026-11-27"],
    ["x bis zum 3. März", "2027-03-03"],
    ["x fällig morgen", "2026-11-23"],
    ["x heute in einer Woche", "2026-11-29"],
    ["x Freitag in zwei Wochen", "2026-12-11"],
  ])("%s is due on %s", (text, date) => {
    expect(read(text, german)).toMatchObject({ title: "x", patch: { due: { date } } });
  });

  test("does not take every “so” and “do” for a day", () => {
    expect(read("So mache ich es mit Mi", german).pieces).toEqual([]);
    expect(read("Sport am Mi", german).patch.due).toEqual({ date: "2026-11-25" });
  });
});

describe("any line", () => {
  const vocabulary = [english, german].flatMap((language) =>
    Object.values(language).flatMap((part) => (Array.isArray(part) ? part : Object.keys(part))),
  );
  const signs = [
    "!high",
    "#home",
    "!",
    "9am",
    "24.12.",
    "2026-02-30",
    "in",
    "every",
    "0",
    "31",
    "12:61",
    ",",
  ];
  const anyWord = fc.oneof(fc.constantFrom(...vocabulary, ...signs), fc.string());
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(anyWord, { maxLength: 12 }).map((parts) => parts.join(" ")),
  );
  const language = fc.constantFrom(english, german);
  const words = (text: string) => text.split(/\s+/).filter(Boolean);

  test("is read without failing, and no word of it is lost", () => {
    fc.assert(
      fc.property(line, language, (text, spoken) => {
        const { title, pieces } = read(text, spoken);
        const kept = [...words(title), ...pieces.flatMap((piece) => words(piece.text))];
        expect(kept.sort()).toEqual(words(text).sort());
        if (text.trim() !== "") expect(title).not.toBe("");
      }),
      { numRuns: 500 },
    );
  });

  test("is a title as a whole when every piece is taken for text", () => {
    fc.assert(
      fc.property(line, language, (text, spoken) => {
        const asText = new Set<string>();
        for (;;) {
          const { pieces, title } = read(text, spoken, asText);
          if (pieces.length === 0) {
            expect(words(title)).toEqual(words(text));
            return;
          }
          for (const piece of pieces) asText.add(piece.text);
        }
      }),
    );
  });

  test("gives only dates that exist", () => {
    fc.assert(
      fc.property(line, language, (text, spoken) => {
        const { due } = read(text, spoken).patch;
        if (due && "date" in due) expect(new Date(`${due.date}T00:00:00Z`).toISOString()).toContain(due.date);
        else if (due) expect(Number.isNaN(Date.parse(due.at))).toBe(false);
      }),
    );
  });
});
