/** Something to wait for: whoever waits goes on when it is opened, when the time is over, or when it is aborted. */
export class Latch {
  #waiting = new Set<() => void>();

  open(): void {
    for (const go of [...this.#waiting]) go();
  }

  wait(signal: AbortSignal, milliseconds?: number): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(() => go(), milliseconds);
      const go = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", go);
        this.#waiting.delete(go);
        resolve();
      };
      signal.addEventListener("abort", go);
      this.#waiting.add(go);
    });
  }
}
