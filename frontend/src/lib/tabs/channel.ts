/** Messages between the tabs of one browser. They live in memory only and never reach a disk. */
export interface TabChannel<Message> {
  post(message: Message): void;
  listen(listener: (message: Message) => void): () => void;
}

/** A tab without `BroadcastChannel` talks to nobody; storage events still reach it. */
export function createTabChannel<Message>(name: string): TabChannel<Message> {
  const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name);
  return {
    post: (message) => channel?.postMessage(message),
    listen(listener) {
      const onMessage = (event: MessageEvent<Message>) => listener(event.data);
      channel?.addEventListener("message", onMessage);
      return () => channel?.removeEventListener("message", onMessage);
    },
  };
}
