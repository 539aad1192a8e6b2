import type { Send } from "@/lib/api/client";
import { parseRetryAfter, Unreachable } from "@/lib/api/problems";

/** Full jitter, doubling: many clients that failed together do not come back together. */
export function backoff(failures: number, random: () => number = Math.random): number {
  return Math.round((0.5 + random() / 2) * Math.min(30_000, 500 * 2 ** Math.max(0, failures - 1)));
}

export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

const ATTEMPTS = 3;
/** A person waits for a read: what would take longer is shown as a problem with its own “try again”. */
const LONGEST_WAIT = 2_000;
const passing = new Set([429, 502, 503, 504]);

/** Repeats reads that failed in passing. Writes are repeated by the outbox, which outlives the page. */
export const retrying =
  (send: Send): Send =>
  async (request) => {
    if (request.method !== "GET") return send(request);
    for (let attempt = 1; ; attempt++) {
      const last = attempt === ATTEMPTS;
      const response = await attemptRead(send, request.clone(), last);
      const asked = response && parseRetryAfter(response.headers.get("retry-after"));
      const wait = asked ?? backoff(attempt);
      if (response && (last || !passing.has(response.status) || wait > LONGEST_WAIT)) return response;
      await pause(wait, request.signal);
    }
  };

async function attemptRead(send: Send, request: Request, last: boolean): Promise<Response | undefined> {
  try {
    return await send(request);
  } catch (error) {
    // Without a network at all, trying again at once only delays the explanation.
    if (last || !(error instanceof Unreachable) || globalThis.navigator?.onLine === false) throw error;
    return undefined;
  }
}
