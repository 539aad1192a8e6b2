import { ApiProblem, Unreachable } from "@/lib/api/problems";
import { wanted } from "@/lib/sync/operations";
import { compareTodos, matches } from "@/lib/sync/order";
import type { Page, PushResult, Transport } from "@/lib/sync/transport";
import type { Operation, Status, Todo } from "@/lib/sync/types";
import { aTodo } from "@/testing/todos";

export const problem = (status: number, slug: string, retryAfter?: number): ApiProblem =>
  new ApiProblem(status, slug, slug, undefined, [], retryAfter, undefined, {});

type Fault = "lost request" | "lost answer" | ApiProblem;

/** The other end of a transport, with the server's rules about versions, and faults to order. */
export class FakeServer implements Transport {
  readonly todos = new Map<string, Todo>();
  readonly received: Operation[] = [];
  pageSize = 50;
  #faults: Fault[] = [];
  #last = 1_000_000;

  /** The next calls fail in this way, one after the other. */
  fail(...faults: Fault[]): void {
    this.#faults.push(...faults);
  }

  add(...todos: Partial<Todo>[]): Todo[] {
    return todos.map((changes) =>
      this.#store({ ...aTodo(changes), position: changes.position ?? this.#position() }),
    );
  }

  /** Somebody else's change. */
  change(id: string, changes: Partial<Todo>): void {
    const todo = this.#live(id);
    if (todo) this.#store({ ...todo, ...changes, version: todo.version + 1 });
  }

  remove(id: string): void {
    this.change(id, { deleted_at: "2026-11-22T12:00:00Z" });
  }

  titles(): string[] {
    return this.#list("all").map(({ title }) => title);
  }

  async push(operation: Operation, version: number | undefined): Promise<PushResult> {
    const fault = await this.#before();
    this.received.push(operation);
    const result = this.#apply(operation, version);
    if (fault === "lost answer") throw new Unreachable();
    return result;
  }

  async fetch(id: string): Promise<Todo | undefined> {
    await this.#before();
    return this.#live(id);
  }

  async list(status: Status, cursor: string | null): Promise<Page> {
    await this.#before();
    const todos = this.#list(status);
    const start = cursor === null ? 0 : todos.findIndex(({ id }) => id === cursor) + 1;
    const items = todos.slice(start, start + this.pageSize);
    return { items, next_cursor: start + this.pageSize < todos.length ? (items.at(-1)?.id ?? null) : null };
  }

  async #before(): Promise<Fault | undefined> {
    await Promise.resolve();
    const fault = this.#faults.shift();
    if (fault === "lost request") throw new Unreachable();
    if (fault instanceof ApiProblem) throw fault;
    return fault;
  }

  #apply({ kind, todo_id, changes }: Operation, version: number | undefined): PushResult {
    const stored = this.todos.get(todo_id);
    if (kind === "create") {
      if (stored?.deleted_at) return { outcome: "gone" };
      const created = () =>
        this.#store(aTodo({ id: todo_id, position: this.#position(), ...wanted(changes) }));
      return { outcome: "applied", todo: stored ?? created() };
    }
    if (!stored || stored.deleted_at) return { outcome: "gone" };
    const isToggle = Object.keys(changes).join() === "completed";
    if (!isToggle && version !== stored.version) return { outcome: "stale", stored };
    if (kind === "delete") {
      this.remove(todo_id);
      return { outcome: "applied", todo: null };
    }
    return {
      outcome: "applied",
      todo: this.#store({ ...stored, ...wanted(changes), version: stored.version + 1 }),
    };
  }

  /** Counts down: each new todo comes before all others. */
  #position(): string {
    return `T${--this.#last}`;
  }

  #live(id: string): Todo | undefined {
    const todo = this.todos.get(id);
    return todo?.deleted_at ? undefined : todo;
  }

  #list(status: Status): Todo[] {
    return [...this.todos.values()]
      .filter((todo) => !todo.deleted_at && matches(todo, status))
      .sort(compareTodos);
  }

  #store(todo: Todo): Todo {
    this.todos.set(todo.id, todo);
    return todo;
  }
}
