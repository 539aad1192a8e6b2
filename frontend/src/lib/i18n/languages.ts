export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** How each language calls itself: whoever looks for theirs may not read the one that is shown. */
export const ownNames: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

/** Region by region, dates differ more than texts do. This one counts when the browser does not name another. */
const usualLocales: Readonly<Record<Language, string>> = { en: "en-GB", de: "de-DE" };

export type Direction = "ltr" | "rtl";

/** Scripts that are written from right to left, by the languages that use them. */
const fromTheRight: ReadonlySet<string> = new Set(["ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

export const baseOf = (tag: string): string => tag.toLowerCase().split("-")[0] ?? "";

export const directionOf = (tag: string): Direction => (fromTheRight.has(baseOf(tag)) ? "rtl" : "ltr");

/** What was chosen, or the first of the browser's languages that there is. */
export function languageOf(choice: Language | "system", browser: readonly string[]): Language {
  if (choice !== "system") return choice;
  const wanted = browser.map(baseOf);
  return wanted.map((base) => languages.find((known) => known === base)).find(Boolean) ?? "en";
}

/** How dates and numbers are written: as the browser says, if it speaks that language at all. */
export const localeOf = (language: Language, browser: readonly string[]): string =>
  browser.find((tag) => baseOf(tag) === language && tag.includes("-")) ?? usualLocales[language];
