import { keysWith } from "@/lib/storage/area";
import type { StorageArea } from "@/lib/storage/entry";
import { isObject } from "@/lib/storage/shapes";
import {
  type Batch,
  keyOf,
  nothingRead,
  type Rows,
  type SyncState,
  type Table,
  tables,
} from "@/lib/sync/batch";
import { rowsPrefix } from "@/lib/sync/persistence/keys";
import { type Persistence, StorageFull } from "@/lib/sync/persistence/port";

/**
 * For browsers without IndexedDB: a key per row. It holds some 5 MB and is written while the page waits, so this is the
 * second choice. Local storage has no transactions: a batch is written to a log first, and a log that is found is
 * finished before anything is read.
 */
export function localPersistence(area: StorageArea, userId: string): Persistence {
  const prefix = rowsPrefix(userId);
  const keyIn = (table: Table | "meta", key: string) => `${prefix}${table}:${key}`;
  const log = `${prefix}log`;

  const readJson = (key: string): unknown => {
    try {
      return JSON.parse(area.getItem(key) ?? "null") as unknown;
    } catch {
      return null;
    }
  };
  const readRow = <T extends Table>(table: T, key: string): Rows[T] | undefined => {
    const row = readJson(keyIn(table, key));
    return isObject(row) ? (row as unknown as Rows[T]) : undefined;
  };
  const readSync = (): SyncState => {
    const sync = readJson(keyIn("meta", "sync"));
    return isObject(sync) ? (sync as unknown as SyncState) : nothingRead;
  };
  const apply = ({ put, drop, sync }: Batch): void => {
    for (const table of tables) {
      for (const key of drop?.[table] ?? []) area.removeItem(keyIn(table, key));
      for (const row of put?.[table] ?? []) {
        area.setItem(keyIn(table, keyOf[table](row as never)), JSON.stringify(row));
      }
    }
    if (sync) area.setItem(keyIn("meta", "sync"), JSON.stringify(sync));
  };
  const finish = (): void => {
    const batch = readJson(log);
    if (!isObject(batch)) return;
    apply(batch as Batch);
    area.removeItem(log);
  };

  return {
    kind: "local-storage",
    load: async () => {
      finish();
      const rows = tables.map((table) => {
        const start = keyIn(table, "");
        const ids = keysWith(area, start).map((key) => key.slice(start.length));
        return [table, ids.flatMap((id) => readRow(table, id) ?? [])] as const;
      });
      return { put: Object.fromEntries(rows), sync: readSync() };
    },
    read: async ({ keys, sync }) => {
      finish();
      const found = tables.map(
        (table) => [table, (keys[table] ?? []).map((key) => readRow(table, key))] as const,
      );
      const put = found.map(([table, rows]) => [table, rows.filter((row) => row !== undefined)]);
      const drop = found.map(([table, rows]) => [
        table,
        (keys[table] ?? []).filter((_, index) => rows[index] === undefined),
      ]);
      return {
        put: Object.fromEntries(put),
        drop: Object.fromEntries(drop),
        ...(sync ? { sync: readSync() } : {}),
      };
    },
    write: async (batch) => {
      finish();
      try {
        area.setItem(log, JSON.stringify(batch));
      } catch (cause) {
        throw new StorageFull("There is no more room.", { cause });
      }
      writeRoomily(batch);
    },
    close: () => undefined,
  };

  /** The log needs as much room as the rows. Where only one of both fits, what was there before comes back. */
  function writeRoomily(batch: Batch): void {
    const before = beforeOf(batch);
    try {
      apply(batch);
      area.removeItem(log);
    } catch (cause) {
      area.removeItem(log);
      apply(before);
      throw new StorageFull("There is no more room.", { cause });
    }
  }

  function beforeOf({ put, drop, sync }: Batch): Batch {
    const old = tables.map((table) => {
      const ids = [
        ...(drop?.[table] ?? []),
        ...(put?.[table] ?? []).map((row) => keyOf[table](row as never)),
      ];
      return [table, ids.map((id) => [id, readRow(table, id)] as const)] as const;
    });
    return {
      put: Object.fromEntries(old.map(([table, rows]) => [table, rows.flatMap(([, row]) => row ?? [])])),
      drop: Object.fromEntries(
        old.map(([table, rows]) => [table, rows.filter(([, row]) => !row).map(([id]) => id)]),
      ),
      ...(sync ? { sync: readSync() } : {}),
    };
  }
}
