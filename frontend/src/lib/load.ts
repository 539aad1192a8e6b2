import { backoff, pause } from "@/lib/api/retry";

/**
 * A part of the app that is loaded when it is needed. It may not arrive, as anything that travels: that is no reason to go
 * on without it, so it is asked for again until it is there or nobody wants it any more.
 */
export async function load<Module>(fetchIt: () => Promise<Module>, signal: AbortSignal): Promise<Module> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await fetchIt();
    } catch {
      await pause(backoff(failures), signal);
    }
  }
}
