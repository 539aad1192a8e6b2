import { compareTodos, isComplete } from "@/lib/sync/order";
import type { Shadow } from "@/lib/sync/shadow";
import type { Transport } from "@/lib/sync/transport";
import type { ListState, Snapshot, Status, Todo } from "@/lib/sync/types";

const unloaded: ListState = { phase: "idle", more: false, boundary: null };

export const noLists: Snapshot["lists"] = { all: unloaded, active: unloaded, done: unloaded };

/** How far each list has been read from the server. */
export class Lists {
  #states: Snapshot["lists"] = noLists;
  readonly #cursors = new Map<Status, string>();
  readonly #loading = new Map<Status, Promise<void>>();

  constructor(
    private readonly transport: Transport,
    private readonly shadow: Shadow,
    private readonly changed: () => void,
  ) {}

  get states(): Snapshot["lists"] {
    return this.#states;
  }

  load(status: Status, signal: AbortSignal): Promise<void> {
    return this.#once(status, () => this.#read(status, null, null, signal));
  }

  loadMore(status: Status, signal: AbortSignal): Promise<void> {
    const cursor = this.#cursors.get(status);
    if (cursor === undefined || isComplete({ lists: this.#states }, status)) return Promise.resolve();
    return this.#once(status, () => this.#read(status, cursor, this.#states[status].boundary, signal));
  }

  #once(status: Status, read: () => Promise<void>): Promise<void> {
    const current = this.#loading.get(status);
    if (current) return current;
    const loading = read().finally(() => this.#loading.delete(status));
    this.#loading.set(status, loading);
    return loading;
  }

  async #read(status: Status, cursor: string | null, after: Todo | null, signal: AbortSignal): Promise<void> {
    const before = this.#states[status];
    // A list that is shown already stays as it is while it is read again.
    if (before.phase !== "ready") this.#set(status, { ...before, phase: "loading" });
    try {
      const { clock } = this.shadow;
      const page = await this.transport.list(status, cursor, signal);
      this.shadow.takePage(status, page, after, clock);
      this.#reached(status, page.items.at(-1) ?? after, page.next_cursor, cursor === null);
    } catch (error) {
      if (signal.aborted) this.#set(status, before);
      else this.#set(status, { ...before, phase: before.phase === "ready" ? "ready" : "failed", error });
    }
  }

  #reached(status: Status, last: Todo | null, cursor: string | null, fromStart: boolean): void {
    const { phase, boundary, more } = this.#states[status];
    // Reading the first page again does not take back what was loaded behind it.
    const known = phase === "ready" && (!more || isBefore(last, boundary));
    if (fromStart && cursor !== null && known) {
      this.#set(status, { phase, boundary, more });
      return;
    }
    if (cursor === null) this.#cursors.delete(status);
    else this.#cursors.set(status, cursor);
    this.#set(status, { phase: "ready", more: cursor !== null, boundary: cursor === null ? null : last });
  }

  #set(status: Status, state: ListState): void {
    this.#states = { ...this.#states, [status]: state };
    this.changed();
  }
}

const isBefore = (todo: Todo | null, boundary: Todo | null): boolean =>
  todo !== null && boundary !== null && compareTodos(todo, boundary) < 0;
