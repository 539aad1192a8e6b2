import type { Send } from "@/lib/api/client";
import { parseRetryAfter, Unreachable } from "@/lib/api/problems";

/** Full jitter, doubling: many clients that failed together do not come back together. */
export function backoff(failures: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(30_000, 500 * 2 ** Math.max(0, failures - 1)));
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
/** A person waits for it: what would take longer is shown as a problem with its own “try again”. */
const LONGEST_WAIT = 2_000;
const passing = new Set([429, 502, 503, 504]);

/**
 * Repeats calls that act once, however often they arrive, when they failed in passing. What people do with todos is
 * repeated by the outbox, which outlives the page.
 */
export const retrying =
  (send: Send): Send =>
  (request) =>
    actsOnce(request) ? repeatedly(send, request) : send(request);

async function repeatedly(send: Send, request: Request): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await tryOnce(send, request.clone(), attempt === ATTEMPTS);
    const wait = waitAfter(response, attempt);
    if (response && wait === undefined) return attempt === 1 ? response : unlessGone(request, response);
    await pause(wait ?? 0, request.signal);
  }
}

/** How long until it is tried again; undefined when it is not. */
function waitAfter(response: Response | undefined, attempt: number): number | undefined {
  if (!response) return backoff(attempt);
  if (attempt === ATTEMPTS || !passing.has(response.status)) return undefined;
  const wait = parseRetryAfter(response.headers.get("retry-after")) ?? backoff(attempt);
  return wait > LONGEST_WAIT ? undefined : wait;
}

/** A removal that carries something carries a proof of who asks for it, which may be good for one time only. */
function actsOnce({ method, headers }: Request): boolean {
  if (method === "DELETE") return !headers.has("content-type");
  return method === "GET" || method === "PUT" || headers.has("idempotency-key");
}

/** An attempt whose answer was lost has removed it: that is what was asked for. */
const unlessGone = ({ method }: Request, response: Response): Response =>
  method === "DELETE" && response.status === 404 ? new Response(null, { status: 204 }) : response;

async function tryOnce(send: Send, request: Request, last: boolean): Promise<Response | undefined> {
  try {
    return await send(request);
  } catch (error) {
    // Without a network at all, trying again at once only delays the explanation.
    if (last || !(error instanceof Unreachable) || globalThis.navigator?.onLine === false) throw error;
    return undefined;
  }
}
