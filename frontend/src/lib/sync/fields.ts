import { type Changes, type Editable, editable, type Field, type Patch, type Todo } from "@/lib/sync/types";

export const changedFields = (changes: Changes): Field[] =>
  editable.filter((field) => changes[field] !== undefined);

/** The values wanted, without those seen. */
export function wanted(changes: Changes): Patch {
  return Object.fromEntries(changedFields(changes).map((field) => [field, changes[field]?.to]));
}

/** What of a patch differs from what is seen. */
export function changesBetween(seen: Partial<Todo>, patch: Patch): Changes {
  const entries = editable
    .filter((field) => patch[field] !== undefined && !same(seen[field], patch[field]))
    .map((field) => [field, { from: seen[field] ?? null, to: patch[field] }] as const);
  return Object.fromEntries(entries) as Changes;
}

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

const TITLE_LENGTH = 200;
const DESCRIPTION_LENGTH = 10_000;
const TAGS = 20;

/** Both of two values, where a field can have both and there is room for them: neither is cut. */
export function bothOf<F extends Field>(
  field: F,
  stored: Editable[F],
  yours: Editable[F],
): Editable[F] | undefined;
export function bothOf(field: Field, stored: unknown, yours: unknown): unknown {
  if (field === "tags") {
    const tags = [...new Set([...(stored as string[]), ...(yours as string[])])];
    return tags.length <= TAGS ? tags : undefined;
  }
  if (field !== "title" && field !== "description") return undefined;
  const [first, second] = [stored as string, yours as string];
  if (first.includes(second)) return first;
  if (second.includes(first)) return second;
  const joined = field === "title" ? `${first} / ${second}` : `${first}\n\n${second}`;
  return [...joined].length <= (field === "title" ? TITLE_LENGTH : DESCRIPTION_LENGTH) ? joined : undefined;
}
