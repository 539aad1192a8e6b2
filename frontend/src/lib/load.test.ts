import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { load } from "@/lib/load";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("asks again until it is there", async () => {
  let attempts = 0;
  const loading = load(async () => {
    if (++attempts < 4) throw new TypeError("Failed to fetch dynamically imported module");
    return "module";
  }, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await loading).toBe("module");
  expect(attempts).toBe(4);
});

test("gives up when nobody wants it any more", async () => {
  const stop = new AbortController();
  const loading = load(() => Promise.reject(new TypeError("offline")), stop.signal);
  const result = expect(loading).rejects.toMatchObject({ name: "AbortError" });
  await vi.advanceTimersByTimeAsync(10);
  stop.abort();
  await result;
});
