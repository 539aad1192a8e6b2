import { expect, test, vi } from "vitest";
import { type Updates, watchUpdates } from "@/lib/updates";

class Worker extends EventTarget {
  state = "installing";
  readonly postMessage = vi.fn();

  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

class Registration extends EventTarget {
  installing: Worker | null = null;
  waiting: Worker | null = null;
  readonly update = vi.fn(async () => undefined);

  find(worker: Worker): void {
    this.installing = worker;
    this.dispatchEvent(new Event("updatefound"));
  }
}

class Container extends EventTarget {
  readonly registration = new Registration();
  readonly register = vi.fn(async () => this.registration);

  constructor(public controller: Worker | null) {
    super();
  }

  change(): void {
    this.controller = new Worker();
    this.dispatchEvent(new Event("controllerchange"));
  }
}

type Apply = Parameters<Updates["onReady"]>[0];

async function open(container: Container) {
  const reload = vi.fn();
  const updates = { onReady: vi.fn<(apply: Apply) => void>(), onReplaced: vi.fn() };
  const stop = watchUpdates(container as unknown as ServiceWorkerContainer, updates, reload);
  await vi.waitFor(() => expect(container.register).toHaveBeenCalled());
  await Promise.resolve();
  return { reload, stop, ...updates };
}

test("the first worker takes over without a word", async () => {
  const container = new Container(null);
  const { onReady, onReplaced, reload } = await open(container);
  const worker = new Worker();
  container.registration.find(worker);
  worker.become("installed");
  container.change();
  expect([onReady, onReplaced, reload].map((each) => each.mock.calls.length)).toEqual([0, 0, 0]);
});

test("a newer worker waits until everything is saved, then the page is loaded again", async () => {
  const container = new Container(new Worker());
  const { onReady, onReplaced, reload } = await open(container);
  const worker = new Worker();
  container.registration.find(worker);
  expect(onReady).not.toHaveBeenCalled();
  worker.become("installed");
  const [apply] = onReady.mock.calls[0] ?? [];
  let saved = (_isKept: boolean) => {};
  const applied = apply?.(() => new Promise<boolean>((resolve) => (saved = resolve)));
  expect(worker.postMessage).not.toHaveBeenCalled();
  saved(true);
  expect(await applied).toBe(true);
  expect(worker.postMessage).toHaveBeenCalledWith({ type: "activate" });
  container.change();
  expect(reload).toHaveBeenCalledOnce();
  expect(onReplaced).not.toHaveBeenCalled();
});

test("one that could not save does not change over", async () => {
  const container = new Container(new Worker());
  container.registration.waiting = new Worker();
  const { onReady } = await open(container);
  await expect(onReady.mock.calls[0]?.[0](() => Promise.reject(new Error("full")))).rejects.toThrow("full");
  expect(container.registration.waiting.postMessage).not.toHaveBeenCalled();
});

test("one with something that is in memory alone does not change over before the person says so", async () => {
  const container = new Container(new Worker());
  const { waiting } = Object.assign(container.registration, { waiting: new Worker() });
  const { onReady, reload } = await open(container);
  const [apply] = onReady.mock.calls[0] ?? [];
  expect(await apply?.(async () => false)).toBe(false);
  expect(waiting.postMessage).not.toHaveBeenCalled();
  container.change();
  expect(reload).not.toHaveBeenCalled();
  expect(await apply?.(async () => true)).toBe(true);
  expect(waiting.postMessage).toHaveBeenCalledWith({ type: "activate" });
});

test("a tab in which nobody changed over is told, and not interrupted", async () => {
  const container = new Container(new Worker());
  const { onReplaced, reload, stop } = await open(container);
  container.change();
  expect(onReplaced).toHaveBeenCalledOnce();
  stop();
  container.change();
  expect(onReplaced).toHaveBeenCalledOnce();
  expect(reload).not.toHaveBeenCalled();
});
