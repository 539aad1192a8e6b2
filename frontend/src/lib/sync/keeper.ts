import { type Batch, Draft, type Touched } from "@/lib/sync/batch";
import { Latch } from "@/lib/sync/latch";
import { type LostReason, type Persistence, StorageFull, StorageLost } from "@/lib/sync/persistence/port";
import type { Queued } from "@/lib/sync/types";

/** A full disk is tried again so often: the person may have made room. */
const RETRY = 30_000;

interface KeeperParts {
  persistence: Persistence;
  /** Something was written: other tabs want to know which rows. */
  written: (touched: Touched) => void;
  /** Some operations could not be written. Other tabs cannot see them, one of which may be the one that sends. */
  unkept: (queued: readonly Queued[]) => void;
  state: (state: "ready" | "full") => void;
  /** It takes nothing any more. */
  lost: (reason: LostReason) => void;
}

/** Writes batches in their order. Those that come while one is being written make one transaction together. */
export class Keeper {
  #waiting = new Draft();
  #writing = new Draft();
  #isWriting = false;
  #isLost = false;
  readonly #rested = new Latch();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: KeeperParts) {}

  keep(batch: Batch): void {
    this.#waiting.add(batch);
    if (this.#isLost) this.#tellOthers();
    else if (!this.#isWriting) void this.#writeAll();
  }

  /** What is not written yet: what storage says about these rows is old. */
  get pending(): Draft {
    return new Draft().add(this.#writing.toBatch()).add(this.#waiting.toBatch());
  }

  /** Resolves when there is nothing left that could be written now. */
  async rest(signal: AbortSignal): Promise<void> {
    while (this.#isWriting && !signal.aborted) await this.#rested.wait(signal);
  }

  /** Answers what could not be written. */
  close(): Batch {
    clearTimeout(this.#timer);
    this.#isLost = true;
    this.parts.persistence.close();
    return this.pending.toBatch();
  }

  async #writeAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isWriting = true;
    while (!this.#waiting.isEmpty && !this.#isLost) {
      const draft = this.#waiting;
      this.#waiting = new Draft();
      if (!(await this.#write(draft))) break;
    }
    this.#isWriting = false;
    this.#rested.open();
  }

  async #write(draft: Draft): Promise<boolean> {
    this.#writing = draft;
    try {
      await this.parts.persistence.write(draft.toBatch());
      this.#writing = new Draft();
      this.parts.state("ready");
      this.parts.written(draft.touched);
      return true;
    } catch (error) {
      this.#waiting = draft.add(this.#waiting.toBatch());
      this.#writing = new Draft();
      if (error instanceof StorageFull) {
        this.parts.state("full");
        this.#timer = setTimeout(() => void this.#writeAll(), RETRY);
      } else {
        this.#isLost = true;
        this.parts.lost(error instanceof StorageLost ? error.reason : "broken");
      }
      this.#tellOthers();
      return false;
    }
  }

  #tellOthers(): void {
    const queued = this.#waiting.rows("outbox");
    if (queued.length > 0) this.parts.unkept(queued);
  }
}
