import { ApiProblem, retryAfterOf, SignedOut } from "@/lib/api/problems";
import { backoff } from "@/lib/api/retry";
import type { Draft } from "@/lib/sync/batch";
import { Latch } from "@/lib/sync/latch";
import { Puller } from "@/lib/sync/pull";
import { Pusher } from "@/lib/sync/push";
import type { Replica } from "@/lib/sync/replica";
import type { Transport } from "@/lib/sync/transport";
import type { Connection } from "@/lib/sync/types";

/** Even while the stream says nothing, changes are asked for once in a while: it gives hints, not promises. */
const ROUND = 60_000;

export interface EngineParts {
  readonly transport: Transport;
  readonly replica: Replica;
  readonly apply: (draft: Draft) => void;
  readonly report: (connection: Connection) => void;
  readonly setLive: (live: boolean) => void;
}

/** Brings what was done here to the server and what was done elsewhere here. Only the leading tab runs it. */
export class Engine {
  /** Opened when there may be something to do. */
  readonly #work = new Latch();
  /** Opened when waiting for the network may be over. */
  readonly #retry = new Latch();
  readonly #pusher: Pusher;
  readonly #puller: Puller;
  #failures = 0;
  #isPushFailing = false;

  constructor(private readonly parts: EngineParts) {
    this.#pusher = new Pusher(parts);
    this.#puller = new Puller(parts);
  }

  /** There is something new to send. Does not shorten a wait for the network. */
  nudge(): void {
    this.#work.open();
  }

  /** Tries again now, and asks for what is new. */
  kick(): void {
    this.#puller.want();
    this.#retry.open();
    this.#work.open();
  }

  /** Runs until it is stopped. */
  async run(signal: AbortSignal): Promise<void> {
    this.#puller.want();
    await Promise.all([this.#sync(signal), this.#listen(signal), this.#goRound(signal)]);
  }

  async #sync(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#pusher.isIdle && !this.#puller.isWanted) {
        this.parts.report({ state: "idle" });
        await this.#work.wait(signal);
        continue;
      }
      try {
        this.parts.report({ state: "syncing" });
        await this.#exchange(signal);
        this.#failures = 0;
      } catch (error) {
        if (!signal.aborted) await this.#fail(error, signal);
      }
    }
  }

  /**
   * What was done here goes first, also between two pages: nobody waits for longer than one request takes. Only after
   * sending has failed, receiving has its turn, so that trouble with one does not hold up the other.
   */
  async #exchange(signal: AbortSignal): Promise<void> {
    const isPushing = !this.#pusher.isIdle && !(this.#isPushFailing && this.#puller.isWanted);
    this.#isPushFailing = isPushing;
    if (isPushing) await this.#pusher.push(signal);
    else {
      await this.#puller.pull(signal);
      this.#pusher.serverIsWell();
    }
    this.#isPushFailing = false;
  }

  async #fail(error: unknown, signal: AbortSignal): Promise<void> {
    this.#puller.want();
    if (isSignedOut(error)) {
      // Whoever signs in again kicks.
      this.parts.report({ state: "signed-out" });
      await this.#retry.wait(signal);
      return;
    }
    this.#failures++;
    const wait = retryAfterOf(error) ?? backoff(this.#failures);
    const reason = error instanceof ApiProblem ? "busy" : "unreachable";
    this.parts.report({ state: "waiting", until: Date.now() + wait, reason });
    await this.#retry.wait(signal, wait);
  }

  /** Keeps the stream open. Each time it opens, its first word says whether something was missed. */
  async #listen(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      let heard = false;
      let reason = "";
      let asked: number | undefined;
      try {
        await this.parts.transport.stream((event) => {
          heard = true;
          if (event.type === "end") reason = event.reason;
          else {
            this.parts.setLive(true);
            if (this.#puller.isBehind(event.epoch, event.head)) this.#want();
          }
        }, signal);
      } catch (error) {
        reason = isSignedOut(error) ? "signed-out" : "";
        asked = retryAfterOf(error);
      }
      this.parts.setLive(false);
      failures = heard ? 0 : failures + 1;
      await this.#untilNext(reason, asked ?? backoff(failures + 1), signal);
    }
  }

  async #untilNext(reason: string, wait: number, signal: AbortSignal): Promise<void> {
    // A new token is all that is missing: the server ends a stream together with the token it was opened with.
    if (reason === "expired") return;
    // Asking for changes finds out whether the session is over.
    if (reason === "revoked") this.#want();
    const isOver = reason === "signed-out" || reason === "revoked";
    await this.#retry.wait(signal, isOver ? ROUND : wait);
  }

  async #goRound(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await new Latch().wait(signal, ROUND);
      this.#want();
    }
  }

  #want(): void {
    this.#puller.want();
    this.#work.open();
  }
}

const isSignedOut = (error: unknown): boolean =>
  error instanceof SignedOut || (error instanceof ApiProblem && error.status === 401);
