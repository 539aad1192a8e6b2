import { describe, expect, test } from "vitest";
import { german } from "@/lib/i18n/de";
import { loadTranslate } from "@/lib/i18n/dictionaries";
import { directionOf, languageOf, localeOf } from "@/lib/i18n/languages";
import { createTranslate, english, type Plural } from "@/lib/i18n/translate";

const slotsOf = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
const forms = (value: string | Plural): string[] =>
  typeof value === "string" ? [value] : Object.values(value);

describe("the German dictionary", () => {
  test("has every value of the English text in each of its forms", () => {
    for (const [text, value] of Object.entries(german)) {
      const given = slotsOf(text).filter((slot) => slot !== "{count}");
      for (const form of forms(value)) {
        expect(
          slotsOf(form).filter((slot) => slot !== "{count}"),
          text,
        ).toEqual(given);
      }
    }
  });

  test("leaves nothing empty, and no context behind", () => {
    for (const [text, value] of Object.entries(german)) {
      for (const form of forms(value)) {
        expect(form.trim(), text).not.toBe("");
        expect(form, text).not.toContain("|");
      }
    }
  });
});

describe("a translation", () => {
  test("puts values into their places, whatever is in them", async () => {
    const t = await loadTranslate("de", "de-DE");
    expect(t("Type “{word}” to go on", { word: "{word} $& <b>" })).toBe(
      "Tippe „{word} $& <b>“, um fortzufahren",
    );
    expect(english("Type “{word}” to go on", { word: "delete" })).toBe("Type “delete” to go on");
  });

  test("takes the form of the number", async () => {
    const t = await loadTranslate("de", "de-DE");
    const left = (count: number, translate = t) =>
      translate.count(count, "{count} recovery code left", "{count} recovery codes left");
    expect([left(1), left(2), left(0)]).toEqual([
      "1 Wiederherstellungscode übrig",
      "2 Wiederherstellungscodes übrig",
      "0 Wiederherstellungscodes übrig",
    ]);
    expect([left(1, english), left(1200, english)]).toEqual([
      "1 recovery code left",
      "1,200 recovery codes left",
    ]);
  });

  test("has as many forms as a language needs", () => {
    const polish = createTranslate("de", "pl-PL", {
      ...german,
      "{count} recovery codes left": { one: "{count} kod", few: "{count} kody", other: "{count} kodów" },
    });
    const left = (count: number) => polish.count(count, "", "{count} recovery codes left");
    expect([left(1), left(3), left(5)]).toEqual(["1 kod", "3 kody", "5 kodów"]);
  });

  test("keeps other things than text in its places", () => {
    const link = { href: "/" };
    expect(english.parts("Added {time}", { time: link })).toEqual(["Added ", link]);
  });

  test("shows no context, and passes on what it does not know", () => {
    expect(english("or|between two ways to sign in")).toBe("or");
    expect(english.any("Some words of the server")).toBe("Some words of the server");
  });
});

describe("the language", () => {
  test.each([
    ["system", ["fr-CH", "de-CH", "en"], "de"],
    ["system", ["fr"], "en"],
    ["system", [], "en"],
    ["en", ["de-DE"], "en"],
  ] as const)("%s among %j is %s", (choice, browser, language) => {
    expect(languageOf(choice, browser)).toBe(language);
  });

  test("keeps the region of the browser for dates", () => {
    expect(localeOf("de", ["en-US", "de-AT"])).toBe("de-AT");
    expect(localeOf("de", ["en-US", "de"])).toBe("de-DE");
  });

  test("knows from where a script is written", () => {
    expect([directionOf("de-DE"), directionOf("he-IL")]).toEqual(["ltr", "rtl"]);
  });
});
