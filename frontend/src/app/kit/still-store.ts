import { emptySnapshot } from "@/lib/sync/empty-snapshot";
import type { Snapshot, TodoStore } from "@/lib/sync/types";

/** A store that shows one moment and changes nothing. */
export function stillStore(parts: Partial<Snapshot>): TodoStore {
  const snapshot: Snapshot = { ...emptySnapshot, phase: "ready", complete: true, ...parts };
  const nothing = () => undefined;
  const none = () => ({ todo_ids: [] });
  return {
    subscribe: () => nothing,
    snapshot: () => snapshot,
    get: (id) => [...snapshot.todos, ...snapshot.trash].find((todo) => todo.id === id),
    mutate: none,
    giveUp: none,
    undo: nothing,
    redo: nothing,
    resolve: none,
    retry: none,
    discard: none,
    loadTrash: async () => undefined,
    kick: nothing,
    read: async () => true,
    flush: async () => true,
    saved: async () => true,
    unsynced: () => ({ unsent: 0, conflicts: 0, refusals: 0, unread: false }),
    start: () => nothing,
  };
}
