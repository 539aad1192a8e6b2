import { describe, expect, test } from "vitest";
import { timeOf, uuid7 } from "@/lib/sync/uuid";

describe("uuid7", () => {
  test("is a version 7 UUID that knows when it was made", () => {
    const now = Date.now() + 60_000;
    const id = uuid7(now);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Date.parse(timeOf(id))).toBe(now);
  });

  test("sorts by when it was made, also when the clock stands still or goes back", () => {
    const now = Date.now() + 120_000;
    const ids = Array.from({ length: 10_000 }, (_, index) => uuid7(now - (index % 7)));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
