import type { Touched } from "@/lib/sync/batch";
import type { Connection, Queued } from "@/lib/sync/types";

/** What tabs of one person tell each other. What rows say is read from storage, not told. */
export type StoreMessage =
  | { readonly type: "written"; readonly touched: Touched }
  /** Operations that could not be written, for the tab that sends. */
  | { readonly type: "unkept"; readonly queued: readonly Queued[] }
  /** Those of them that were answered: whoever could not write them need not any more. */
  | { readonly type: "settled"; readonly op_ids: readonly string[] }
  | { readonly type: "status"; readonly connection: Connection; readonly live: boolean }
  | { readonly type: "asking" }
  | { readonly type: "kick" };
