import type { StorageArea } from "@/lib/storage/entry";
import type { Batch } from "@/lib/sync/batch";
import { removeKeys, rowsPrefix } from "@/lib/sync/persistence/keys";
import { localPersistence } from "@/lib/sync/persistence/local-storage";

/**
 * What a person did while the database could not be opened was kept in local storage. Once it can be, that moves there:
 * what is to be sent and to be decided. The rest the server tells again.
 */
export async function moveFallback(
  area: StorageArea,
  userId: string,
  take: (batch: Batch) => Promise<void>,
): Promise<void> {
  const { put } = await localPersistence(area, userId).load();
  const { outbox = [], conflicts = [], refusals = [] } = put ?? {};
  if (outbox.length + conflicts.length + refusals.length > 0)
    await take({ put: { outbox, conflicts, refusals } });
  removeKeys(area, rowsPrefix(userId));
}
