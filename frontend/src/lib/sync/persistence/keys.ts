import { keysWith } from "@/lib/storage/area";
import { type StorageArea, storageKey } from "@/lib/storage/entry";

/** What the keys of a person's rows begin with, where there is no database. */
export const rowsPrefix = (userId: string): string => `${storageKey(`sync:${userId}`, 1)}:`;

/** And those of the queue of the version before the database. */
export const journalPrefix = (userId: string): string => `${storageKey(`outbox:${userId}`, 1)}:`;

export const databaseName = (userId: string): string => `daybook:${userId}`;

/** Removes every key that starts with a prefix. */
export function removeKeys(area: StorageArea, prefix: string): void {
  try {
    for (const key of keysWith(area, prefix)) area.removeItem(key);
  } catch {
    // A browser that forbids storage kept nothing that could be removed.
  }
}
