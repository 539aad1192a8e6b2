import { describe, expect, test } from "vitest";
import { differences, merge, same } from "@/lib/sync/merge";
import { aTodo } from "@/testing/todos";

describe("merge", () => {
  const stored = aTodo({ title: "stored", tags: ["a"], due: { date: "2026-11-22" } });

  test("a field that is still as the person saw it is changed", () => {
    const changes = { title: { from: "stored", to: "mine" } };
    expect(merge(stored, changes)).toEqual({ changes, clashes: [] });
  });

  test("a field that has the wanted value already needs nothing", () => {
    expect(merge(stored, { title: { from: "old", to: "stored" } })).toEqual({ changes: {}, clashes: [] });
  });

  test("a field with a third value clashes, and the others are changed all the same", () => {
    const completed = { from: false, to: true };
    const result = merge(stored, { title: { from: "old", to: "mine" }, completed });
    expect(result).toEqual({ changes: { completed }, clashes: ["title"] });
  });

  test("values are compared, not objects", () => {
    const changes = {
      tags: { from: ["a"], to: ["a", "b"] },
      due: { from: { date: "2026-11-22" }, to: null },
    };
    expect(merge(stored, changes)).toEqual({ changes, clashes: [] });
  });
});

describe("differences", () => {
  test("names what a person would miss, and not the place in the list", () => {
    const seen = aTodo({ title: "one", position: "a0" });
    expect(differences(seen, aTodo({ title: "one", position: "b7", version: 9 }))).toEqual([]);
    expect(differences(seen, aTodo({ title: "two", description: "more" }))).toEqual(["title", "description"]);
  });
});

describe("same", () => {
  test.each([
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [null, {}, false],
    [null, undefined, false],
    ["1", 1, false],
  ])("%j and %j: %j", (a, b, expected) => {
    expect(same(a, b)).toBe(expected);
  });
});
