import type { Shape } from "@/lib/storage/shapes";

/** The part of `Storage` in use here, so that tests and blocked browsers can bring their own. */
export type StorageArea = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** One small value in local storage: versioned by its key, validated on the way in, followed across tabs. */
export interface Entry<Value> {
  readonly key: string;
  /** The value before anything was stored, and on servers. */
  readonly fallback: Value;
  get(): Value;
  /** Answers false when the browser refused to keep it; the value then lasts as long as the page. */
  set(value: Value): boolean;
  remove(): void;
  subscribe(listener: () => void): () => void;
}

interface EntryOptions<Value> {
  area: StorageArea;
  name: string;
  version: number;
  shape: Shape<Value>;
  fallback: Value;
}

/** Keys carry a version: a value written by a release with another shape is never read, and so never breaks the page. */
export const storageKey = (name: string, version: number): string => `daybook:${name}:v${version}`;

export function createEntry<Value>({
  area,
  name,
  version,
  shape,
  fallback,
}: EntryOptions<Value>): Entry<Value> {
  const key = storageKey(name, version);
  const listeners = new Set<() => void>();
  let refused: { value: Value } | undefined;
  let seen: { raw: string | null; value: Value } | undefined;

  const parse = (raw: string | null): Value => {
    if (raw === null) return fallback;
    try {
      return shape(JSON.parse(raw)) ?? fallback;
    } catch {
      return fallback;
    }
  };
  const read = (): string | null => {
    try {
      return area.getItem(key);
    } catch {
      return null;
    }
  };
  const notify = () => {
    for (const listener of listeners) listener();
  };
  const onStorage = (event: StorageEvent) => {
    if (event.key !== key && event.key !== null) return;
    refused = undefined;
    notify();
  };

  return {
    key,
    fallback,
    get() {
      if (refused) return refused.value;
      const raw = read();
      // The same text gives the same object: React compares snapshots by identity.
      if (!seen || seen.raw !== raw) seen = { raw, value: parse(raw) };
      return seen.value;
    },
    set(value) {
      try {
        area.setItem(key, JSON.stringify(value));
        refused = undefined;
      } catch {
        refused = { value };
      }
      notify();
      return refused === undefined;
    },
    remove() {
      refused = undefined;
      try {
        area.removeItem(key);
      } catch {
        refused = { value: fallback };
      }
      notify();
    },
    subscribe(listener) {
      if (listeners.size === 0) globalThis.addEventListener?.("storage", onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) globalThis.removeEventListener?.("storage", onStorage);
      };
    },
  };
}
