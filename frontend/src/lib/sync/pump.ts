import { ApiProblem, isPassing, retryAfterOf, SignedOut } from "@/lib/api/problems";
import { backoff } from "@/lib/api/retry";
import { Latch } from "@/lib/sync/latch";
import { push, refusal, type Settlement } from "@/lib/sync/push";
import type { Transport } from "@/lib/sync/transport";
import type { Connection, Queued, Todo } from "@/lib/sync/types";

export interface PumpParts {
  transport: Transport;
  /** Operations this pump is responsible for, in order. */
  queue: () => readonly Queued[];
  stored: (todoId: string) => Todo | undefined;
  settle: (queued: Queued, settlement: Settlement) => void;
  report: (connection: Connection) => void;
}

/** Sends the queue in order, one operation at a time, for as long as it takes. */
export class Pump {
  /** Opened when there may be something to send. */
  readonly #work = new Latch();
  /** Opened when waiting for the network may be over. */
  readonly #retry = new Latch();
  #failures = 0;

  constructor(private readonly parts: PumpParts) {}

  /** There is something new to send. Does not shorten a wait for the network. */
  nudge(): void {
    this.#work.open();
  }

  /** Tries again now. */
  kick(): void {
    this.#retry.open();
    this.#work.open();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = this.#next();
      if (next) await this.#send(next, signal);
      else {
        this.parts.report({ state: "idle" });
        await this.#work.wait(signal, this.#untilRelease());
      }
    }
  }

  #next(): Queued | undefined {
    return this.parts.queue().find((queued) => !queued.obstacle && (queued.held_until ?? 0) <= Date.now());
  }

  #untilRelease(): number | undefined {
    const held = this.parts
      .queue()
      .flatMap(({ held_until, obstacle }) => (held_until && !obstacle ? [held_until] : []));
    return held.length > 0 ? Math.max(0, Math.min(...held) - Date.now()) : undefined;
  }

  async #send(queued: Queued, signal: AbortSignal): Promise<void> {
    try {
      this.parts.report({ state: "sending" });
      const stored = this.parts.stored(queued.operation.todo_id);
      const settlement = await push(queued, stored, this.parts.transport, signal);
      this.#failures = 0;
      this.parts.settle(queued, settlement);
    } catch (error) {
      if (!signal.aborted) await this.#fail(queued, error, signal);
    }
  }

  async #fail(queued: Queued, error: unknown, signal: AbortSignal): Promise<void> {
    const signedOut = error instanceof SignedOut || (error instanceof ApiProblem && error.status === 401);
    if (!signedOut && !isPassing(error)) {
      this.parts.settle(queued, { type: "obstructed", obstacle: refusal(error), stored: undefined });
      return;
    }
    this.#failures++;
    // Signed out: only signing in again helps, and whoever does that kicks.
    const wait = signedOut ? undefined : (retryAfterOf(error) ?? backoff(this.#failures));
    this.parts.report({ state: "waiting", until: Date.now() + (wait ?? 0), error });
    await this.#retry.wait(signal, wait);
  }
}
