import type { german } from "@/lib/i18n/de";
import type { Language } from "@/lib/i18n/languages";
import { isolate } from "@/lib/isolate";

/**
 * Texts are their own keys: the English sentence stands where it is shown, and costs nothing more than itself. Another
 * language is a dictionary from these sentences, loaded by those who read it. The German one lists them all, so that a
 * text without a translation does not compile. What follows a “|” tells texts apart that are the same in English only.
 */
export type Text = keyof typeof german;

/** Several texts of one, by number. Languages have between one and six of them. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

export type Dictionary = Readonly<Record<Text, string | Plural>>;

/** The names in braces: `“{title}” was deleted` has one. */
export type Slots<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Slots<Rest>
  : never;

type Value = string | number;
type Values<T extends string> = [Slots<T>] extends [never] ? [] : [values: Readonly<Record<Slots<T>, Value>>];

export interface Translate {
  <T extends Text>(text: T, ...values: Values<T>): string;
  /** A text that is known at run time only, such as the server's: as it is, where there is no translation. */
  any(text: string): string;
  readonly language: Language;
  /** For `Intl`. */
  readonly locale: string;
  /** With something other than text in the places in braces. */
  parts<T extends Text, Part>(text: T, parts: Readonly<Record<Slots<T>, Part>>): (string | Part)[];
  /** `{count}` stands for the number; the first text is the English one for one, the second for all others. */
  count<T extends Text>(
    count: number,
    one: string,
    other: T,
    values?: Readonly<Record<string, Value>>,
  ): string;
}

const slot = /\{(\w+)\}/;

export function createTranslate(language: Language, locale: string, dictionary?: Dictionary): Translate {
  const plurals = new Intl.PluralRules(locale);
  const find = (text: Text): string | Plural => dictionary?.[text] ?? withoutContext(text);

  const translate = (text: Text, values: Readonly<Record<string, Value>> = {}) =>
    fill(single(find(text)), values);
  const parts = <Part>(text: Text, filling: Readonly<Record<string, Part>>) =>
    single(find(text))
      .split(new RegExp(slot, "g"))
      .map((piece, index) => (index % 2 === 0 ? piece : (filling[piece] ?? `{${piece}}`)))
      .filter((piece) => piece !== "");
  const count = (number: number, one: string, other: Text, values: Readonly<Record<string, Value>> = {}) => {
    const known: string | Plural = dictionary?.[other] ?? { one, other: withoutContext(other) };
    const form = typeof known === "string" ? known : (known[plurals.select(number)] ?? known.other);
    return fill(form, { ...values, count: number.toLocaleString(locale) });
  };
  const any = (text: string) => single(find(text as Text));
  return Object.assign(translate, { any, language, locale, parts, count }) as Translate;
}

const single = (found: string | Plural): string => (typeof found === "string" ? found : found.other);

const withoutContext = (text: string): string => text.replace(/\|.*$/, "");

const fill = (text: string, values: Readonly<Record<string, Value>>): string =>
  text.replaceAll(new RegExp(slot, "g"), (whole, name: string) => isolate(String(values[name] ?? whole)));

/** What prerendered pages are written in. */
export const english: Translate = createTranslate("en", "en-GB");

/** Marks a text that is translated where it is shown: in tables, and in rules of forms. */
export const text = <T extends Text>(marked: T): T => marked;
