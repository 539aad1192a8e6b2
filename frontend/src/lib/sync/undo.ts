import { type Action, type Inverse, type InverseRows, toIntent } from "@/lib/sync/actions";
import { isAsLeft } from "@/lib/sync/decide";
import type { Replica } from "@/lib/sync/replica";
import type { Intent, Undoable } from "@/lib/sync/types";

/** Further back than this, nobody remembers what they did. */
const DEPTH = 100;

interface Entry {
  readonly undoable: Undoable;
  readonly inverses: readonly Inverse[];
}

export interface Reversal {
  readonly entry: Entry;
  readonly intents: readonly Intent[];
  readonly rows: readonly InverseRows[];
  readonly skipped: readonly string[];
}

/** What this tab did and can take back, and what it took back and can do again. */
export class History {
  #count = 0;
  #done: Entry[] = [];
  #undone: Entry[] = [];

  get undoable(): Undoable | undefined {
    return this.#done.at(-1)?.undoable;
  }

  get redoable(): Undoable | undefined {
    return this.#undone.at(-1)?.undoable;
  }

  /** Takes note of an action; answers its name. */
  record(action: Action): number {
    this.#undone = [];
    return this.#push("done", action);
  }

  /** Takes note of what took an action back, so that it can be done again; and the other way round. */
  recordReversal(action: Action, { kind, title }: Undoable, into: "done" | "undone"): void {
    if (action.inverses.length > 0) this.#push(into, { ...action, kind, title });
  }

  takeDone(replica: Replica, action?: number): Reversal | undefined {
    const index =
      action === undefined
        ? this.#done.length - 1
        : this.#done.findIndex(({ undoable }) => undoable.action === action);
    const [entry] = index < 0 ? [] : this.#done.splice(index, 1);
    return entry && reverse(replica, entry);
  }

  takeUndone(replica: Replica): Reversal | undefined {
    const entry = this.#undone.pop();
    return entry && reverse(replica, entry);
  }

  #push(into: "done" | "undone", { inverses, kind, title }: Action): number {
    const action = ++this.#count;
    const todo_ids = [...new Set(inverses.map(({ todo_id }) => todo_id))];
    const entry: Entry = { undoable: { action, kind, todo_ids, title }, inverses };
    if (into === "done") this.#done = [...this.#done, entry].slice(-DEPTH);
    else this.#undone = [...this.#undone, entry].slice(-DEPTH);
    return action;
  }
}

/** The last operation is taken back first. */
function reverse(replica: Replica, entry: Entry): Reversal {
  const intents: Intent[] = [];
  const rows: InverseRows[] = [];
  const skipped: string[] = [];
  for (const inverse of entry.inverses.toReversed()) {
    if (inverse.kind === "rows") {
      if (isAsLeft(replica, inverse)) rows.push(inverse);
      else skipped.push(inverse.todo_id);
      continue;
    }
    const intent = toIntent(replica, inverse);
    if (intent) intents.push(intent);
    else skipped.push(inverse.todo_id);
  }
  return { entry, intents, rows, skipped };
}
