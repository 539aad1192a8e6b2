import type { StorageArea } from "@/lib/storage/entry";
import type { JournalEntry } from "@/lib/sync/persistence/journal";
import { journalPrefix } from "@/lib/sync/persistence/keys";

/**
 * When the database takes nothing any more (no room, closed by a newer version), what a person did goes where an older
 * version kept it: local storage has room of its own, and the journal found there is moved at the next start.
 */
export class Rescue {
  readonly #prefix: string;
  readonly #rescued = new Set<string>();

  constructor(
    private readonly area: StorageArea,
    userId: string,
  ) {
    this.#prefix = journalPrefix(userId);
  }

  /** Keeps what there is room for; `has` tells. */
  put(entries: readonly JournalEntry[]): void {
    for (const { key, entry } of entries) {
      try {
        this.area.setItem(this.#prefix + key, JSON.stringify(entry));
        this.#rescued.add(key);
      } catch {
        this.#rescued.delete(key);
      }
    }
  }

  has(entries: readonly JournalEntry[]): boolean {
    return entries.every(({ key }) => this.#rescued.has(key));
  }

  get isEmpty(): boolean {
    return this.#rescued.size === 0;
  }

  /** They are in the database now, or do not have to be anywhere any more. */
  forget(keys: Iterable<string>): void {
    if (this.isEmpty) return;
    for (const key of keys) {
      if (this.#rescued.delete(key)) this.area.removeItem(this.#prefix + key);
    }
  }
}
