import type { Operation, Status, Todo } from "@/lib/sync/types";

export interface Page {
  readonly items: readonly Todo[];
  readonly next_cursor: string | null;
}

export type PushResult =
  /** Done; `todo` is what the server now has, or null after a delete. */
  | { readonly outcome: "applied"; readonly todo: Todo | null }
  /** Not done: the version was not the stored one. */
  | { readonly outcome: "stale"; readonly stored: Todo }
  /** Not done: there is no such todo, or no longer. */
  | { readonly outcome: "gone" };

/** How operations reach the server. Throws `ApiProblem`, `Unreachable` or `SignedOut`. */
export interface Transport {
  push(operation: Operation, version: number | undefined, signal: AbortSignal): Promise<PushResult>;
  /** Undefined when there is no such todo. */
  fetch(todoId: string, signal: AbortSignal): Promise<Todo | undefined>;
  list(status: Status, cursor: string | null, signal: AbortSignal): Promise<Page>;
}
