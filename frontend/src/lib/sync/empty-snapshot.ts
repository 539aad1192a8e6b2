import type { Snapshot } from "@/lib/sync/types";

/** What is shown before anything is known. Apart from the engine: pages need it before that is loaded. */
export const emptySnapshot: Snapshot = {
  phase: "opening",
  complete: false,
  todos: [],
  trash: [],
  conflicts: [],
  refusals: [],
  connection: { state: "idle" },
  live: false,
  unsent: 0,
  crowded: false,
  storage: "opening",
  undoable: undefined,
  redoable: undefined,
};
