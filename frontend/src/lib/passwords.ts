import type { Translate } from "@/lib/i18n/translate";

/**
 * The server's rule (NIST SP 800-63B): length is what makes a password strong, and less of it is enough where a second
 * factor is asked for as well. There are no rules about kinds of characters.
 */
export const PASSWORD_LENGTH = { min: 15, minWithSecondFactor: 8, max: 128 } as const;

/** Whether the account has one; who comes by a mailed link has not said who they are. */
export type SecondFactor = "none" | "on" | "unknown";

/** Counted as the server does: characters, after joining what keyboards compose differently. */
export const lengthOf = (password: string): number => [...password.normalize("NFKC")].length;

export interface Judgement {
  /** 0: not accepted yet; 1: accepted, but easy to guess; 2: good; 3: strong. */
  readonly score: 0 | 1 | 2 | 3;
  readonly words: string;
}

/**
 * A hint while typing, nothing more: the server knows the lists of common passwords and decides.
 * `about` is what strangers may know of the person: the e-mail address, the name.
 */
export function judge(
  t: Translate,
  password: string,
  about: readonly string[] = [],
  secondFactor: SecondFactor = "none",
): Judgement {
  const length = lengthOf(password);
  const least = secondFactor === "on" ? PASSWORD_LENGTH.minWithSecondFactor : PASSWORD_LENGTH.min;
  if (length === 0)
    return {
      score: 0,
      words: t("At least {count} characters. A short sentence works well.", { count: least }),
    };
  const missing = least - length;
  if (missing > 0)
    return {
      score: 0,
      words:
        secondFactor === "unknown" && length >= PASSWORD_LENGTH.minWithSecondFactor
          ? t("Enough beside a second factor; {count} characters without one", { count: least })
          : t.count(missing, "{count} more character to go", "{count} more characters to go"),
    };
  if (length > PASSWORD_LENGTH.max)
    return { score: 0, words: t("{count} too many", { count: length - PASSWORD_LENGTH.max }) };
  const worth = worthOf(password.toLowerCase(), about);
  if (worth < 9) return { score: 1, words: t("Long enough, but easy to guess") };
  return worth < 18 ? { score: 2, words: t("Good") } : { score: 3, words: t("Strong") };
}

/** How many characters there are that do not follow from the others. */
function worthOf(password: string, about: readonly string[]): number {
  const known = about
    .flatMap((text) => text.toLowerCase().split(/[\s@._+-]+/))
    .filter((part) => part.length > 2);
  const strange = known.reduce((text, part) => text.replaceAll(part, "\u0000"), password);
  const unit = strange.slice(0, period(strange));
  return [...unit].filter((_, index, characters) => !follows(characters, index)).length;
}

/** The length of the shortest text that, repeated, gives this one. */
function period(text: string): number {
  const next = (text + text).indexOf(text, 1);
  return next > 0 ? next : text.length;
}

/** “aaa”, “abc” and “321”: the third character is no surprise after the first two. */
function follows(characters: readonly string[], index: number): boolean {
  const [a, b, c] = [index - 2, index - 1, index].map((at) => characters[at]?.codePointAt(0) ?? Number.NaN);
  const step = (b as number) - (a as number);
  return Math.abs(step) <= 1 && (c as number) - (b as number) === step;
}
