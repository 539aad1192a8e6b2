import { ApiProblem } from "@/lib/api/problems";
import { Draft, nothingRead } from "@/lib/sync/batch";
import type { EngineParts } from "@/lib/sync/engine";
import { receive, sweep } from "@/lib/sync/receive";

/** Asks for what was done elsewhere, page by page. */
export class Puller {
  #isWanted = false;
  /** While everything is read from the start: how far that has come, and what was among it. */
  #fromStart: { cursor: string | null; present: Set<string> } | undefined;

  constructor(private readonly parts: Pick<EngineParts, "transport" | "replica" | "apply">) {}

  get isWanted(): boolean {
    return this.#isWanted;
  }

  want(): void {
    this.#isWanted = true;
  }

  isBehind(epoch: string, head: number): boolean {
    const { sync } = this.parts.replica;
    return epoch !== sync.epoch || head > sync.head;
  }

  /** Takes one page. Throws what may pass. */
  async pull(signal: AbortSignal): Promise<void> {
    // What is asked for while this page is on its way is not forgotten.
    this.#isWanted = false;
    try {
      if (this.parts.replica.sync.cursor === null) await this.#pullFromStart(signal);
      else await this.#pullOn(signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof ApiProblem && error.status === 410)) throw error;
      this.#startOver();
    }
  }

  async #pullOn(signal: AbortSignal): Promise<void> {
    const { transport, replica, apply } = this.parts;
    const page = await transport.pull(replica.sync.cursor, signal);
    signal.throwIfAborted();
    const { cursor, epoch, head, has_more } = page;
    // Until the last page nobody can say that the head was reached.
    apply(receive(replica, page).read({ cursor, epoch, head: has_more ? replica.sync.head : head }));
    if (has_more) this.want();
  }

  /**
   * What is known stays on show while it is read again, and what was not sent stays in the queue. How far the reading
   * has come is kept only when it is complete: before that, nobody could tell what does not exist any more.
   */
  async #pullFromStart(signal: AbortSignal): Promise<void> {
    const { transport, replica, apply } = this.parts;
    this.#fromStart ??= { cursor: null, present: new Set() };
    const reading = this.#fromStart;
    const page = await transport.pull(reading.cursor, signal);
    signal.throwIfAborted();
    const draft = receive(replica, page);
    for (const { id } of page.changes) reading.present.add(id);
    reading.cursor = page.cursor;
    if (page.has_more) {
      apply(draft);
      this.want();
      return;
    }
    this.#fromStart = undefined;
    const { cursor, epoch, head } = page;
    apply(sweep(replica, reading.present).add(draft.toBatch()).read({ cursor, epoch, head }));
  }

  #startOver(): void {
    this.#fromStart = undefined;
    this.parts.apply(new Draft().read(nothingRead));
    this.want();
  }
}
