import { isWithin, matches } from "@/lib/sync/order";
import type { Page } from "@/lib/sync/transport";
import type { Status, Todo } from "@/lib/sync/types";

/** What the server told us last. In memory: the offline store takes this place, with the same methods. */
export class Shadow {
  readonly #todos = new Map<string, Todo>();
  /** Counts changes, so that an answer can be told from what was learnt while it was on its way. */
  #clock = 0;
  readonly #learnt = new Map<string, number>();

  get todos(): ReadonlyMap<string, Todo> {
    return this.#todos;
  }

  get clock(): number {
    return this.#clock;
  }

  get(id: string): Todo | undefined {
    return this.#todos.get(id);
  }

  /** Takes a document unless a newer one is here already. */
  put(todo: Todo): void {
    const known = this.#todos.get(todo.id);
    if (known && known.version > todo.version) return;
    this.#touch(todo.id);
    this.#todos.set(todo.id, todo);
  }

  remove(id: string): void {
    this.#touch(id);
    this.#todos.delete(id);
  }

  /**
   * Takes a page of a list that was asked for at `clock`, after the todo `after` (null: from the start).
   * What is known in that stretch of the list and missing from the page has gone.
   */
  takePage(status: Status, page: Page, after: Todo | null, clock: number): void {
    const present = new Set(page.items.map((todo) => todo.id));
    const last = page.next_cursor === null ? null : (page.items.at(-1) ?? null);
    for (const todo of this.#todos.values()) {
      const inStretch = isWithin(todo, last) && (after === null || !isWithin(todo, after));
      if (inStretch && matches(todo, status) && !present.has(todo.id) && !this.#isNewer(todo.id, clock)) {
        this.#todos.delete(todo.id);
      }
    }
    for (const todo of page.items) if (!this.#isNewer(todo.id, clock)) this.put(todo);
  }

  #touch(id: string): void {
    this.#learnt.set(id, ++this.#clock);
  }

  #isNewer(id: string, clock: number): boolean {
    return (this.#learnt.get(id) ?? 0) > clock;
  }
}
