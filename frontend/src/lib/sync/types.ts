import type { FieldError } from "@/lib/api/problems";
import type { SyncedTodo } from "@/lib/api/types";

/** How a todo comes back after it was done. The server alone moves its date on. */
export interface Recurrence {
  /** RFC 5545, such as `FREQ=WEEKLY;BYDAY=MO`. */
  readonly rule: string;
  /** The next date is counted from the date it was due, or from the day it was done. */
  readonly anchor: "due" | "completion";
}

/** A document as the server last told it. Of a deleted one, the text is what this device still knew. */
export type Todo = SyncedTodo;

export const editable = [
  "title",
  "description",
  "completed",
  "priority",
  "due",
  "recurrence",
  "position",
  "tags",
] as const;
export type Field = (typeof editable)[number];
export type Editable = Pick<Todo, Field>;
export type Patch = Partial<Editable>;

/** What a person meant to change: the value they saw and the value they want. */
export type Changes = { [F in Field]?: { readonly from: Editable[F] | null; readonly to: Editable[F] } };

export type OperationKind = "create" | "update" | "delete" | "restore";

/** One operation of `POST /sync/operations`. */
export interface Operation {
  /** A UUIDv7: it also says when, and in which order, operations were made here. */
  readonly op_id: string;
  readonly todo_id: string;
  readonly kind: OperationKind;
  readonly base_version?: number;
  /** Deletes although the todo is not the one the person saw. */
  readonly force?: boolean;
  readonly changes: Changes;
}

/** An operation on its way, and what this browser needs to know about it. */
export interface Queued {
  readonly operation: Operation;
  /** The todo as the person saw it when they acted: to name it, and to tell what they did not see. */
  readonly seen: Todo;
}

/** What the app shows: the server's document with everything that was not sent yet. */
export interface TodoView extends Todo {
  /** How many changes of it are on their way. */
  readonly pending: number;
}

/** What a person can do. Several at once are one action: they are shown, and undone, together. */
export type Intent =
  | { readonly kind: "create"; readonly todo_id?: string; readonly patch: Patch & { readonly title: string } }
  /**
   * `seen`: values that the person started from, where these may have changed while they were at it. `shown`: the todo as
   * it stood before them: where nothing is known of it any more, what they did becomes another one.
   */
  | {
      readonly kind: "update";
      readonly todo_id: string;
      readonly patch: Patch;
      readonly seen?: Patch;
      readonly shown?: Todo;
    }
  | { readonly kind: "delete"; readonly todo_id: string }
  | { readonly kind: "restore"; readonly todo_id: string }
  /** In the manual order: right after another todo, or before all others. */
  | { readonly kind: "move"; readonly todo_id: string; readonly after: string | null };

/** What became of an action. */
export interface Receipt {
  /** Names the action for `undo`. Undefined when nothing had to be changed. */
  readonly action?: number;
  /** The todos it changed, new ones included, in the order of the intents. */
  readonly todo_ids: readonly string[];
  /** Nothing was done: too many changes wait for the network already. */
  readonly refused?: "outbox-full";
}

/** An action that can be taken back: to put it into words. */
export interface Undoable {
  readonly action: number;
  /** The kind that all its intents have in common; `update` when they differ. */
  readonly kind: Intent["kind"] | "complete" | "reopen" | "decide" | "give-up";
  readonly todo_ids: readonly string[];
  /** The title of the first todo. */
  readonly title: string;
}

export type Choice = "mine" | "theirs" | "both";

export interface FieldConflict<F extends Field = Field> {
  readonly field: F;
  /** What the person saw when they made the change. */
  readonly base: Editable[F] | null;
  readonly yours: Editable[F];
  /** What the server has now. Undefined where the todo is deleted. */
  readonly stored: Editable[F] | undefined;
  /** What “both” would give: text after text, tags united. Undefined where a field can only have one. */
  readonly both: Editable[F] | undefined;
}

/** Two people, or two devices, wanted different things. Nothing is overwritten until the person has chosen. */
export interface Conflict {
  /** A todo has one conflict at most. */
  readonly todo_id: string;
  /**
   * `fields`: both changed the same fields. `deleted-there`: it was changed here and deleted elsewhere; `fields` is
   * what was changed here. `deleted-here`: it was deleted here and changed elsewhere; `fields` is what was changed
   * there, with `yours` the value seen when deleting.
   */
  readonly kind: "fields" | "deleted-there" | "deleted-here";
  readonly title: string;
  readonly fields: readonly FieldConflict[];
}

/** A change that the server does not take. It is kept apart, and holds up nothing. */
export interface Refusal {
  readonly id: string;
  readonly todo_id: string;
  readonly kind: OperationKind;
  readonly title: string;
  readonly changes: Changes;
  readonly problem: RefusalProblem;
}

export interface RefusalProblem {
  readonly slug: string;
  readonly title: string;
  readonly detail?: string;
  readonly errors: readonly FieldError[];
}

export type Connection =
  | { readonly state: "idle" }
  | { readonly state: "syncing" }
  /** Tries again at `until` (milliseconds since the epoch), or when somebody asks for it. */
  | { readonly state: "waiting"; readonly until: number; readonly reason: "unreachable" | "busy" }
  /** Only signing in again helps. */
  | { readonly state: "signed-out" };

/**
 * `ready`: kept in the browser's database. `fallback`: kept in local storage. `volatile`: kept only as long as this
 * page. `full`: the last changes could not be written; they are sent all the same. `outdated`: a newer version of the
 * app runs in another tab, this one has to be loaded again. `blocked`: an older version in another tab has to go first.
 */
export type StorageState = "opening" | "ready" | "fallback" | "volatile" | "full" | "outdated" | "blocked";

/** Everything the app shows, frozen in time. Changes by replacement, so that identity says whether it changed. */
export interface Snapshot {
  /** `opening` until the device's own copy has been read: nothing can be said yet about what there is. */
  readonly phase: "opening" | "ready";
  /** Whether everything has been received once: before that, an empty list does not mean that there is nothing. */
  readonly complete: boolean;
  /** Open and done ones, in the manual order. Views are cut out of it by `lib/sync/views.ts`. */
  readonly todos: readonly TodoView[];
  /** Deleted ones that can be restored, the last deleted first. */
  readonly trash: readonly TodoView[];
  readonly conflicts: readonly Conflict[];
  readonly refusals: readonly Refusal[];
  readonly connection: Connection;
  /** The server tells about changes as they happen. */
  readonly live: boolean;
  /** Changes that the server does not have yet. */
  readonly unsent: number;
  /** So many that the person should know. */
  readonly crowded: boolean;
  readonly storage: StorageState;
  /** The last action of this tab that can be undone, and the last one that was. */
  readonly undoable: Undoable | undefined;
  readonly redoable: Undoable | undefined;
}

/** What would be lost if this device were erased now. */
export interface Unsynced {
  readonly unsent: number;
  readonly conflicts: number;
  readonly refusals: number;
  /** What this device keeps has not been read, or cannot be: nobody knows what is among it. */
  readonly unread: boolean;
}

/** What became of taking an action back. Fields that somebody has changed since are left as they are. */
export interface Undone {
  readonly todo_ids: readonly string[];
  readonly skipped: readonly string[];
}

/** The one place the app reads todos from and writes them to. Everything works without a network unless it says so. */
export interface TodoStore {
  subscribe(listener: () => void): () => void;
  snapshot(): Snapshot;
  /** A todo by its id, deleted ones included. */
  get(todoId: string): TodoView | undefined;

  /** Shows an action at once, keeps it and sends it when that is possible. */
  mutate(intents: Intent | readonly Intent[]): Receipt;
  /** Changes nothing, but takes note of what somebody typed and left: taking that back makes the change. */
  giveUp(todoId: string, typed: Patch): Receipt;
  /** Takes back an action of this tab: the last one, or the one named. Undefined when there is none. */
  undo(action?: number): Undone | undefined;
  /** Does again what was undone last. */
  redo(): Undone | undefined;

  /** Settles a conflict: all of it, or the fields named. “Both” counts as “mine” where a field can only have one. */
  resolve(todoId: string, choice: Choice | Partial<Record<Field, Choice>>): Receipt;
  /** Sends a refused change again, with other values where given. */
  retry(refusalId: string, patch?: Patch): Receipt;
  /** Gives a refused change up. */
  discard(refusalId: string): Receipt;

  /** Asks the server for deleted todos that this device never knew. Needs the network. */
  loadTrash(signal: AbortSignal): Promise<void>;

  /** Tries now what waits for the network. */
  kick(): void;
  /** Waits until what this device keeps has been read; answers whether it could be. */
  read(signal: AbortSignal): Promise<boolean>;
  /** Sends everything that can be sent; answers whether nothing is left that only this device has. */
  flush(signal: AbortSignal): Promise<boolean>;
  /** Waits until everything that was done is kept on this device; answers whether it is. */
  saved(signal: AbortSignal): Promise<boolean>;
  /** What signing out now would lose, other tabs' changes included. */
  unsynced(): Unsynced;
  /** Reads what this device keeps and starts to sync. May be stopped and started again. */
  start(): () => void;
}
