import { Dexie, type Table as DexieTable } from "dexie";
import { type Batch, nothingRead, type Rows, type SyncState, type Table, tables } from "@/lib/sync/batch";
import { databaseName } from "@/lib/sync/persistence/keys";
import {
  type Persistence,
  type PersistenceEvents,
  StorageFull,
  StorageLost,
} from "@/lib/sync/persistence/port";

interface Meta {
  readonly key: "sync";
  readonly value: SyncState;
}

/** The database engine: the browser's own, or the one that a test brings. */
export interface Engine {
  readonly indexedDB: IDBFactory;
  readonly IDBKeyRange: typeof globalThis.IDBKeyRange;
}

/** One database per person: another account in the same browser has nothing to see, and signing out removes a whole. */
class TodoDatabase extends Dexie {
  declare readonly shadow: DexieTable<Rows["shadow"], string>;
  declare readonly outbox: DexieTable<Rows["outbox"], string>;
  declare readonly conflicts: DexieTable<Rows["conflicts"], string>;
  declare readonly refusals: DexieTable<Rows["refusals"], string>;
  declare readonly meta: DexieTable<Meta, string>;

  constructor(userId: string, engine: Engine) {
    // What a person typed is on the disk before the browser says so, not only handed to the system.
    super(databaseName(userId), { chromeTransactionDurability: "strict", ...engine });
    this.version(1).stores({
      shadow: "id",
      outbox: "operation.op_id",
      conflicts: "todo_id",
      refusals: "id",
      meta: "key",
    });
  }
}

/** IndexedDB. Throws where a browser does not have it, or does not let anybody use it. */
export async function openDatabase(
  userId: string,
  events: PersistenceEvents,
  engine: Engine,
): Promise<Persistence> {
  const db = new TodoDatabase(userId, engine);
  let lost: StorageLost | undefined;
  // Closed for good, as Dexie would otherwise open (and so create) it again with the next write.
  const close = (reason: StorageLost["reason"]) => {
    lost ??= new StorageLost(reason);
    db.close({ disableAutoOpen: true });
  };
  db.on("versionchange", (event) => {
    close(event.newVersion === null ? "erased" : "outdated");
    events.lost(event.newVersion === null ? "erased" : "outdated");
    return false;
  });
  db.on("blocked", () => events.blocked());
  db.on("close", () => {
    if (lost) return;
    close("broken");
    events.lost("broken");
  });
  await db.open();
  return {
    kind: "database",
    load: () =>
      failing(
        () => lost,
        () => db.transaction("r", db.tables, () => loadAll(db)),
      ),
    read: (touched) =>
      failing(
        () => lost,
        () => db.transaction("r", db.tables, () => readSome(db, touched)),
      ),
    write: (batch) =>
      failing(
        () => lost,
        () => db.transaction("rw", db.tables, () => writeAll(db, batch)),
      ),
    close: () => close("broken"),
  };
}

async function loadAll(db: TodoDatabase): Promise<Batch> {
  const [shadow, outbox, conflicts, refusals, meta] = await Promise.all([
    db.shadow.toArray(),
    db.outbox.toArray(),
    db.conflicts.toArray(),
    db.refusals.toArray(),
    db.meta.get("sync"),
  ]);
  return { put: { shadow, outbox, conflicts, refusals }, sync: meta?.value ?? nothingRead };
}

async function readSome(
  db: TodoDatabase,
  { keys, sync }: Parameters<Persistence["read"]>[0],
): Promise<Batch> {
  const [found, meta] = await Promise.all([
    Promise.all(tables.map((table) => readRows(db, table, keys[table] ?? []))),
    sync ? db.meta.get("sync") : undefined,
  ]);
  const put = tables.map((table, index) => [table, found[index]?.rows]);
  const drop = tables.map((table, index) => [table, found[index]?.missing]);
  return {
    put: Object.fromEntries(put),
    drop: Object.fromEntries(drop),
    ...(meta ? { sync: meta.value } : {}),
  };
}

async function readRows(db: TodoDatabase, table: Table, keys: readonly string[]) {
  if (keys.length === 0) return { rows: [], missing: [] };
  const found = await db.table<Rows[Table], string>(table).bulkGet([...keys]);
  const rows = found.filter((row) => row !== undefined);
  return { rows, missing: keys.filter((_, index) => found[index] === undefined) };
}

async function writeAll(db: TodoDatabase, { put, drop, sync }: Batch): Promise<void> {
  for (const table of tables) {
    const keys = drop?.[table] ?? [];
    const rows = put?.[table] ?? [];
    if (keys.length > 0) await db.table(table).bulkDelete([...keys]);
    if (rows.length > 0) await db.table(table).bulkPut([...rows]);
  }
  if (sync) await db.meta.put({ key: "sync", value: sync });
}

/** Says what went wrong in the port's words. */
async function failing<Result>(
  lost: () => StorageLost | undefined,
  work: () => PromiseLike<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (isFull(cause)) throw new StorageFull("There is no more room.", { cause });
    throw lost() ?? new StorageLost("broken", { cause });
  }
}

/** Dexie reports the failure of a transaction, which names the reason inside. */
function isFull(error: unknown): boolean {
  if (!(error instanceof Error) && !(error instanceof DOMException)) return false;
  const { inner, failures } = error as { inner?: unknown; failures?: unknown[] };
  return error.name === Dexie.errnames.QuotaExceeded || isFull(inner) || (failures ?? []).some(isFull);
}
