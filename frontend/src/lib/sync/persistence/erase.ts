import { createEntry, type StorageArea } from "@/lib/storage/entry";
import type { Shape } from "@/lib/storage/shapes";
import { databaseName, journalPrefix, removeKeys, rowsPrefix } from "@/lib/sync/persistence/keys";
import type { Locks } from "@/lib/tabs/locks";

const LOCK = "daybook:erasing";

const ids: Shape<readonly string[]> = (value) =>
  Array.isArray(value) && value.every((id) => typeof id === "string") ? (value as string[]) : undefined;

/** Whose databases are still to be removed: the browser may be closed before it has done so. */
const pending = (area: StorageArea) =>
  createEntry<readonly string[]>({ area, name: "erasing", version: 1, shape: ids, fallback: [] });

/** Removes everything that this browser keeps of a person's todos. What can be, at once; the database as soon as may be. */
export function eraseTodos(area: StorageArea, userId: string, locks: Locks): void {
  const list = pending(area);
  list.set([...new Set([...list.get(), userId])]);
  removeAllKeys(area, userId);
  void awaitErasure(area, userId, locks);
}

/** Goes on with what was not finished when the browser was closed. */
export async function finishErasing(area: StorageArea, locks: Locks): Promise<void> {
  for (const userId of pending(area).get()) await awaitErasure(area, userId, locks);
}

/** Resolves when nothing of an earlier stay of this person is left to be removed, or it cannot be. */
export function awaitErasure(area: StorageArea, userId: string, locks: Locks): Promise<void> {
  return finish(area, userId, locks, false);
}

/**
 * The same before this person keeps something new. What cannot be removed is theirs again then: a later start would
 * remove what they do now.
 */
export function eraseBeforeReturn(area: StorageArea, userId: string, locks: Locks): Promise<void> {
  return finish(area, userId, locks, true);
}

function finish(area: StorageArea, userId: string, locks: Locks, isBack: boolean): Promise<void> {
  const list = pending(area);
  if (!list.get().includes(userId)) return Promise.resolve();
  // Under a lock, as another tab may have removed it and have begun to keep new things there.
  return locks.request(LOCK, {}, async () => {
    if (!list.get().includes(userId)) return;
    const isGone = await deleteDatabase(databaseName(userId));
    // A tab that was told only by the database may have kept something until then.
    removeAllKeys(area, userId);
    if (!isGone && !isBack) return;
    const left = list.get().filter((other) => other !== userId);
    if (left.length > 0) list.set(left);
    else list.remove();
  });
}

function removeAllKeys(area: StorageArea, userId: string): void {
  for (const prefix of [journalPrefix(userId), rowsPrefix(userId)]) removeKeys(area, prefix);
}

/**
 * Tabs that have it open close it when they are told. Answers whether it is gone: what failed is tried again at the next
 * start. Where there are no databases, there is none.
 */
function deleteDatabase(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const request = globalThis.indexedDB?.deleteDatabase(name);
      request?.addEventListener("success", () => resolve(true));
      request?.addEventListener("error", () => resolve(false));
      if (!request) resolve(true);
    } catch {
      resolve(false);
    }
  });
}
