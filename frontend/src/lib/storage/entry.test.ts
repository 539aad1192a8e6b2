// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { keysWith, memoryArea } from "@/lib/storage/area";
import { createEntry, type StorageArea } from "@/lib/storage/entry";
import { createLocal } from "@/lib/storage/local";

const numbers = (area: StorageArea, version = 1) =>
  createEntry<number[]>({ area, name: "numbers", version, shape: isNumbers, fallback: [] });

const isNumbers = (value: unknown) =>
  Array.isArray(value) && value.every((item) => typeof item === "number") ? (value as number[]) : undefined;

/** An area that the browser does not let anybody write to. */
const full = (): StorageArea => ({
  ...memoryArea(),
  setItem: () => {
    throw new DOMException("full", "QuotaExceededError");
  },
});

describe("createEntry", () => {
  test("gives back what was stored, as the same object until it changes", () => {
    const entry = numbers(memoryArea());
    expect(entry.set([1, 2])).toBe(true);
    expect(entry.get()).toEqual([1, 2]);
    expect(entry.get()).toBe(entry.get());
    entry.remove();
    expect(entry.get()).toEqual([]);
  });

  test.each(["{", '"text"', "[1,null]", "null"])("falls back when somebody wrote %j", (raw) => {
    const area = memoryArea();
    area.setItem("daybook:numbers:v1", raw);
    expect(numbers(area).get()).toEqual([]);
  });

  test("does not read what another version wrote", () => {
    const area = memoryArea();
    numbers(area, 1).set([1]);
    expect(numbers(area, 2).get()).toEqual([]);
  });

  test("lasts as long as the page when the browser keeps nothing", () => {
    const entry = numbers(full());
    const listener = vi.fn();
    entry.subscribe(listener);
    expect(entry.set([3])).toBe(false);
    expect(entry.get()).toEqual([3]);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test("follows other tabs, and only its own key", () => {
    const area = memoryArea();
    const entry = numbers(area);
    const listener = vi.fn();
    const unsubscribe = entry.subscribe(listener);
    area.setItem(entry.key, "[9]");
    globalThis.dispatchEvent(new StorageEvent("storage", { key: entry.key }));
    globalThis.dispatchEvent(new StorageEvent("storage", { key: "other" }));
    expect(listener).toHaveBeenCalledTimes(1);
    expect(entry.get()).toEqual([9]);
    unsubscribe();
    globalThis.dispatchEvent(new StorageEvent("storage", { key: entry.key }));
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe("createLocal", () => {
  test("keeps the drafts of two people apart", () => {
    const area = memoryArea();
    const local = createLocal(area);
    local.drafts("a").set({ new: "half a thought" });
    expect(local.drafts("b").get()).toEqual({});
    expect(createLocal(area).drafts("a").get()).toEqual({ new: "half a thought" });
    expect(keysWith(area, "daybook:drafts:")).toEqual(["daybook:drafts:a:v1"]);
  });

  test.each([
    { state: "in" },
    { state: "out", user: {} },
    { state: "in", user: { id: 1, email: "a" } },
    "in",
  ])("does not take %j for a hint of a session", (value) => {
    const area = memoryArea();
    area.setItem("daybook:session:v1", JSON.stringify(value));
    expect(createLocal(area).session.get()).toBeNull();
  });

  test("starts with everything visible, in the theme of the system", () => {
    const local = createLocal(memoryArea());
    expect([local.language.get(), local.theme.get(), local.session.get()]).toEqual([
      "system",
      "system",
      null,
    ]);
  });
});
