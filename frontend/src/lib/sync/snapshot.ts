import { toConflict, toRefusal } from "@/lib/sync/conflicts";
import type { Persistence } from "@/lib/sync/persistence/port";
import type { Replica } from "@/lib/sync/replica";
import type { Conflict, Refusal, Snapshot, StorageState } from "@/lib/sync/types";

/** So many unsent changes are worth a word. */
export const CROWDED = 1_000;

/** What storage of each kind means for the person. */
export const storageOf: { readonly [K in Persistence["kind"]]: StorageState } = {
  database: "ready",
  "local-storage": "fallback",
  memory: "volatile",
};

type Told = Pick<Snapshot, "phase" | "connection" | "live" | "storage" | "undoable" | "redoable">;

export function takeSnapshot(replica: Replica, told: Told): Snapshot {
  return {
    ...told,
    complete: replica.sync.cursor !== null,
    todos: replica.todos,
    trash: replica.trash,
    conflicts: conflictsOf(replica),
    refusals: refusalsOf(replica),
    unsent: replica.unsent,
    crowded: replica.unsent >= CROWDED,
  };
}

const none: readonly never[] = [];

const conflictsOf = (replica: Replica): readonly Conflict[] =>
  replica.conflicts.size === 0
    ? none
    : [...replica.conflicts.values()].flatMap(
        (kept) => toConflict(kept, replica.shadow.get(kept.todo_id)) ?? [],
      );

const refusalsOf = (replica: Replica): readonly Refusal[] =>
  replica.refusals.size === 0 ? none : [...replica.refusals.values()].map(toRefusal);
