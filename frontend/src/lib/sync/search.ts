import type { TodoView } from "@/lib/sync/types";

/** How text is compared: without regard to case, accents and forms of the same letter. */
export const fold = (text: string): string =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");

interface Haystack {
  readonly title: string;
  readonly all: string;
}

/** A view is replaced when it changes, so that its text is folded once. */
const haystacks = new WeakMap<TodoView, Haystack>();

function haystackOf(todo: TodoView): Haystack {
  const known = haystacks.get(todo);
  if (known) return known;
  const title = fold(todo.title);
  const tags = todo.tags.map((tag) => ` #${fold(tag)}`).join("");
  const haystack = { title, all: `${title}\n${fold(todo.description)}${tags}` };
  haystacks.set(todo, haystack);
  return haystack;
}

/** Long words are rare: most todos are passed over with the first. */
const longestFirst = (a: string, b: string): number => b.length - a.length;

function hasAll(text: string, words: readonly string[]): boolean {
  for (const word of words) if (!text.includes(word)) return false;
  return true;
}

/**
 * The todos that have every word of the query somewhere in title, notes or tags. Those whose title starts with it come
 * first, then those with all of it in the title, then the others; open ones before done ones; else in the given order.
 */
export function search(todos: readonly TodoView[], query: string): readonly TodoView[] {
  const folded = fold(query).trim();
  const words = folded.split(/\s+/).filter(Boolean).sort(longestFirst);
  if (words.length === 0) return [];
  const ranks: TodoView[][] = Array.from({ length: 6 }, () => []);
  for (const todo of todos) {
    const { title, all } = haystackOf(todo);
    if (!hasAll(all, words)) continue;
    const place = title.startsWith(folded) ? 0 : hasAll(title, words) ? 1 : 2;
    ranks[place + (todo.completed ? 3 : 0)]?.push(todo);
  }
  return ranks.flat();
}
