import type { StorageArea } from "@/lib/storage/entry";
import { createJournal, type Journal } from "@/lib/sync/journal";
import { Latch } from "@/lib/sync/latch";
import { Lists } from "@/lib/sync/lists";
import { again, coalesce, createOperation, deleteOperation, updateOperation } from "@/lib/sync/operations";
import { Pump } from "@/lib/sync/pump";
import type { Settlement } from "@/lib/sync/push";
import { Shadow } from "@/lib/sync/shadow";
import { emptySnapshot, takeSnapshot } from "@/lib/sync/snapshot";
import type { Transport } from "@/lib/sync/transport";
import type { Connection, Intent, Queued, Snapshot, Status, Todo, TodoStore } from "@/lib/sync/types";
import { uuid7 } from "@/lib/sync/uuid";
import type { TabChannel } from "@/lib/tabs/channel";
import type { Locks } from "@/lib/tabs/locks";

/** What the sending tab tells the others. */
export type StoreMessage =
  | {
      readonly type: "settled";
      readonly opIds: readonly string[];
      readonly todoId: string;
      readonly stored: Todo | null | undefined;
    }
  | { readonly type: "withdrawn"; readonly opId: string };

export interface StoreParts {
  userId: string;
  area: StorageArea;
  transport: Transport;
  locks: Locks;
  channel: TabChannel<StoreMessage>;
}

/** The todos of one person over the REST API: a shadow in memory, a journal of unsent operations, one tab that sends. */
export class Store implements TodoStore {
  #snapshot: Snapshot = emptySnapshot;
  #connection: Connection = emptySnapshot.connection;
  #leading = false;
  readonly #listeners = new Set<() => void>();
  readonly #changed = new Latch();
  readonly #shadow = new Shadow();
  readonly #journal: Journal;
  readonly #lists: Lists;
  readonly #pump: Pump;
  /** Operations this tab holds back; when it goes, they go. */
  readonly #holding = new Set<string>();
  #stopped = new AbortController();

  constructor(private readonly parts: StoreParts) {
    this.#journal = createJournal(parts.area, parts.userId);
    this.#lists = new Lists(parts.transport, this.#shadow, () => this.#refresh());
    this.#pump = new Pump({
      transport: parts.transport,
      queue: () => this.#queue(),
      stored: (id) => this.#shadow.get(id),
      settle: (queued, settlement) => this.#settle(queued, settlement),
      report: (connection) => this.#report(connection),
    });
    this.#refresh();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.#snapshot;

  start(): () => void {
    this.#stopped = new AbortController();
    const { signal } = this.#stopped;
    const unhear = this.parts.channel.listen((message) => this.#hear(message));
    const unwatch = this.#journal.subscribe(() => this.#refreshAndNudge());
    globalThis.addEventListener?.("online", () => this.kick(), { signal });
    globalThis.addEventListener?.("pagehide", () => this.#releaseAll(), { signal });
    globalThis.addEventListener?.("pageshow", () => this.#catchUp(), { signal });
    void this.#lead(signal);
    void this.#pump.run(signal);
    return () => {
      this.#stopped.abort();
      unhear();
      unwatch();
    };
  }

  mutate(intent: Intent): string | undefined {
    const queued = this.#toQueued(intent);
    if (!queued) return undefined;
    const { op_id } = queued.operation;
    if (queued.held_until) this.#holding.add(op_id);
    this.#journal.put(queued);
    this.#refreshAndNudge();
    return op_id;
  }

  undo(opId: string): boolean {
    const queued = this.#find(opId);
    // While it is not held any more, it may be on its way.
    if (!queued?.held_until || queued.held_until <= Date.now()) return false;
    this.#withdraw(opId);
    return true;
  }

  release(opId: string): void {
    const queued = this.#find(opId);
    if (!this.#holding.delete(opId) || !queued) return;
    const { held_until: _, ...free } = queued;
    this.#journal.put(free);
    this.#refreshAndNudge();
  }

  resolve(opId: string, keep: "mine" | "theirs"): void {
    const queued = this.#find(opId);
    if (!queued?.obstacle) return;
    this.#withdraw(opId);
    if (keep === "mine") this.mutate(again(queued));
  }

  load(status: Status): Promise<void> {
    return this.#lists.load(status, this.#stopped.signal);
  }

  loadMore(status: Status): Promise<void> {
    return this.#lists.loadMore(status, this.#stopped.signal);
  }

  kick(): void {
    this.#pump.kick();
  }

  async flush(signal: AbortSignal): Promise<boolean> {
    this.#releaseAll();
    this.kick();
    while (this.#snapshot.unsent > 0 && !signal.aborted) await this.#changed.wait(signal);
    return this.#snapshot.unsent === 0 && this.#snapshot.obstructed.length === 0;
  }

  /** The tab that has the lock sends for all; when it goes, the browser gives the lock to the next. */
  async #lead(signal: AbortSignal): Promise<void> {
    const lead = async () => {
      this.#leading = true;
      this.#catchUp();
      await new Latch().wait(signal);
      this.#leading = false;
    };
    try {
      await this.parts.locks.request(`daybook:outbox:${this.parts.userId}`, { signal }, lead);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** A tab that does not send for all still sends what the others cannot see. */
  #queue(): readonly Queued[] {
    const all = this.#journal.all();
    return this.#leading ? all : all.filter(({ operation }) => this.#journal.isVolatile(operation.op_id));
  }

  #toQueued(intent: Intent): Queued | undefined {
    if (intent.kind === "create") return createOperation(intent.todo_id ?? uuid7(), intent.patch);
    const seen = this.#snapshot.todos.find((todo) => todo.id === intent.todo_id);
    if (!seen) return undefined;
    const { pending: _, ...todo } = seen;
    if (intent.kind === "update") return updateOperation(todo, intent.patch);
    const queued = deleteOperation(todo);
    return intent.hold ? { ...queued, held_until: Date.now() + intent.hold } : queued;
  }

  #find(opId: string): Queued | undefined {
    return this.#journal.all().find(({ operation }) => operation.op_id === opId);
  }

  #settle(queued: Queued, settlement: Settlement): void {
    const { op_id, todo_id } = queued.operation;
    const opIds = settlement.type === "done" ? [op_id] : this.#obstruct(queued, settlement);
    for (const opId of opIds) this.#journal.remove(opId);
    this.#hear({ type: "settled", opIds, todoId: todo_id, stored: settlement.stored });
    this.parts.channel.post({ type: "settled", opIds, todoId: todo_id, stored: settlement.stored });
  }

  /** Later changes of the same todo join the one that met the obstacle, so that the person is asked once. */
  #obstruct(queued: Queued, { obstacle }: Settlement & { type: "obstructed" }): string[] {
    const { op_id, todo_id } = queued.operation;
    const same = this.#journal
      .all()
      .filter((other) => other.operation.todo_id === todo_id && !other.obstacle);
    const joined = coalesce(
      queued,
      same.filter((other) => other.operation.op_id > op_id),
    );
    if (joined) this.#journal.put({ ...joined, operation: { ...joined.operation, op_id }, obstacle });
    return same.map((other) => other.operation.op_id).filter((other) => !joined || other !== op_id);
  }

  #withdraw(opId: string): void {
    this.#holding.delete(opId);
    this.#journal.remove(opId);
    this.parts.channel.post({ type: "withdrawn", opId });
    this.#refresh();
  }

  #hear(message: StoreMessage): void {
    if (message.type === "withdrawn") this.#journal.drop(message.opId);
    else {
      for (const opId of message.opIds) this.#journal.drop(opId);
      if (message.stored) this.#shadow.put(message.stored);
      else if (message.stored === null) this.#shadow.remove(message.todoId);
    }
    this.#refresh();
  }

  #releaseAll(): void {
    for (const opId of [...this.#holding]) this.release(opId);
  }

  #catchUp(): void {
    this.#journal.reload();
    this.#refreshAndNudge();
  }

  #report(connection: Connection): void {
    if (connection.state === this.#connection.state && connection.state !== "waiting") return;
    this.#connection = connection;
    this.#refresh();
  }

  #refreshAndNudge(): void {
    this.#refresh();
    this.#pump.nudge();
  }

  #refresh(): void {
    this.#snapshot = takeSnapshot({
      shadow: this.#shadow.todos,
      outbox: this.#journal.all(),
      lists: this.#lists.states,
      connection: this.#connection,
    });
    this.#changed.open();
    for (const listener of this.#listeners) listener();
  }
}
