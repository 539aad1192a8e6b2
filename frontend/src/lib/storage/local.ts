import { languages } from "@/lib/i18n/languages";
import { browserArea } from "@/lib/storage/area";
import type { Drafts } from "@/lib/storage/drafts";
import { createEntry, type Entry, type StorageArea } from "@/lib/storage/entry";
import { isObject, oneOf, type Shape, texts } from "@/lib/storage/shapes";

/** Who was signed in here last. Not a credential: it only decides what to show until the server has answered. */
export interface SessionHint {
  /** `ending`: the person signed out while the server could not be told; it will be told on the next start. */
  readonly state: "in" | "ending";
  readonly user: { readonly id: string; readonly email: string; readonly display_name: string | null };
}

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const languageChoices = ["system", ...languages] as const;
export type LanguageChoice = (typeof languageChoices)[number];

export const switches = ["on", "off"] as const;
export type Switch = (typeof switches)[number];

/** Everything Daybook keeps in local storage, except the journal of unsent changes (`lib/sync/journal.ts`). */
export interface Local {
  readonly theme: Entry<Theme>;
  readonly language: Entry<LanguageChoice>;
  /** Whether single letters do something: in the way of those who speak to their computer. */
  readonly letterKeys: Entry<Switch>;
  readonly session: Entry<SessionHint | null>;
  /** Text typed and not yet saved, by where it was typed. One entry per person. */
  drafts(userId: string): Entry<Drafts>;
}

export function createLocal(area: StorageArea = browserArea()): Local {
  const drafts = new Map<string, Entry<Drafts>>();
  return {
    theme: createEntry<Theme>({ area, name: "theme", version: 1, shape: oneOf(themes), fallback: "system" }),
    language: createEntry<LanguageChoice>({
      area,
      name: "language",
      version: 1,
      shape: oneOf(languageChoices),
      fallback: "system",
    }),
    letterKeys: createEntry<Switch>({
      area,
      name: "letter-keys",
      version: 1,
      shape: oneOf(switches),
      fallback: "on",
    }),
    session: createEntry<SessionHint | null>({
      area,
      name: "session",
      version: 1,
      shape: hint,
      fallback: null,
    }),
    drafts(userId) {
      const known = drafts.get(userId);
      if (known) return known;
      const entry = createEntry<Drafts>({
        area,
        name: `drafts:${userId}`,
        version: 1,
        shape: texts,
        fallback: {},
      });
      drafts.set(userId, entry);
      return entry;
    },
  };
}

const hint: Shape<SessionHint> = (value) => {
  if (!isObject(value) || !oneOf(["in", "ending"])(value.state) || !isObject(value.user)) return undefined;
  const { id, email, display_name } = value.user;
  const isPerson = typeof id === "string" && typeof email === "string";
  return isPerson && (display_name === null || typeof display_name === "string")
    ? (value as unknown as SessionHint)
    : undefined;
};
