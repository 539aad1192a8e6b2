import { describe, expect, test } from "vitest";
import { duration, explain } from "@/lib/api/explain";
import { ApiProblem, SignedOut, Unreachable } from "@/lib/api/problems";
import { english } from "@/lib/i18n/translate";

const problem = (status: number, retryAfter?: number, requestId?: string) =>
  new ApiProblem(status, "x", "The title", "The detail", [], retryAfter, requestId, {});

describe("explain", () => {
  test("says how long to wait", () => {
    expect(explain(english, problem(429, 12_000)).detail).toBe("Please wait 12 seconds, then try again.");
  });
  test("tells being offline from a server that does not answer", () => {
    expect(explain(english, new Unreachable(), false).title).toBe("You are offline");
    expect(explain(english, new Unreachable(), true).title).toBe("Daybook cannot be reached");
  });
  test("names the request, so that somebody can look for it", () => {
    expect(explain(english, problem(503, undefined, "018f-abc")).detail).toContain("reference 018f-abc");
  });
  test("passes on what the server says about the request", () => {
    expect(explain(english, problem(409))).toEqual({ title: "The title", detail: "The detail" });
  });
  test("has words for everything else", () => {
    expect(explain(english, new SignedOut()).title).toBe("You are signed out");
    expect(explain(english, new TypeError("x is not a function"), true).title).toBe("Something went wrong");
  });
});

describe("duration", () => {
  test.each([
    [undefined, "a moment"],
    [10, "a second"],
    [1001, "2 seconds"],
    [89_000, "89 seconds"],
    [91_000, "2 minutes"],
    [3_600_000, "60 minutes"],
    [7_200_000, "2 hours"],
  ])("%j is %s", (milliseconds, text) => {
    expect(duration(english, milliseconds)).toBe(text);
  });
});
