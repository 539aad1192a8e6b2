import type { Todo } from "@/lib/sync/types";

const compare = <Key extends string | number>(a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);

/** The manual order, as the server has it: by position, byte by byte. */
export const compareTodos = (a: Todo, b: Todo): number =>
  compare(a.position, b.position) || compare(a.id, b.id);

/** The last one first. */
export const compareDeleted = (a: Todo, b: Todo): number =>
  compare(b.deleted_at ?? "", a.deleted_at ?? "") || compare(a.id, b.id);

/** Where a todo is, or would have to be put, in a sorted list. */
export function placeOf<T extends Todo>(
  list: readonly T[],
  todo: T,
  order: (a: Todo, b: Todo) => number,
): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = list[middle];
    if (other && order(other, todo) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
