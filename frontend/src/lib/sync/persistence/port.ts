import type { Batch, Touched } from "@/lib/sync/batch";

/** Where the tables of one person are kept. Every adapter passes the same tests (`contract.test.ts`). */
export interface Persistence {
  readonly kind: "database" | "local-storage" | "memory";
  /** Everything. */
  load(): Promise<Batch>;
  /** Some rows as they are now: rows that do not exist are in `drop`. */
  read(touched: Touched): Promise<Batch>;
  /** All of it or nothing. Throws `StorageFull` or `StorageLost`. */
  write(batch: Batch): Promise<void>;
  close(): void;
}

/** The browser gives no more room. The same batch may be written later. */
export class StorageFull extends Error {
  override readonly name = "StorageFull";
}

/** `outdated` by a newer version of the app in another tab, `erased` because the person signed out, or `broken`. */
export type LostReason = "outdated" | "erased" | "broken";

/** It cannot be written to any more. */
export class StorageLost extends Error {
  override readonly name = "StorageLost";

  constructor(
    readonly reason: LostReason,
    options?: ErrorOptions,
  ) {
    super(`The storage is ${reason}.`, options);
  }
}

export interface PersistenceEvents {
  /** The connection was closed from outside. */
  lost(reason: LostReason): void;
  /** An older version of the app holds the database in another tab. */
  blocked(): void;
}

/** What the store asks for when it starts. Fails only when that was aborted: the last resort is memory. */
export type OpenPersistence = (events: PersistenceEvents, signal: AbortSignal) => Promise<Persistence>;
