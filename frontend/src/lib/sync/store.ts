import { type Action, giveUp, perform } from "@/lib/sync/actions";
import { Draft } from "@/lib/sync/batch";
import { resolve, retry } from "@/lib/sync/conflicts";
import { decide, putBack } from "@/lib/sync/decide";
import { emptySnapshot } from "@/lib/sync/empty-snapshot";
import { Latch } from "@/lib/sync/latch";
import { Replica } from "@/lib/sync/replica";
import { takeSnapshot } from "@/lib/sync/snapshot";
import { Tab, type TabParts } from "@/lib/sync/tab";
import { readTrash } from "@/lib/sync/trash";
import type {
  Choice,
  Field,
  Intent,
  Patch,
  Receipt,
  Snapshot,
  TodoStore,
  TodoView,
  Undone,
  Unsynced,
} from "@/lib/sync/types";
import { History, type Reversal } from "@/lib/sync/undo";

/** More than this is not taken: what waits for so long should be looked at, and storage has an end. */
export const MOST_UNSENT = 20_000;

export interface StoreParts extends TabParts {
  /** Asks the browser not to throw away what is kept, once there is something a person did. */
  readonly askToPersist?: () => void;
}

/**
 * The todos of one person, offline first. What a person does is applied to the copy in memory at once, kept by this tab,
 * and sent by the tab whose turn it is. Memory, storage and other tabs are changed by the same batches.
 */
export class Store implements TodoStore {
  #snapshot: Snapshot = emptySnapshot;
  readonly #listeners = new Set<() => void>();
  readonly #changed = new Latch();
  readonly #replica = new Replica();
  readonly #history = new History();
  readonly #tab: Tab;
  #hasAsked = false;

  constructor(private readonly parts: StoreParts) {
    this.#tab = new Tab(parts, this.#replica, () => this.#refresh());
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.#snapshot;

  get(todoId: string): TodoView | undefined {
    return this.#replica.view(todoId);
  }

  start(): () => void {
    const stop = this.#tab.start();
    const returned = new AbortController();
    const { signal } = returned;
    const back = () => this.kick();
    globalThis.addEventListener?.("online", back, { signal });
    globalThis.document?.addEventListener(
      "visibilitychange",
      () => document.visibilityState === "visible" && back(),
      { signal },
    );
    return () => {
      returned.abort();
      stop();
    };
  }

  mutate(intents: Intent | readonly Intent[]): Receipt {
    const list = [intents].flat();
    if (this.#replica.unsent + list.length > MOST_UNSENT) return { todo_ids: [], refused: "outbox-full" };
    const action = this.#perform(list);
    if (action.queued.length === 0) return { todo_ids: [] };
    const name = this.#history.record(action);
    this.#keep(action);
    return { action: name, todo_ids: idsOf(action) };
  }

  giveUp(todoId: string, typed: Patch): Receipt {
    const action = giveUp(this.#replica, todoId, typed);
    if (!action) return nothingDone;
    const name = this.#history.record(action);
    this.#refresh();
    return { action: name, todo_ids: [todoId] };
  }

  undo(action?: number): Undone | undefined {
    const reversal = this.#history.takeDone(this.#replica, action);
    return reversal && this.#reverse(reversal, "undone");
  }

  redo(): Undone | undefined {
    const reversal = this.#history.takeUndone(this.#replica);
    return reversal && this.#reverse(reversal, "done");
  }

  resolve(todoId: string, choice: Choice | Partial<Record<Field, Choice>>): Receipt {
    const row = this.#replica.conflicts.get(todoId);
    if (!row) return nothingDone;
    const question = { table: "conflicts", key: todoId, row } as const;
    return this.#decide(question, resolve(this.#replica, row, choice));
  }

  retry(refusalId: string, patch: Patch = {}): Receipt {
    const row = this.#replica.refusals.get(refusalId);
    if (!row) return nothingDone;
    return this.#decide({ table: "refusals", key: row.id, row }, retry(this.#replica, row, patch));
  }

  discard(refusalId: string): Receipt {
    const row = this.#replica.refusals.get(refusalId);
    if (!row) return nothingDone;
    return this.#decide({ table: "refusals", key: row.id, row }, new Draft().drop("refusals", row.id));
  }

  async loadTrash(signal: AbortSignal): Promise<void> {
    await readTrash(this.parts.transport, this.#replica, (draft) => this.#commit(draft), signal);
  }

  kick(): void {
    this.#tab.kick();
  }

  async flush(signal: AbortSignal): Promise<boolean> {
    if (!(await this.read(signal))) return false;
    this.kick();
    while (this.#replica.unsent > 0 && !signal.aborted) await this.#changed.wait(signal);
    await this.saved(signal);
    const { unsent, conflicts, refusals } = this.unsynced();
    return unsent + conflicts + refusals === 0;
  }

  async read(signal: AbortSignal): Promise<boolean> {
    while (this.#tab.told.phase === "opening" && !signal.aborted) await this.#changed.wait(signal);
    return !this.unsynced().unread;
  }

  saved(signal: AbortSignal): Promise<boolean> {
    return this.#tab.saved(signal);
  }

  unsynced(): Unsynced {
    const { unsent, conflicts, refusals } = this.#snapshot;
    const unread = !this.#tab.hasRead;
    return { unsent, conflicts: conflicts.length, refusals: refusals.length, unread };
  }

  #perform(intents: readonly Intent[]): Action {
    const action = perform(this.#replica, intents);
    if (!this.#hasAsked && action.queued.length > 0) {
      this.#hasAsked = true;
      this.parts.askToPersist?.();
    }
    return action;
  }

  #decide(question: Parameters<typeof decide>[1], answer: Draft): Receipt {
    const action = decide(this.#replica, question, answer);
    const name = this.#history.record(action);
    this.#tab.keep(answer.toBatch());
    return { action: name, todo_ids: [...new Set(action.inverses.map(({ todo_id }) => todo_id))] };
  }

  #reverse({ entry, intents, rows, skipped }: Reversal, into: "done" | "undone"): Undone {
    const action = this.#perform(intents);
    const { batch, back } = putBack(this.#replica, rows);
    const inverses = [...action.inverses, ...back];
    this.#history.recordReversal({ ...action, inverses }, entry.undoable, into);
    this.#tab.keep(
      new Draft()
        .add(batch)
        .put("outbox", ...action.queued)
        .toBatch(),
    );
    return { todo_ids: [...new Set(inverses.map(({ todo_id }) => todo_id))], skipped };
  }

  /** Performing has applied it already. */
  #keep({ queued }: Action): void {
    this.#tab.keep({ put: { outbox: queued } });
  }

  #commit(draft: Draft): void {
    const batch = draft.toBatch();
    this.#replica.apply(batch);
    this.#tab.keep(batch);
  }

  #refresh(): void {
    const { undoable, redoable } = this.#history;
    this.#snapshot = takeSnapshot(this.#replica, { ...this.#tab.told, undoable, redoable });
    this.#changed.open();
    for (const listener of this.#listeners) listener();
  }
}

const nothingDone: Receipt = { todo_ids: [] };

const idsOf = ({ queued }: Action): string[] => [
  ...new Set(queued.map(({ operation }) => operation.todo_id)),
];
