import { afterEach, expect, test, vi } from "vitest";
import { askToPersist } from "@/lib/sync/persistence/persist";
import { add, open, settle, startClock, stopStores } from "@/testing/stores";

afterEach(() => {
  stopStores();
  vi.unstubAllGlobals();
});

function browser(storage: object) {
  vi.stubGlobal("navigator", { storage });
}

test("asks the browser to keep what is stored, unless it does already", async () => {
  const persist = vi.fn(async () => true);
  browser({ persist, persisted: async () => true });
  askToPersist();
  await new Promise((resolve) => setImmediate(resolve));
  expect(persist).not.toHaveBeenCalled();
  browser({ persist, persisted: async () => false });
  askToPersist();
  await vi.waitFor(() => expect(persist).toHaveBeenCalledOnce());
});

test("does without where the browser does not know it, or fails", async () => {
  const unhandled = vi.fn();
  process.once("unhandledRejection", unhandled);
  for (const storage of [
    undefined,
    {},
    { persist: vi.fn(), persisted: () => Promise.reject(new Error("no")) },
  ]) {
    vi.stubGlobal("navigator", { storage });
    expect(askToPersist()).toBeUndefined();
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).not.toHaveBeenCalled();
  process.removeListener("unhandledRejection", unhandled);
});

test("is asked once, and not before somebody has done something", async () => {
  startClock();
  const ask = vi.fn();
  const { store } = await open({ askToPersist: ask });
  expect(ask).not.toHaveBeenCalled();
  add(store, "one");
  add(store, "two");
  await settle();
  expect(ask).toHaveBeenCalledOnce();
});
