// @vitest-environment happy-dom
import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SyncStatus } from "@/features/sync/components/sync-status";
import { TodoStoreContext } from "@/hooks/todo-store";
import { emptySnapshot } from "@/lib/sync/empty-snapshot";
import type { Snapshot } from "@/lib/sync/types";
import { createWorld } from "@/testing/render";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The status of a store of which only the snapshot is looked at. */
function status(seen: Partial<Snapshot>) {
  const { store } = createWorld();
  let snapshot: Snapshot = { ...emptySnapshot, phase: "ready", storage: "ready", ...seen };
  let changed = () => {};
  vi.spyOn(store, "subscribe").mockImplementation((listener) => {
    changed = listener;
    return () => {};
  });
  Object.assign(store, { snapshot: () => snapshot });
  render(
    <TodoStoreContext value={store}>
      <SyncStatus />
    </TodoStoreContext>,
  );
  return (next: Partial<Snapshot>) =>
    act(() => {
      snapshot = { ...snapshot, ...next };
      changed();
    });
}

/** What somebody who does not see the page is told to be saved. */
const calledSaved = () =>
  screen.queryAllByText("Saved").filter((element) => element.closest("[aria-hidden=true]") === null);

test("nothing is called saved while it is sent, however short that takes", async () => {
  const now = status({ connection: { state: "syncing" }, unsent: 1 });
  expect(calledSaved()).toEqual([]);
  expect(screen.getByRole("button", { name: "Saving" })).toBeDefined();
  await act(() => vi.advanceTimersByTimeAsync(399));
  expect(calledSaved()).toEqual([]);
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(calledSaved()).toEqual([]);
  expect(screen.getByRole("status").textContent).toBe("Saving");
  now({ connection: { state: "idle" }, unsent: 0 });
  expect(screen.getByRole("button", { name: "Saved" })).toBeDefined();
  expect(screen.getByRole("status").textContent).toBe("Saved");
});

test("what waits is counted, and said in whole", () => {
  status({ connection: { state: "waiting", until: 0, reason: "busy" }, unsent: 2 });
  expect(screen.getByRole("status").textContent).toBe(
    "The server is busy. Daybook tries again by itself. 2 changes wait.",
  );
});
