/** Tells when the page may be gone without another word: phones end pages that are not seen, and say no more. */
export function onLeave(listener: () => void, signal: AbortSignal): void {
  const hide = () => document.visibilityState === "hidden" && listener();
  globalThis.addEventListener?.("pagehide", listener, { signal });
  globalThis.document?.addEventListener("visibilitychange", hide, { signal });
}

/**
 * Asks before a page goes with something that is nowhere else. Only listened for while that may be: the listener alone
 * keeps a page out of the browser's back-forward memory.
 */
export class Leaving {
  #isWatched = false;

  constructor(private readonly isSafe: () => boolean) {}

  watch(isNeeded: boolean): void {
    if (isNeeded === this.#isWatched) return;
    this.#isWatched = isNeeded;
    if (isNeeded) globalThis.addEventListener?.("beforeunload", this.#ask);
    else globalThis.removeEventListener?.("beforeunload", this.#ask);
  }

  readonly #ask = (event: Event): void => {
    if (!this.isSafe()) event.preventDefault();
  };
}
