import { type Batch, keyOf, nothingRead, type Rows, type Table, tables } from "@/lib/sync/batch";
import type { Persistence } from "@/lib/sync/persistence/port";

/** Nothing survives the page, and no other tab sees it. */
export function memoryPersistence(): Persistence {
  const rows: { [T in Table]: Map<string, Rows[T]> } = {
    shadow: new Map(),
    outbox: new Map(),
    conflicts: new Map(),
    refusals: new Map(),
  };
  let sync = nothingRead;

  const all = () => Object.fromEntries(tables.map((table) => [table, [...rows[table].values()]]));
  return {
    kind: "memory",
    load: async () => ({ put: all(), sync }),
    read: async ({ keys, sync: asked }) => {
      const put = tables.map((table) => [
        table,
        (keys[table] ?? []).flatMap((key) => rows[table].get(key) ?? []),
      ]);
      const drop = tables.map((table) => [table, (keys[table] ?? []).filter((key) => !rows[table].has(key))]);
      return { put: Object.fromEntries(put), drop: Object.fromEntries(drop), ...(asked ? { sync } : {}) };
    },
    write: async (batch) => {
      for (const table of tables) writeTable(rows[table], table, batch);
      sync = batch.sync ?? sync;
    },
    close: () => undefined,
  };
}

function writeTable<T extends Table>(rows: Map<string, Rows[T]>, table: T, { put, drop }: Batch): void {
  for (const key of drop?.[table] ?? []) rows.delete(key);
  for (const row of put?.[table] ?? []) rows.set(keyOf[table](row), row);
}
