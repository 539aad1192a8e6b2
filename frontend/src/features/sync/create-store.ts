import type { Runtime } from "@/hooks/runtime";
import type { SessionSnapshot } from "@/lib/api/session-types";
import { httpTransport } from "@/lib/sync/http-transport";
import type { StoreMessage } from "@/lib/sync/messages";
import { openPersistence } from "@/lib/sync/persistence/open";
import { askToPersist } from "@/lib/sync/persistence/persist";
import { Store } from "@/lib/sync/store";
import type { TodoStore } from "@/lib/sync/types";
import { createTabChannel } from "@/lib/tabs/channel";
import { browserLocks } from "@/lib/tabs/locks";

/** The store of one person in this browser. */
export function createStore({ area, connection }: Runtime, userId: string): TodoStore {
  const locks = browserLocks();
  const { api, openStream } = connection.as(userId);
  const { session } = connection;
  return new Store({
    userId,
    area,
    transport: httpTransport(api, openStream),
    open: openPersistence(area, userId, locks),
    locks,
    channel: createTabChannel<StoreMessage>(`daybook:todos:v2:${userId}`),
    askToPersist,
    hasLeft: () => hasLeft(session.snapshot(), userId),
  });
}

/** A session that the server has ended, or that was lost, is to be gone on with: what was not sent waits for that. */
function hasLeft(session: SessionSnapshot, userId: string): boolean {
  if (session.phase !== "signed-out") return session.user !== null && session.user.id !== userId;
  return session.reason !== "ended" && session.reason !== "absent";
}
