import { keysWith } from "@/lib/storage/area";
import { type StorageArea, storageKey } from "@/lib/storage/entry";
import { isObject, oneOf } from "@/lib/storage/shapes";
import type { Queued } from "@/lib/sync/types";

/** Where unsent operations survive a reload or a crash. All tabs of one person share it. */
export interface Journal {
  /** In the order they were made. */
  all(): readonly Queued[];
  /** Answers false when it could only be kept for as long as the page lives. */
  put(queued: Queued): boolean;
  remove(opId: string): void;
  /** Forgets what was removed by another tab, without touching what is stored. */
  drop(opId: string): void;
  /** Whether an operation is known to this tab alone. */
  isVolatile(opId: string): boolean;
  /** Reads everything again: for tabs that were asleep. */
  reload(): void;
  /** Called when another tab has added or changed an operation. */
  subscribe(listener: () => void): () => void;
}

const VERSION = 1;
const prefixOf = (userId: string): string => `${storageKey(`outbox:${userId}`, VERSION)}:`;

/** One key per operation, so that two tabs never overwrite each other's. */
export function createJournal(area: StorageArea, userId: string): Journal {
  const prefix = prefixOf(userId);
  const known = new Map<string, Queued>();
  const unkept = new Set<string>();
  const listeners = new Set<() => void>();
  let ordered: readonly Queued[] | undefined;

  const learn = (raw: string | null): void => {
    const queued = parse(raw);
    if (queued) known.set(queued.operation.op_id, queued);
    ordered = undefined;
  };
  const forget = (opId: string): void => {
    known.delete(opId);
    unkept.delete(opId);
    ordered = undefined;
  };
  const reload = () => {
    for (const opId of known.keys()) if (!unkept.has(opId)) forget(opId);
    for (const key of readKeys(area, prefix)) learn(readKey(area, key));
    ordered = undefined;
  };
  const onStorage = (event: StorageEvent) => {
    // Removals are told by the tab that settled the operation, together with what became of it.
    if (!event.key?.startsWith(prefix) || event.newValue === null) return;
    learn(event.newValue);
    for (const listener of listeners) listener();
  };
  reload();

  return {
    all() {
      ordered ??= [...known.values()].sort((a, b) => (a.operation.op_id < b.operation.op_id ? -1 : 1));
      return ordered;
    },
    put(queued) {
      const { op_id } = queued.operation;
      known.set(op_id, queued);
      ordered = undefined;
      try {
        area.setItem(prefix + op_id, JSON.stringify(queued));
        unkept.delete(op_id);
        return true;
      } catch {
        unkept.add(op_id);
        return false;
      }
    },
    remove(opId) {
      forget(opId);
      removeKey(area, prefix + opId);
    },
    drop: forget,
    isVolatile: (opId) => unkept.has(opId),
    reload,
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

/** Removes every unsent operation of a person from this browser. */
export function eraseJournal(area: StorageArea, userId: string): void {
  for (const key of readKeys(area, prefixOf(userId))) removeKey(area, key);
}

/** Only what would make the app fail is checked: an entry written by this version is taken as it is. */
function parse(raw: string | null): Queued | undefined {
  try {
    const value: unknown = JSON.parse(raw ?? "null");
    if (!isObject(value) || !isObject(value.operation) || !isObject(value.seen)) return undefined;
    const { op_id, todo_id, kind, changes } = value.operation;
    const isOperation = typeof op_id === "string" && typeof todo_id === "string" && isObject(changes);
    return isOperation && isKind(kind) && typeof value.seen.title === "string"
      ? (value as unknown as Queued)
      : undefined;
  } catch {
    return undefined;
  }
}

const isKind = oneOf(["create", "update", "delete"]);

function readKeys(area: StorageArea, prefix: string): string[] {
  try {
    return keysWith(area, prefix);
  } catch {
    return [];
  }
}

function readKey(area: StorageArea, key: string): string | null {
  try {
    return area.getItem(key);
  } catch {
    return null;
  }
}

function removeKey(area: StorageArea, key: string): void {
  try {
    area.removeItem(key);
  } catch {
    // A browser that forbids storage kept nothing that could be removed.
  }
}
