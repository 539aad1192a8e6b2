import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beforeOthers, between } from "@/lib/sync/positions";

/** What the server takes. */
const key = /^[A-Za-z][0-9A-Za-z]*$/;

describe("between", () => {
  test("makes room between any two keys that it made", () => {
    const places = fc.array(fc.nat(), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(places, (choices) => {
        const keys: string[] = [];
        for (const choice of choices) {
          const index = choice % (keys.length + 1);
          const made = between(keys[index - 1] ?? null, keys[index] ?? null);
          expect(made).toMatch(key);
          expect(made.endsWith("0") && made.length > 2).toBe(false);
          keys.splice(index, 0, made);
        }
        expect(keys).toEqual([...new Set(keys)].sort());
      }),
      { numRuns: 300 },
    );
  });

  test("goes on at both ends, and beside the keys of the server", () => {
    for (const start of ["a0", "Zz", "bzz", "T0000000001", beforeOthers(), "A00000000000000000000000001"]) {
      let [low, high] = [start, start];
      for (let step = 0; step < 200; step++) {
        const [lower, higher] = [between(null, low), between(high, null)];
        expect(lower < low && high < higher).toBe(true);
        [low, high] = [lower, higher];
      }
    }
  });

  test("stays short where one puts things in the same place again and again", () => {
    let high = "a1";
    for (let step = 0; step < 300; step++) high = between("a0", high);
    expect(high.length).toBeLessThan(128);
  });

  test("takes what is no key, or out of order, for an open end", () => {
    expect(between("", null)).toMatch(key);
    expect(between("b00", "a0") > "b00").toBe(true);
  });
});

describe("beforeOthers", () => {
  test("puts what is made later before what was made earlier", () => {
    const now = Date.now();
    expect(beforeOthers(now + 1) < beforeOthers(now)).toBe(true);
    expect(beforeOthers(now)).toMatch(/^T[0-9A-Za-z]{10}$/);
    expect(beforeOthers(now) < "a0").toBe(true);
  });
});
