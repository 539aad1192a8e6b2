import {
  type Batch,
  type KeptConflict,
  type KeptRefusal,
  keyOf,
  nothingRead,
  type Table,
  tables,
} from "@/lib/sync/batch";
import { compareDeleted, compareTodos, placeOf } from "@/lib/sync/order";
import { projectTodo } from "@/lib/sync/project";
import type { Queued, Todo, TodoView } from "@/lib/sync/types";
import { witness } from "@/lib/sync/uuid";

/** With more changes than this at once, sorting everything again is cheaper than putting each in its place. */
const FEW = 100;

type Order = (a: Todo, b: Todo) => number;

/** What this tab knows of the tables, with the views that follow from it. Changed by batches only. */
export class Replica {
  readonly shadow = new Map<string, Todo>();
  readonly conflicts = new Map<string, KeptConflict>();
  readonly refusals = new Map<string, KeptRefusal>();
  sync = nothingRead;
  readonly #outbox = new Map<string, Queued>();
  readonly #queues = new Map<string, Queued[]>();
  readonly #views = new Map<string, TodoView>();
  #ordered: readonly Queued[] | undefined;
  #todos: readonly TodoView[] = [];
  #trash: readonly TodoView[] = [];

  get todos(): readonly TodoView[] {
    return this.#todos;
  }

  get trash(): readonly TodoView[] {
    return this.#trash;
  }

  /** Whether nothing is known at all. */
  get isEmpty(): boolean {
    return this.shadow.size + this.#outbox.size + this.conflicts.size + this.refusals.size === 0;
  }

  /** What is still to be sent, in the order it was done. */
  get outbox(): readonly Queued[] {
    this.#ordered ??= [...this.#outbox.values()].sort(byOperation);
    return this.#ordered;
  }

  get unsent(): number {
    return this.#outbox.size;
  }

  isQueued(opId: string): boolean {
    return this.#outbox.has(opId);
  }

  view(todoId: string): TodoView | undefined {
    return this.#views.get(todoId);
  }

  /** What is queued for one todo. */
  queueOf(todoId: string): readonly Queued[] {
    return this.#queues.get(todoId) ?? [];
  }

  apply(batch: Batch): void {
    const changed = new Set<string>();
    for (const key of batch.drop?.outbox ?? []) this.#dequeue(key, changed);
    for (const queued of batch.put?.outbox ?? []) this.#enqueue(queued, changed);
    for (const table of ["shadow", "conflicts", "refusals"] as const) write(this[table], table, batch);
    for (const key of batch.drop?.shadow ?? []) changed.add(key);
    for (const todo of batch.put?.shadow ?? []) changed.add(todo.id);
    this.sync = batch.sync ?? this.sync;
    this.#project(changed);
  }

  /** Takes what was read from storage in the place of everything. */
  replace(batch: Batch): void {
    const known = tables.map((table) => {
      const keys = table === "outbox" ? this.#outbox.keys() : this[table].keys();
      const kept = new Set((batch.put?.[table] ?? []).map((row) => keyOf[table](row as never)));
      return [table, [...keys].filter((key) => !kept.has(key))] as const;
    });
    this.apply({ sync: nothingRead, ...batch, drop: Object.fromEntries(known) });
  }

  #enqueue(queued: Queued, changed: Set<string>): void {
    const { op_id, todo_id } = queued.operation;
    witness(op_id);
    this.#dequeue(op_id, changed);
    this.#outbox.set(op_id, queued);
    this.#queues.set(todo_id, [...this.queueOf(todo_id), queued].sort(byOperation));
    this.#ordered = undefined;
    changed.add(todo_id);
  }

  #dequeue(opId: string, changed: Set<string>): void {
    const known = this.#outbox.get(opId);
    if (!known) return;
    const { todo_id } = known.operation;
    const left = this.queueOf(todo_id).filter((other) => other !== known);
    if (left.length === 0) this.#queues.delete(todo_id);
    else this.#queues.set(todo_id, left);
    this.#outbox.delete(opId);
    this.#ordered = undefined;
    changed.add(todo_id);
  }

  #project(changed: ReadonlySet<string>): void {
    const before: TodoView[] = [];
    const after: TodoView[] = [];
    for (const id of changed) {
      const old = this.#views.get(id);
      const view = projectTodo(this.shadow.get(id), this.queueOf(id));
      if (old === view) continue;
      if (old) before.push(old);
      if (view) after.push(view);
      if (view) this.#views.set(id, view);
      else this.#views.delete(id);
    }
    if (before.length + after.length === 0) return;
    this.#todos = this.#sorted(
      this.#todos,
      before.filter(isLive),
      after.filter(isLive),
      compareTodos,
      isLive,
    );
    const trash = [before.filter(isInTrash), after.filter(isInTrash)] as const;
    this.#trash = this.#sorted(this.#trash, ...trash, compareDeleted, isInTrash);
  }

  #sorted(
    list: readonly TodoView[],
    gone: readonly TodoView[],
    come: readonly TodoView[],
    order: Order,
    belongs: (todo: TodoView) => boolean,
  ): readonly TodoView[] {
    if (gone.length + come.length === 0) return list;
    if (gone.length + come.length > FEW) return [...this.#views.values()].filter(belongs).sort(order);
    const next = [...list];
    for (const todo of gone) next.splice(placeOf(next, todo, order), 1);
    for (const todo of come) next.splice(placeOf(next, todo, order), 0, todo);
    return next;
  }
}

function write(rows: Map<string, unknown>, table: Table, { put, drop }: Batch): void {
  for (const key of drop?.[table] ?? []) rows.delete(key);
  for (const row of put?.[table] ?? []) rows.set(keyOf[table](row as never), row);
}

const byOperation = (a: Queued, b: Queued): number => (a.operation.op_id < b.operation.op_id ? -1 : 1);

const isLive = (todo: TodoView): boolean => todo.deleted_at === null;

/** Of a todo that was deleted before this device knew it, there is no text to show. */
const isInTrash = (todo: TodoView): boolean => todo.deleted_at !== null && todo.title !== "";
