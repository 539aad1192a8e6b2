import { type Changes, editable, type Field, type Todo } from "@/lib/sync/types";

export interface Merge {
  /** What is left to send: fields that still have the value the person saw. */
  readonly changes: Changes;
  /** Fields with a third value. They are not overwritten. */
  readonly clashes: readonly Field[];
}

/** The three-way merge of the sync protocol, field by field: the value seen, the value wanted, the value stored. */
export function merge(stored: Todo, changes: Changes): Merge {
  const left: Changes = {};
  const clashes: Field[] = [];
  for (const field of changedFields(changes)) {
    const change = changes[field];
    if (!change || same(stored[field], change.to)) continue;
    if (same(stored[field], change.from)) Object.assign(left, { [field]: change });
    else clashes.push(field);
  }
  return { changes: left, clashes };
}

export const changedFields = (changes: Changes): Field[] =>
  editable.filter((field) => changes[field] !== undefined);

/** The fields a person would miss if a todo were deleted that is not the one they saw. Its place is none of them. */
export function differences(seen: Todo, stored: Todo): Field[] {
  return editable.filter((field) => field !== "position" && !same(seen[field], stored[field]));
}

/** Equality of JSON values. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)))
  );
}
