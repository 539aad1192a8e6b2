import type { Verdict } from "@/lib/api/types";
import { same } from "@/lib/sync/fields";
import type { Operation } from "@/lib/sync/types";

type Values = Readonly<Record<string, unknown>>;

/** What merging must know of a todo. The fields of a deleted one are what it was. */
export interface StoredTodo {
  readonly fields: Values;
  readonly version: number;
  readonly deleted: boolean;
}

export interface Clash {
  readonly base: unknown;
  readonly yours: unknown;
  readonly stored: unknown;
}

export interface Merged {
  readonly outcome: Verdict;
  /** What is stored afterwards: null when there is no such todo, or only its tombstone. */
  readonly fields: Values | null;
  readonly version_step: 0 | 1;
  readonly clashes: Readonly<Record<string, Clash>>;
}

interface Change {
  readonly from: unknown;
  readonly to: unknown;
}

/** As the server meets it: with changes of any field, and values of any kind. */
export type MergedOperation = Pick<Operation, "kind" | "base_version" | "force"> & {
  readonly changes: Readonly<Record<string, Change>>;
};

const defaults: Values = {
  title: "",
  description: "",
  completed: false,
  priority: "none",
  due: null,
  recurrence: null,
  tags: [],
  position: "",
};

const MOST_TAGS = 20;

/**
 * What an operation does to a todo, by the rules of the server. Both run the same cases (`merge_vectors.json`), so that
 * what a test's server does here is what the real one does. Pure.
 */
export function merge(stored: StoredTodo | null, operation: MergedOperation): Merged {
  switch (operation.kind) {
    case "create":
      return create(stored, operation);
    case "update":
      return update(stored, operation);
    case "delete":
      return remove(stored, operation);
    case "restore":
      return restore(stored, operation);
  }
}

const rejected: Merged = { outcome: "rejected", fields: null, version_step: 0, clashes: {} };

/** Applied, although somebody else had changed the todo in the meantime. */
const taken = ({ version }: StoredTodo, { base_version }: MergedOperation): Verdict =>
  base_version !== undefined && base_version !== version ? "merged" : "applied";

function create(stored: StoredTodo | null, { changes }: MergedOperation): Merged {
  const values = Object.entries(changes).map(([field, { to }]) => [field, to] as const);
  if (!stored) {
    const fields = { ...defaults, ...Object.fromEntries(values) };
    return { outcome: "applied", fields, version_step: 1, clashes: {} };
  }
  if (stored.deleted) return rejected;
  // The id is taken: by the same todo, sent again, or by another one.
  const clashes = values
    .filter(([field, to]) => !same(stored.fields[field], to))
    .map(([field, yours]) => [
      field,
      { base: changes[field]?.from ?? null, yours, stored: stored.fields[field] },
    ]);
  const outcome = clashes.length > 0 ? "conflict" : "applied";
  return { outcome, fields: stored.fields, version_step: 0, clashes: Object.fromEntries(clashes) };
}

function update(stored: StoredTodo | null, operation: MergedOperation): Merged {
  if (!stored || stored.deleted) return rejected;
  const fields: Record<string, unknown> = { ...stored.fields };
  const clashes: Record<string, Clash> = {};
  let version_step: 0 | 1 = 0;
  for (const [field, change] of Object.entries(operation.changes)) {
    const now = stored.fields[field];
    const next = valueAfter(field, change, now);
    if (next === clash) clashes[field] = { base: change.from, yours: change.to, stored: now };
    else if (!same(next, now)) {
      fields[field] = next;
      version_step = 1;
    }
  }
  const outcome = Object.keys(clashes).length > 0 ? "conflict" : taken(stored, operation);
  return { outcome, fields, version_step, clashes };
}

const clash = Symbol("clash");

/** What a field becomes; a clash when that would undo what the writer has not seen. */
function valueAfter(field: string, { from, to }: Change, now: unknown): unknown {
  // They left it as it was.
  if (same(from, to)) return now;
  if (same(now, from) || same(now, to)) return to;
  // Whoever says that they saw something that is no list has seen none of it.
  const seen = Array.isArray(from) ? from : [];
  return field === "tags" ? mergeTags(seen, to as string[], now as string[]) : clash;
}

/** What is there, without what the writer took away, and with what they added: unless that is too much. */
function mergeTags(from: readonly string[], to: readonly string[], now: readonly string[]): unknown {
  const kept = now.filter((tag) => to.includes(tag) || !from.includes(tag));
  const added = to.filter((tag) => !from.includes(tag) && !kept.includes(tag));
  return kept.length + added.length <= MOST_TAGS ? [...kept, ...added] : clash;
}

function remove(stored: StoredTodo | null, operation: MergedOperation): Merged {
  if (!stored) return rejected;
  const outcome = taken(stored, operation);
  if (stored.deleted) return { outcome, fields: null, version_step: 0, clashes: {} };
  if (outcome === "merged" && !operation.force) {
    const clashes = { deleted_at: { base: null, yours: "deleted", stored: null } };
    return { outcome: "conflict", fields: stored.fields, version_step: 0, clashes };
  }
  return { outcome, fields: null, version_step: 1, clashes: {} };
}

function restore(stored: StoredTodo | null, operation: MergedOperation): Merged {
  const isPurged = stored?.deleted && Object.keys(stored.fields).length === 0;
  if (!stored || isPurged) return rejected;
  const version_step = stored.deleted ? 1 : 0;
  return { outcome: taken(stored, operation), fields: stored.fields, version_step, clashes: {} };
}
