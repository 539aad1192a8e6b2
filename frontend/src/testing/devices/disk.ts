import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { Engine } from "@/lib/sync/persistence/database";

/** The disk of a device. What was committed survives a crash; what is being written when it comes does not. */
export class Disk {
  readonly engine: Engine;
  /** Writes that a crash has cut. */
  interrupted = 0;
  readonly #connections = new Set<IDBDatabase>();
  readonly #writing = new Set<IDBTransaction>();
  #awaited: (() => void)[] = [];

  constructor() {
    const indexedDB = new IDBFactory();
    const open = indexedDB.open.bind(indexedDB);
    indexedDB.open = (...args: Parameters<typeof open>) => {
      const request = open(...args);
      // Before whoever has asked for it: nothing is written that is not watched.
      request.addEventListener("success", () => this.#watch(request.result as unknown as IDBDatabase));
      return request;
    };
    this.engine = { indexedDB, IDBKeyRange };
  }

  /** Resolves as soon as something begins to be written. */
  nextWrite(): Promise<void> {
    return new Promise((resolve) => this.#awaited.push(resolve));
  }

  /** The power goes: whoever had it open writes nothing any more. */
  crash(): void {
    this.interrupted += [...this.#writing].filter(cut).length;
    for (const connection of this.#connections) {
      connection.transaction = () => {
        throw new DOMException("The power is off.", "InvalidStateError");
      };
      connection.close();
    }
    this.#connections.clear();
  }

  #watch(connection: IDBDatabase): void {
    this.#connections.add(connection);
    const begin = connection.transaction.bind(connection);
    connection.transaction = (...args: Parameters<typeof begin>) => {
      const transaction = begin(...args);
      if (transaction.mode !== "readwrite") return transaction;
      this.#writing.add(transaction);
      for (const resolve of this.#awaited.splice(0)) resolve();
      for (const end of ["complete", "abort"])
        transaction.addEventListener(end, () => this.#writing.delete(transaction));
      return transaction;
    };
  }
}

/** False where it was committed a moment ago. */
function cut(transaction: IDBTransaction): boolean {
  try {
    transaction.abort();
    return true;
  } catch {
    return false;
  }
}
