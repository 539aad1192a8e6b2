import type { Language } from "@/lib/i18n/languages";
import type { Parsed } from "@/lib/quick-add/parse";
import type { Words } from "@/lib/quick-add/words";

export type Parser = (text: string, asText?: ReadonlySet<string>) => Parsed;

const vocabularies: Readonly<Record<Language, () => Promise<{ words: Words }>>> = {
  en: () => import("@/lib/quick-add/en"),
  de: () => import("@/lib/quick-add/de"),
};

/** The parser and the words of one language, loaded when somebody begins to type. */
export async function loadParser(language: Language): Promise<Parser> {
  const [{ parse }, { words }] = await Promise.all([
    import("@/lib/quick-add/parse"),
    vocabularies[language](),
  ]);
  const { timeZone: zone } = new Intl.DateTimeFormat().resolvedOptions();
  return (text, asText) => parse(text, { language: words, now: new Date(), zone, ...(asText && { asText }) });
}
