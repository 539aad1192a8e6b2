import type { Language } from "@/lib/i18n/languages";
import { createTranslate, type Dictionary, type Translate } from "@/lib/i18n/translate";

/** English is in the pages themselves. */
const loaders: Readonly<Record<Exclude<Language, "en">, () => Promise<Dictionary>>> = {
  de: async () => (await import("@/lib/i18n/de")).german,
};

export async function loadTranslate(language: Language, locale: string): Promise<Translate> {
  return createTranslate(language, locale, language === "en" ? undefined : await loaders[language]());
}
