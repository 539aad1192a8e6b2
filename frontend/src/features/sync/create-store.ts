import type { Runtime } from "@/hooks/runtime";
import { restTransport } from "@/lib/sync/rest-transport";
import { Store, type StoreMessage } from "@/lib/sync/store";
import type { TodoStore } from "@/lib/sync/types";
import { createTabChannel } from "@/lib/tabs/channel";
import { browserLocks } from "@/lib/tabs/locks";

/** The store of one person. The offline engine takes its place here, behind the same interface. */
export function createStore({ area, connection }: Runtime, userId: string): TodoStore {
  return new Store({
    userId,
    area,
    transport: restTransport(connection.api),
    locks: browserLocks(),
    channel: createTabChannel<StoreMessage>(`daybook:todos:v1:${userId}`),
  });
}
