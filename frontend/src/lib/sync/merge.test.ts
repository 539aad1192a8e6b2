import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bothOf, changesBetween, differences, same } from "@/lib/sync/fields";
import { type Merged, type MergedOperation, merge, type StoredTodo } from "@/lib/sync/merge";
import { aTodo } from "@/testing/todos";

interface Vector {
  name: string;
  stored: StoredTodo | null;
  operation: MergedOperation;
  expect: Merged;
}

const path = new URL("../../../../libs/common/src/contracts/merge_vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf8")) as Vector[];

describe("merge", () => {
  test("has the cases that the server has", () => {
    expect(vectors.length).toBeGreaterThan(90);
  });

  test.each(vectors)("$name", (vector) => {
    expect(merge(vector.stored, vector.operation)).toEqual(vector.expect);
  });
});

describe("changesBetween", () => {
  test("leaves out what is as wanted already, comparing values, not objects", () => {
    const seen = aTodo({ title: "one", tags: ["a"], due: { date: "2026-11-22" } });
    const patch = { title: "two", tags: ["a"], due: { date: "2026-11-22" } };
    expect(changesBetween(seen, patch)).toEqual({ title: { from: "one", to: "two" } });
  });
});

describe("differences", () => {
  test("names what a person would miss, and not the place in the list", () => {
    const seen = aTodo({ title: "one", position: "a0" });
    expect(differences(seen, aTodo({ title: "one", position: "b7", version: 9 }))).toEqual([]);
    expect(differences(seen, aTodo({ title: "two", description: "more" }))).toEqual(["title", "description"]);
  });
});

describe("bothOf", () => {
  test("puts text after text, unless one has the other in it", () => {
    expect(bothOf("title", "Buy milk", "Buy cheese")).toBe("Buy milk / Buy cheese");
    expect(bothOf("description", "one", "two")).toBe("one\n\ntwo");
    expect(bothOf("description", "one and two", "two")).toBe("one and two");
    expect(bothOf("description", "", "two")).toBe("two");
  });

  test("unites tags", () => {
    expect(bothOf("tags", ["a", "b"], ["b", "c"])).toEqual(["a", "b", "c"]);
  });

  test("is not to be had where there is one value, or no room for two", () => {
    expect(bothOf("completed", true, false)).toBeUndefined();
    expect(bothOf("title", "x".repeat(150), "y".repeat(150))).toBeUndefined();
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
