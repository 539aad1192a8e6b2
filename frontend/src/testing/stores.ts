import { vi } from "vitest";
import { memoryArea } from "@/lib/storage/area";
import type { StorageArea } from "@/lib/storage/entry";
import { Store, type StoreMessage } from "@/lib/sync/store";
import type { TodoStore, TodoView } from "@/lib/sync/types";
import { FakeServer } from "@/testing/fake-server";
import { connectedChannels, sharedLocks } from "@/testing/tabs";

let stops: (() => void)[] = [];

/** For `beforeEach`. */
export function startClock(): void {
  vi.useFakeTimers();
}

/** For `afterEach`. */
export function stopStores(): void {
  for (const stop of stops) stop();
  stops = [];
  vi.useRealTimers();
  vi.unstubAllGlobals();
}

interface Setup {
  server?: FakeServer;
  area?: StorageArea;
  tabs?: number;
}

/** Tabs of one browser, with their stores started. */
export function open({ server = new FakeServer(), area = memoryArea(), tabs = 1 }: Setup = {}) {
  const locks = sharedLocks();
  const opened = connectedChannels<StoreMessage>(tabs).map((channel) => {
    const store = new Store({ userId: "u1", area, transport: server, locks, channel });
    const stop = store.start();
    stops.push(stop);
    return { store, stop };
  });
  const [{ store, stop } = opened[0] as never] = opened;
  return { server, area, store, stop, tabs: opened };
}

export const settle = () => vi.advanceTimersByTimeAsync(0);
export const later = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
export const titles = (store: TodoStore) => store.snapshot().todos.map(({ title }) => title);
export const add = (store: TodoStore, title: string) => store.mutate({ kind: "create", patch: { title } });

export function first(store: TodoStore): TodoView {
  const [todo] = store.snapshot().todos;
  if (!todo) throw new Error("there is no todo");
  return todo;
}
