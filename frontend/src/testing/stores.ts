import { vi } from "vitest";
import { keysWith, memoryArea } from "@/lib/storage/area";
import type { StorageArea } from "@/lib/storage/entry";
import type { StoreMessage } from "@/lib/sync/messages";
import { moveJournal } from "@/lib/sync/persistence/journal";
import { localPersistence } from "@/lib/sync/persistence/local-storage";
import type { OpenPersistence } from "@/lib/sync/persistence/port";
import { Store } from "@/lib/sync/store";
import type { Receipt, TodoStore, TodoView } from "@/lib/sync/types";
import { FakeServer, problem } from "@/testing/fake-server";
import { connectedChannels, sharedLocks } from "@/testing/tabs";
import { anId } from "@/testing/todos";

let stops: (() => void)[] = [];

/** For `beforeEach`. */
export function startClock(): void {
  vi.useFakeTimers();
}

/** The same, and what the browser tells a page comes to the one that is returned. */
export function startPage(): EventTarget {
  startClock();
  const page = new EventTarget();
  for (const name of ["addEventListener", "removeEventListener"] as const)
    vi.stubGlobal(name, page[name].bind(page));
  return page;
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
  open?: OpenPersistence;
  askToPersist?: () => void;
  hasLeft?: () => boolean;
}

/** Storage that the clock of a test can follow: IndexedDB would take turns of its own. */
export const openLocal =
  (area: StorageArea, userId: string): OpenPersistence =>
  async () => {
    const persistence = localPersistence(area, userId);
    await moveJournal(area, userId, (batch) => persistence.write(batch));
    return persistence;
  };

/** Tabs of one browser, with their stores started and what they keep read. */
export async function open(setup: Setup = {}) {
  const { server = new FakeServer(), area = memoryArea(), tabs = 1, askToPersist = () => {} } = setup;
  const { hasLeft = () => false } = setup;
  const locks = sharedLocks();
  const opened = connectedChannels<StoreMessage>(tabs).map((channel) => {
    const open = setup.open ?? openLocal(area, "u1");
    const parts = { userId: "u1", area, transport: server, locks, channel, open, askToPersist, hasLeft };
    const store = new Store(parts);
    const stop = store.start();
    stops.push(stop);
    return { store, stop };
  });
  await settle();
  const [{ store, stop } = never()] = opened;
  return { server, area, store, stop, tabs: opened };
}

function never(): never {
  throw new Error("there is no tab");
}

/** Until nothing happens any more without time going on. The engine is loaded when it is needed, which takes turns. */
export async function settle(): Promise<void> {
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(0);
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(0);
}

export const later = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
export const titles = (store: TodoStore) => store.snapshot().todos.map(({ title }) => title);
export const add = (store: TodoStore, title: string): Receipt =>
  store.mutate({ kind: "create", patch: { title } });

export function first(store: TodoStore): TodoView {
  const [todo] = store.snapshot().todos;
  if (!todo) throw new Error("there is no todo");
  return todo;
}

/** A todo that both sides know, and a device that does not hear of what the other side does. */
export async function shared(todo: object = {}) {
  const setup = await open();
  setup.server.add({ id: anId(1), title: "base", ...todo });
  await settle();
  const edit = (patch: object) => setup.store.mutate({ kind: "update", todo_id: anId(1), patch });
  /** Both at the same moment: this side acts before it hears. */
  const meet = async (theirs: () => void, mine: () => void) => {
    setup.server.fail(problem(503, "unavailable", 1000));
    mine();
    await settle();
    theirs();
    await later(5000);
  };
  return { ...setup, id: anId(1), edit, meet };
}

/** A server that nobody gets to. */
export function offline(): FakeServer {
  const server = new FakeServer();
  server.fail(...Array.from({ length: 50 }, () => problem(503, "unavailable", 600_000)));
  return server;
}

export const forever = <Result>(): Promise<Result> => new Promise<Result>(() => undefined);

/** What the journal of unsent work holds. */
export const journal = (area: StorageArea): string[] => keysWith(area, "daybook:outbox:u1:");
