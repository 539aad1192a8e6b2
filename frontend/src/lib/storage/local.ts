import * as z from "zod/mini";
import { browserArea } from "@/lib/storage/area";
import { createEntry, type Entry, type StorageArea } from "@/lib/storage/entry";

const hint = z.object({
  /** `ending`: the person signed out while the server could not be told; it will be told on the next start. */
  state: z.enum(["in", "ending"]),
  user: z.object({ id: z.string(), email: z.string(), display_name: z.nullable(z.string()) }),
});

/** Who was signed in here last. Not a credential: it only decides what to show until the server has answered. */
export type SessionHint = z.infer<typeof hint>;

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const filters = ["all", "active", "done"] as const;
export type Filter = (typeof filters)[number];

export type Drafts = Record<string, string>;

/** Everything Daybook keeps in local storage, except the journal of unsent changes (`lib/sync/journal.ts`). */
export interface Local {
  readonly theme: Entry<Theme>;
  readonly filter: Entry<Filter>;
  readonly session: Entry<SessionHint | null>;
  /** Text typed and not yet saved, by where it was typed. One entry per person. */
  drafts(userId: string): Entry<Drafts>;
}

export function createLocal(area: StorageArea = browserArea()): Local {
  const drafts = new Map<string, Entry<Drafts>>();
  return {
    theme: createEntry({ area, name: "theme", version: 1, schema: z.enum(themes), fallback: "system" }),
    filter: createEntry({ area, name: "filter", version: 1, schema: z.enum(filters), fallback: "all" }),
    session: createEntry({ area, name: "session", version: 1, schema: z.nullable(hint), fallback: null }),
    drafts(userId) {
      const known = drafts.get(userId);
      if (known) return known;
      const schema = z.record(z.string(), z.string());
      const entry = createEntry({
        area,
        name: `drafts:${userId}`,
        version: 1,
        schema,
        fallback: {} as Drafts,
      });
      drafts.set(userId, entry);
      return entry;
    },
  };
}
