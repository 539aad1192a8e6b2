import type { FieldError } from "@/lib/api/problems";
import type { TodoDocument } from "@/lib/api/types";

/** The last document the server told us. */
export type Todo = TodoDocument;

export const editable = ["title", "description", "completed", "priority", "due", "position", "tags"] as const;
export type Field = (typeof editable)[number];
export type Editable = Pick<Todo, Field>;
export type Patch = Partial<Editable>;

/** What a person meant to change: the value they saw and the value they want. */
export type Changes = { [F in Field]?: { readonly from: Editable[F] | null; readonly to: Editable[F] } };

/** A queued intent, in the shape of the sync protocol (`POST /sync/operations`). */
export interface Operation {
  readonly op_id: string;
  readonly todo_id: string;
  readonly kind: "create" | "update" | "delete";
  readonly base_version?: number;
  readonly changes: Changes;
}

/** Why an operation waits for the person instead of for the network. */
export type Obstacle =
  /** Somebody changed the same fields meanwhile. `stored` is what the server has. */
  | { readonly type: "clash"; readonly stored: Todo; readonly fields: readonly Field[] }
  /** The todo was deleted meanwhile. */
  | { readonly type: "gone" }
  /** The server will not take it as it is. */
  | {
      readonly type: "refused";
      readonly title: string;
      readonly detail?: string;
      readonly errors: readonly FieldError[];
    };

/** An operation and what this browser needs to know about it. Never sent as such. */
export interface Queued {
  readonly operation: Operation;
  /** The todo as the person saw it when they acted: to name it, and to notice what they did not see. */
  readonly seen: Todo;
  /** Not sent before this time (milliseconds since the epoch): the person may still take it back. */
  readonly held_until?: number;
  readonly obstacle?: Obstacle;
}

/** What the app shows: the server's document with everything that was not sent yet. */
export interface TodoView extends Todo {
  /** How many changes of it are on their way. */
  readonly pending: number;
}

export type Status = "all" | "active" | "done";

export interface ListState {
  readonly phase: "idle" | "loading" | "ready" | "failed";
  /** The server has more than was loaded. */
  readonly more: boolean;
  /** The last todo that was loaded; what comes after it is unknown. Null when everything is known, or nothing. */
  readonly boundary: Todo | null;
  readonly error?: unknown;
}

export type Connection =
  | { readonly state: "idle" }
  | { readonly state: "sending" }
  | { readonly state: "waiting"; readonly until: number; readonly error: unknown };

/** Everything the app shows, frozen in time. Changes by replacement, so that identity says whether it changed. */
export interface Snapshot {
  /** In the order they are shown; deleted ones are left out. */
  readonly todos: readonly TodoView[];
  readonly lists: Readonly<Record<Status, ListState>>;
  /** Changes not yet on the server. */
  readonly unsent: number;
  /** Changes that wait for a decision. */
  readonly obstructed: readonly Queued[];
  readonly connection: Connection;
}

export type Intent =
  | { readonly kind: "create"; readonly todo_id?: string; readonly patch: Patch & { readonly title: string } }
  | { readonly kind: "update"; readonly todo_id: string; readonly patch: Patch }
  | {
      readonly kind: "delete";
      readonly todo_id: string /** Milliseconds to wait, so that it can be undone. */;
      readonly hold?: number;
    };

/** The one place the app reads todos from and writes them to, whatever lies behind it. */
export interface TodoStore {
  subscribe(listener: () => void): () => void;
  snapshot(): Snapshot;
  /** Applies an intent at once and queues it. Answers the operation's id, or undefined when it changes nothing. */
  mutate(intent: Intent): string | undefined;
  /** Takes back an operation that has not been sent. Answers whether that was still possible. */
  undo(opId: string): boolean;
  /** Lets an operation go that was held back. */
  release(opId: string): void;
  /** Settles an obstructed operation: the person's value is sent again, or given up. */
  resolve(opId: string, keep: "mine" | "theirs"): void;
  /** Loads a list from its start, or again. */
  load(status: Status): Promise<void>;
  /** Loads what comes after the boundary. */
  loadMore(status: Status): Promise<void>;
  /** Tries now what waits for the network. */
  kick(): void;
  /** Sends everything that can be sent; answers whether nothing is left. */
  flush(signal: AbortSignal): Promise<boolean>;
  /** Starts sending. May be stopped and started again. */
  start(): () => void;
}
