import type { StorageArea } from "@/lib/storage/entry";

/** A storage area that lasts as long as the page: for servers, tests and browsers that block local storage. */
export function memoryArea(): StorageArea {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    key: (index) => [...values.keys()][index] ?? null,
    get length() {
      return values.size;
    },
  };
}

/** Local storage, or memory where there is none: merely touching `localStorage` throws when cookies are blocked. */
export function browserArea(): StorageArea {
  try {
    return globalThis.localStorage ?? memoryArea();
  } catch {
    return memoryArea();
  }
}

/** The keys of an area that start with `prefix`. */
export function keysWith(area: StorageArea, prefix: string): string[] {
  const keys = Array.from({ length: area.length }, (_, index) => area.key(index));
  return keys.filter((key) => key !== null).filter((key) => key.startsWith(prefix));
}
