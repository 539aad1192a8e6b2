import type { ChangesPage, OperationsAnswer, TrashPage } from "@/lib/api/types";
import type { Operation } from "@/lib/sync/types";

/** What the stream says. Hints only: the truth is pulled. */
export type StreamEvent =
  | { readonly type: "head"; readonly epoch: string; readonly head: number }
  | { readonly type: "end"; readonly reason: string };

/** How operations and changes travel. Throws `ApiProblem`, `Unreachable` or `SignedOut`. */
export interface Transport {
  push(operations: readonly Operation[], signal: AbortSignal): Promise<OperationsAnswer>;
  /** Without a cursor from the start. A 410 problem means that the cursor leads nowhere any more. */
  pull(cursor: string | null, signal: AbortSignal): Promise<ChangesPage>;
  /** Resolves when the server has ended it, rejects when it broke. */
  stream(listener: (event: StreamEvent) => void, signal: AbortSignal): Promise<void>;
  trash(cursor: string | null, signal: AbortSignal): Promise<TrashPage>;
}
