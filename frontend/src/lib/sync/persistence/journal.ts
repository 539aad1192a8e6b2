import { keysWith } from "@/lib/storage/area";
import type { StorageArea } from "@/lib/storage/entry";
import { isObject, oneOf } from "@/lib/storage/shapes";
import { type Batch, Draft, type KeptConflict, type KeptRefusal } from "@/lib/sync/batch";
import { changedFields } from "@/lib/sync/fields";
import { join, without } from "@/lib/sync/operations";
import { journalPrefix } from "@/lib/sync/persistence/keys";
import type { Replica } from "@/lib/sync/replica";
import type { Field, Queued, Todo } from "@/lib/sync/types";

type OldObstacle =
  | { type: "clash"; stored: Todo; fields: Field[]; since?: string }
  | { type: "gone"; since?: string }
  | {
      type: "refused";
      slug?: string;
      title: string;
      detail?: string;
      errors?: readonly { readonly pointer: string; readonly detail: string }[];
    };

type OldEntry = Queued & { obstacle?: OldObstacle };

/** What is put into the journal, under a key of its own. */
export interface JournalEntry {
  readonly key: string;
  readonly entry: OldEntry;
}

/**
 * Until the offline store, unsent changes were kept in local storage, one key each. What is found of them moves by
 * `take`: also what an older version of the app, still open in another tab, has left behind. An entry is forgotten only
 * after it was taken.
 */
export async function moveJournal(
  area: StorageArea,
  userId: string,
  take: (batch: Batch) => Promise<void>,
): Promise<void> {
  const entries = readJournal(area, journalPrefix(userId));
  if (entries.length === 0) return;
  const draft = new Draft();
  for (const { entry } of entries) translate(draft, entry);
  await take(draft.toBatch());
  for (const { key, raw } of entries) {
    // A tab of the older version may have changed it since: then it moves the next time.
    if (area.getItem(key) === raw) area.removeItem(key);
  }
}

function readJournal(area: StorageArea, prefix: string) {
  try {
    return keysWith(area, prefix).flatMap((key) => {
      const raw = area.getItem(key);
      const entry = parse(raw);
      return entry && raw !== null ? [{ key, raw, entry }] : [];
    });
  } catch {
    // A browser that forbids local storage has kept no journal there.
    return [];
  }
}

function translate(draft: Draft, { operation, seen: old, obstacle }: OldEntry): void {
  const seen: Todo = { ...old, recurrence: old.recurrence ?? null, seq: old.seq ?? 0 };
  const { todo_id, changes, op_id } = operation;
  switch (obstacle?.type) {
    case "clash": {
      const others = changedFields(changes).filter((field) => !obstacle.fields.includes(field));
      const kind = operation.kind === "delete" ? "deleted-here" : "fields";
      const left = without(changes, new Set(others)) ?? {};
      keep(draft, { todo_id, kind, seen, changes: left, ...sinceOf(obstacle) });
      break;
    }
    case "gone":
      keep(draft, { todo_id, kind: "deleted-there", seen, changes, ...sinceOf(obstacle) });
      break;
    case "refused": {
      const { slug = "", title, detail, errors = [] } = obstacle;
      const problem = { slug, title, errors, ...(detail === undefined ? {} : { detail }) };
      draft.put("refusals", { id: op_id, operation, seen, problem });
      break;
    }
    default:
      draft.put("outbox", { operation, seen });
  }
}

const sinceOf = ({ since }: { since?: string | undefined }) => (since === undefined ? {} : { since });

export const toEntries = (queued: readonly Queued[]): JournalEntry[] =>
  queued.map((entry) => ({ key: entry.operation.op_id, entry }));

/** What waits for a decision, as `translate` understands it: versions before the offline store kept it so. */
export function questionsOf({
  conflicts,
  refusals,
}: Pick<Replica, "conflicts" | "refusals">): JournalEntry[] {
  return [...[...conflicts.values()].map(conflictEntry), ...[...refusals.values()].map(refusalEntry)];
}

function conflictEntry({ todo_id, kind, changes, seen, since }: KeptConflict): JournalEntry {
  const operation = {
    op_id: todo_id,
    todo_id,
    kind: kind === "deleted-here" ? "delete" : "update",
    changes,
  } as const;
  const obstacle: OldObstacle =
    kind === "deleted-there"
      ? { type: "gone", ...sinceOf({ since }) }
      : { type: "clash", stored: seen, fields: changedFields(changes), ...sinceOf({ since }) };
  return { key: todo_id, entry: { operation, seen, obstacle } };
}

function refusalEntry({ id, operation, seen, problem }: KeptRefusal): JournalEntry {
  const named = { ...operation, op_id: id };
  return { key: id, entry: { operation: named, seen, obstacle: { type: "refused", ...problem } } };
}

/** A todo has one conflict, however many of its changes had met one. */
function keep(draft: Draft, conflict: KeptConflict): void {
  const known = draft.get("conflicts", conflict.todo_id);
  draft.put("conflicts", known ? { ...conflict, changes: join(known.changes, conflict.changes) } : conflict);
}

/** Only what would make the app fail is checked: an entry written by the app is taken as it is. */
function parse(raw: string | null): OldEntry | undefined {
  try {
    const value: unknown = JSON.parse(raw ?? "null");
    if (!isObject(value) || !isObject(value.operation) || !isObject(value.seen)) return undefined;
    const { op_id, todo_id, kind, changes } = value.operation;
    const isOperation = typeof op_id === "string" && typeof todo_id === "string" && isObject(changes);
    return isOperation && isKind(kind) && typeof value.seen.title === "string"
      ? (value as unknown as OldEntry)
      : undefined;
  } catch {
    return undefined;
  }
}

const isKind = oneOf(["create", "update", "delete", "restore"]);
