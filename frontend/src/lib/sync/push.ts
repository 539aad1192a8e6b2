import { ApiProblem, isPassing } from "@/lib/api/problems";
import type { EngineParts } from "@/lib/sync/engine";
import { refuse, settle } from "@/lib/sync/settle";
import type { Queued, RefusalProblem } from "@/lib/sync/types";

/** The most that the server takes at once. */
const OPERATIONS = 100;
/** Half of what the gateway lets through, as counted in characters, which are not bytes. */
const CHARACTERS = 256 * 1024;

/** An operation on which the server fails so often, while it is well otherwise, is to blame itself. */
const CRASHES = 5;

/** Sends the queue in order, a batch at a time. */
export class Pusher {
  /** After a batch was refused as a whole, each operation goes alone, so that the one to blame is found. */
  #alone = 0;
  #crashes = 0;
  #isServerWell = false;
  /** One was set aside on which the server broke, and nothing was taken since: it may break on whatever is sent. */
  #isInDoubt = false;

  constructor(private readonly parts: Pick<EngineParts, "transport" | "replica" | "apply">) {}

  get isIdle(): boolean {
    return this.parts.replica.unsent === 0;
  }

  /** The server does other things as it should: if it fails on what is sent next, that is to blame. */
  serverIsWell(): void {
    this.#isServerWell = true;
  }

  /** Sends one batch. Throws what may pass. */
  async push(signal: AbortSignal): Promise<void> {
    const { transport, replica, apply } = this.parts;
    const batch = this.#next();
    try {
      const { results } = await transport.push(
        batch.map(({ operation }) => operation),
        signal,
      );
      signal.throwIfAborted();
      const draft = settle(replica, batch, results);
      // An answer without results would be asked for again at once, for ever.
      if (draft.isEmpty) throw empty();
      this.#crashes = 0;
      this.#isInDoubt = false;
      this.#alone = Math.max(0, this.#alone - batch.length);
      apply(draft);
    } catch (error) {
      if (signal.aborted || !(isFinal(error) || this.#isPoisonous(error))) throw error;
      this.#crashes = 0;
      this.#blame(batch, error);
    }
  }

  #next(): Queued[] {
    const { outbox } = this.parts.replica;
    if (this.#isInDoubt) return oneOf(outbox, this.#crashes);
    const batch: Queued[] = [];
    let characters = 0;
    for (const queued of outbox) {
      characters += JSON.stringify(queued.operation).length;
      if (batch.length > 0 && (this.#alone > 0 || characters > CHARACTERS)) break;
      batch.push(queued);
      if (batch.length === OPERATIONS) break;
    }
    return batch;
  }

  #isPoisonous(error: unknown): error is ApiProblem {
    if (!(error instanceof ApiProblem) || error.status !== 500) return false;
    // While it fails on everything, nothing is to blame.
    if (this.#isServerWell) this.#crashes++;
    this.#isServerWell = false;
    return this.#crashes >= CRASHES && !this.#isInDoubt;
  }

  #blame(batch: readonly Queued[], error: ApiProblem): void {
    const [first, ...others] = batch;
    if (others.length > 0) this.#alone = batch.length;
    else if (first) {
      this.#alone = Math.max(0, this.#alone - 1);
      this.#isInDoubt = error.status === 500;
      this.parts.apply(refuse(this.parts.replica, first, toProblem(error)));
    }
  }
}

/** The first of some todo, each time of another one. */
function oneOf(outbox: readonly Queued[], turn: number): Queued[] {
  const firsts = new Map<string, Queued>();
  for (const queued of outbox) {
    const { todo_id } = queued.operation;
    if (!firsts.has(todo_id)) firsts.set(todo_id, queued);
  }
  return [...firsts.values()].slice(turn % firsts.size).slice(0, 1);
}

/** The server has looked at it and does not take it: sending it again would not help. */
const isFinal = (error: unknown): error is ApiProblem =>
  error instanceof ApiProblem && !isPassing(error) && ![401, 403, 404].includes(error.status);

function toProblem({ slug, title, detail, errors }: ApiProblem): RefusalProblem {
  return { slug, title, errors, ...(detail === undefined ? {} : { detail }) };
}

function empty(): ApiProblem {
  const title = "The server's answer has no results";
  return new ApiProblem(502, "empty-answer", title, undefined, [], undefined, undefined, {});
}
