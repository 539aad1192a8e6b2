import type { Changes, Conflict, Operation, Queued, RefusalProblem, Todo } from "@/lib/sync/types";

/** What a person wanted and somebody else prevented, as it is kept. What is stored meanwhile is looked up. */
export interface KeptConflict {
  readonly todo_id: string;
  readonly kind: Conflict["kind"];
  /** The fields in question: the values seen and wanted. */
  readonly changes: Changes;
  readonly seen: Todo;
  /** It is asked again after a choice was taken back: operations up to this one are no answer to it. */
  readonly since?: string;
}

export interface KeptRefusal {
  readonly id: string;
  readonly operation: Operation;
  readonly seen: Todo;
  readonly problem: RefusalProblem;
}

/** How far the server's stream of changes has been read. */
export interface SyncState {
  /** Null until everything has been received once. */
  readonly cursor: string | null;
  readonly epoch: string | null;
  readonly head: number;
}

export const nothingRead: SyncState = { cursor: null, epoch: null, head: 0 };

/** What this device keeps of one person, by table. */
export interface Rows {
  shadow: Todo;
  outbox: Queued;
  conflicts: KeptConflict;
  refusals: KeptRefusal;
}

export type Table = keyof Rows;

export const tables = ["shadow", "outbox", "conflicts", "refusals"] as const satisfies readonly Table[];

export const keyOf: { [T in Table]: (row: Rows[T]) => string } = {
  shadow: (todo) => todo.id,
  outbox: ({ operation }) => operation.op_id,
  conflicts: ({ todo_id }) => todo_id,
  refusals: ({ id }) => id,
};

/**
 * A change of what is kept. It happens as a whole or not at all, in memory, in storage and in other tabs alike; a row is
 * either put or dropped, never both.
 */
export interface Batch {
  readonly put?: { readonly [T in Table]?: readonly Rows[T][] };
  readonly drop?: { readonly [T in Table]?: readonly string[] };
  readonly sync?: SyncState;
}

/** Names the rows that a batch touched, for other tabs to read them. */
export interface Touched {
  readonly keys: { readonly [T in Table]?: readonly string[] };
  readonly sync: boolean;
}

/** Collects what belongs together; a later word about a row replaces an earlier one. */
export class Draft {
  readonly #rows: { [T in Table]: Map<string, Rows[T] | undefined> } = {
    shadow: new Map(),
    outbox: new Map(),
    conflicts: new Map(),
    refusals: new Map(),
  };
  #sync: SyncState | undefined;

  put<T extends Table>(table: T, ...rows: Rows[T][]): this {
    for (const row of rows) this.#rows[table].set(keyOf[table](row), row);
    return this;
  }

  drop(table: Table, ...keys: string[]): this {
    for (const key of keys) this.#rows[table].set(key, undefined);
    return this;
  }

  read(sync: SyncState): this {
    this.#sync = sync;
    return this;
  }

  add(batch: Batch): this {
    for (const table of tables) {
      this.drop(table, ...(batch.drop?.[table] ?? []));
      this.put(table, ...((batch.put?.[table] ?? []) as Rows[typeof table][]));
    }
    this.#sync = batch.sync ?? this.#sync;
    return this;
  }

  /** What is going to be in a row: undefined when nothing was said about it, null when it is dropped. */
  get<T extends Table>(table: T, key: string): Rows[T] | null | undefined {
    const rows = this.#rows[table];
    return rows.has(key) ? (rows.get(key) ?? null) : undefined;
  }

  /** The rows that are going to be put. */
  rows<T extends Table>(table: T): Rows[T][] {
    return [...this.#rows[table].values()].filter((row) => row !== undefined);
  }

  /** Without the rows of which another draft says something. */
  except(newer: Draft): this {
    for (const table of tables) for (const key of newer.#rows[table].keys()) this.#rows[table].delete(key);
    return this;
  }

  get isEmpty(): boolean {
    return this.#sync === undefined && tables.every((table) => this.#rows[table].size === 0);
  }

  get touched(): Touched {
    const keys = tables.map((table) => [table, [...this.#rows[table].keys()]] as const);
    return { keys: Object.fromEntries(keys), sync: this.#sync !== undefined };
  }

  toBatch(): Batch {
    const put = tables.map((table) => [table, this.rows(table)]);
    const drop = tables.map((table) => [
      table,
      [...this.#rows[table]].filter(([, row]) => row === undefined).map(([key]) => key),
    ]);
    return {
      put: Object.fromEntries(put),
      drop: Object.fromEntries(drop),
      ...(this.#sync ? { sync: this.#sync } : {}),
    };
  }
}
