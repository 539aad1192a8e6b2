import type { TabChannel } from "@/lib/tabs/channel";
import type { Locks } from "@/lib/tabs/locks";

/** Channels of tabs that hear each other at once. */
export function connectedChannels<Message>(count: number): TabChannel<Message>[] {
  const listeners = Array.from({ length: count }, () => new Set<(message: Message) => void>());
  return listeners.map((own) => ({
    post(message) {
      for (const others of listeners) {
        if (others !== own) for (const listener of others) listener(structuredClone(message));
      }
    },
    listen(listener) {
      own.add(listener);
      return () => own.delete(listener);
    },
  }));
}

/** Web Locks between the tabs of one test: first come, first served. */
export function sharedLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async request(name, { signal }, work) {
      const before = tails.get(name) ?? Promise.resolve();
      const run = before.then(() => {
        signal?.throwIfAborted();
        return work();
      });
      tails.set(
        name,
        run.catch(() => undefined),
      );
      return run;
    },
  };
}
