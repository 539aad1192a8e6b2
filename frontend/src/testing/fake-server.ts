import { ApiProblem, Unreachable } from "@/lib/api/problems";
import type {
  ChangesPage,
  HistoryEntry,
  OperationResult,
  OperationsAnswer,
  SyncedTodo,
  Tombstone,
  TrashPage,
  Verdict,
} from "@/lib/api/types";
import { same, wanted } from "@/lib/sync/fields";
import { type Merged, merge } from "@/lib/sync/merge";
import { compareTodos } from "@/lib/sync/order";
import type { StreamEvent, Transport } from "@/lib/sync/transport";
import { editable, type Operation, type Todo } from "@/lib/sync/types";
import { aTodo } from "@/testing/todos";

export const problem = (status: number, slug: string, retryAfter?: number): ApiProblem =>
  new ApiProblem(status, slug, slug, undefined, [], retryAfter, undefined, {});

type Fault = "lost request" | "lost answer" | ApiProblem;
type Stored = Todo & { purged?: boolean };
type FirstResult = OperationResult & { outcome: Verdict };

const NOW = "2026-11-22T12:00:00Z";

/** The other end of a transport: the protocol's rules in memory, and faults to order. */
export class FakeServer implements Transport {
  readonly todos = new Map<string, Stored>();
  /** Every operation that arrived, repetitions included. */
  readonly received: Operation[] = [];
  readonly pulls: (string | null)[] = [];
  /** What became of the fields of each todo, and by what, the newest first. */
  readonly history = new Map<string, Pick<HistoryEntry, "seq" | "kind" | "changes">[]>();
  /** What decides about an operation; a test of tests may put something wrong here. */
  decide: typeof merge = merge;
  pageSize = 500;
  epoch = "e1";
  head = 0;
  /** What the server does not take, and why. */
  refuses: (operation: Operation) => string | undefined = () => undefined;
  readonly #answers = new Map<string, FirstResult>();
  readonly #listeners = new Set<(event: StreamEvent) => void>();
  readonly #ends = new Set<(error?: Error) => void>();
  #faults: Fault[] = [];
  #last = 1_000_000;

  /** The next calls fail in this way, one after the other. */
  fail(...faults: Fault[]): void {
    this.#faults.push(...faults);
  }

  /** What was ordered does not happen any more. */
  recover(): void {
    this.#faults = [];
  }

  add(...todos: Partial<Todo>[]): Todo[] {
    return todos.map((todo) =>
      this.#store("create", { ...aTodo(todo), position: todo.position ?? `b${--this.#last}` }),
    );
  }

  /** Somebody else's change. */
  change(id: string, changes: Partial<Todo>): void {
    const todo = this.todos.get(id);
    if (todo) this.#store("update", { ...todo, ...changes, version: todo.version + 1 });
  }

  remove(id: string): void {
    this.change(id, { deleted_at: NOW });
  }

  purge(id: string): void {
    const todo = this.todos.get(id);
    if (todo) this.#store("delete", { ...todo, deleted_at: todo.deleted_at ?? NOW, purged: true });
  }

  /** A restored backup: what was told before counts no more. */
  restoreBackup(): void {
    this.epoch = `${this.epoch}+`;
  }

  live(): Todo[] {
    return [...this.todos.values()].filter(({ deleted_at }) => deleted_at === null).sort(compareTodos);
  }

  titles(): string[] {
    return this.live().map(({ title }) => title);
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#listeners.size;
  }

  /** Ends the open streams, or breaks them. */
  endStreams(error?: Error): void {
    for (const end of [...this.#ends]) end(error);
  }

  async push(operations: readonly Operation[], _signal?: AbortSignal): Promise<OperationsAnswer> {
    const fault = await this.#before();
    const results = operations.map((operation) => this.#answer(operation));
    if (fault === "lost answer") throw new Unreachable();
    return structuredClone({ results, epoch: this.epoch, head: this.head });
  }

  async pull(cursor: string | null, _signal?: AbortSignal): Promise<ChangesPage> {
    await this.#before();
    this.pulls.push(cursor);
    const [epoch, seq] = cursor?.split("/") ?? [this.epoch, "0"];
    if (epoch !== this.epoch) throw problem(410, "resync-required");
    const changed = [...this.todos.values()]
      .filter((todo) => todo.seq > Number(seq) && (cursor !== null || todo.deleted_at === null))
      .sort((a, b) => a.seq - b.seq);
    const page = changed.slice(0, this.pageSize);
    const has_more = changed.length > page.length;
    const reached = has_more ? (page.at(-1)?.seq ?? 0) : this.head;
    return structuredClone({
      changes: page.map(toDocument),
      cursor: `${this.epoch}/${reached}`,
      has_more,
      epoch: this.epoch,
      head: this.head,
    });
  }

  async trash(): Promise<TrashPage> {
    await this.#before();
    const items = [...this.todos.values()].filter(({ deleted_at, purged }) => deleted_at !== null && !purged);
    return structuredClone({ items, next_cursor: null });
  }

  stream(listener: (event: StreamEvent) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error) => {
        this.#listeners.delete(listener);
        this.#ends.delete(end);
        if (error) reject(error);
        else resolve();
      };
      if (signal.aborted) return end();
      signal.addEventListener("abort", () => end(), { once: true });
      this.#listeners.add(listener);
      this.#ends.add(end);
      listener({ type: "head", epoch: this.epoch, head: this.head });
    });
  }

  async #before(): Promise<Fault | undefined> {
    await Promise.resolve();
    const fault = this.#faults.shift();
    if (fault === "lost request") throw new Unreachable();
    if (fault instanceof ApiProblem) throw fault;
    return fault;
  }

  #answer(operation: Operation): OperationResult {
    this.received.push(operation);
    const first = this.#answers.get(operation.op_id);
    if (first) {
      const todo = this.todos.get(operation.todo_id);
      return { ...first, outcome: "duplicate", first: first.outcome, todo: todo ? toDocument(todo) : null };
    }
    const result = this.#apply(operation);
    this.#answers.set(operation.op_id, result);
    return result;
  }

  #apply(operation: Operation): FirstResult {
    const { op_id, todo_id, kind } = operation;
    const stored = this.todos.get(todo_id);
    const reason = this.refuses(operation);
    const merged = this.decide(stored ? toStored(stored) : null, operation);
    if (reason || merged.outcome === "rejected") {
      const slug = reason ?? (stored ? "todo-deleted" : "todo-not-found");
      const todo = stored ? toDocument(stored) : null;
      const rejected = { type: `urn:problem:${slug}`, title: slug, status: 422 };
      return { op_id, outcome: "rejected", first: null, todo, seq: null, clashes: {}, problem: rejected };
    }
    const now = merged.version_step ? this.#store(kind, this.#changed(operation, stored, merged)) : stored;
    const { outcome, clashes } = merged;
    if (!now) throw new Error(`${kind} changed nothing`);
    return { op_id, outcome, first: null, todo: toDocument(now), seq: now.seq, clashes, problem: null };
  }

  #changed({ kind, todo_id, changes }: Operation, stored: Stored | undefined, merged: Merged): Stored {
    const base = stored ?? aTodo({ id: todo_id, version: 0, position: `b${--this.#last}` });
    const version = base.version + 1;
    if (kind === "delete") return { ...base, version, deleted_at: NOW };
    const fields = { ...merged.fields } as Partial<Todo>;
    const { position } = wanted(changes);
    const next = { ...base, ...fields, position: position ?? base.position, version, deleted_at: null };
    return next.completed && next.recurrence ? advance(next) : next;
  }

  #store(kind: Operation["kind"], todo: Stored): Stored {
    const stored = { ...todo, seq: ++this.head };
    this.#remember(kind, this.todos.get(todo.id), stored);
    this.todos.set(todo.id, stored);
    for (const listener of this.#listeners) listener({ type: "head", epoch: this.epoch, head: this.head });
    return stored;
  }

  #remember(kind: Operation["kind"], before: Stored | undefined, after: Stored): void {
    const changed = editable.filter((field) => !same(before?.[field], after[field]));
    const changes = changed.map((field) => [field, { from: before?.[field] ?? null, to: after[field] }]);
    const entry = { seq: after.seq, kind, changes: Object.fromEntries(changes) };
    this.history.set(after.id, [entry, ...(this.history.get(after.id) ?? [])]);
  }
}

/** Every recurring todo comes back the next day here. */
function advance(todo: Stored): Stored {
  const due = todo.due && "date" in todo.due ? Date.parse(todo.due.date) : Date.parse(NOW);
  const date = new Date(due + 86_400_000).toISOString().slice(0, 10);
  return { ...todo, completed: false, completed_at: null, due: { date } };
}

function toStored(todo: Stored) {
  const fields = todo.purged ? {} : Object.fromEntries(editable.map((field) => [field, todo[field]]));
  return { fields, version: todo.version, deleted: todo.deleted_at !== null };
}

function toDocument(todo: Stored): SyncedTodo | Tombstone {
  const { id, seq, version, deleted_at, purged = false } = todo;
  return deleted_at === null ? todo : { id, seq, version, deleted_at, purged };
}
