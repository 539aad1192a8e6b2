import { load } from "@/lib/load";
import type { StorageArea } from "@/lib/storage/entry";
import type { Batch } from "@/lib/sync/batch";
import { eraseBeforeReturn } from "@/lib/sync/persistence/erase";
import { moveFallback } from "@/lib/sync/persistence/fallback";
import { moveJournal } from "@/lib/sync/persistence/journal";
import { localPersistence } from "@/lib/sync/persistence/local-storage";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import type { OpenPersistence, Persistence, PersistenceEvents } from "@/lib/sync/persistence/port";
import type { Locks } from "@/lib/tabs/locks";

/** Opening takes a moment. After this long, somebody is in the way. */
const SLOW = 8_000;

/** Opens the best that this browser has, with what was left elsewhere to be sent. */
export const openPersistence =
  (area: StorageArea, userId: string, locks: Locks): OpenPersistence =>
  async (events, signal) => {
    // A tab that sleeps holds an old database for as long as it likes: the person can close it, if they know.
    const slow = setTimeout(() => events.blocked(), SLOW);
    const stop = () => clearTimeout(slow);
    signal.addEventListener("abort", stop);
    const persistence = await eraseBeforeReturn(area, userId, locks)
      .then(() => best(area, userId, events, signal))
      .finally(stop);
    const take = (batch: Batch) => persistence.write(batch);
    try {
      await moveJournal(area, userId, take);
      if (persistence.kind === "database") await moveFallback(area, userId, take);
    } catch {
      // There was no room for it: it stays where it was, and moves the next time.
      return persistence;
    }
    return persistence;
  };

async function best(
  area: StorageArea,
  userId: string,
  events: PersistenceEvents,
  signal: AbortSignal,
): Promise<Persistence> {
  const engine = browserEngine();
  if (engine) {
    const { openDatabase } = await load(() => import("@/lib/sync/persistence/database"), signal);
    try {
      return await openDatabase(userId, events, engine);
    } catch {
      // Blocked by the browser's settings, or broken: the next best does.
      return withoutDatabase(area, userId);
    }
  }
  return withoutDatabase(area, userId);
}

/** Merely touching `indexedDB` throws in some browsers, when they are told to keep nothing of this site. */
function browserEngine(): Pick<typeof globalThis, "indexedDB" | "IDBKeyRange"> | undefined {
  try {
    const { indexedDB, IDBKeyRange } = globalThis;
    return indexedDB ? { indexedDB, IDBKeyRange } : undefined;
  } catch {
    return undefined;
  }
}

const withoutDatabase = (area: StorageArea, userId: string): Persistence =>
  writable(area) ? localPersistence(area, userId) : memoryPersistence();

const PROBE = "daybook:probe";

function writable(area: StorageArea): boolean {
  try {
    area.setItem(PROBE, "1");
    area.removeItem(PROBE);
    return globalThis.localStorage !== undefined && area === globalThis.localStorage;
  } catch {
    return false;
  }
}
