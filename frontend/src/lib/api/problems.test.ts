import { describe, expect, test } from "vitest";
import { ApiProblem, isPassing, parseRetryAfter, readProblem, Unreachable } from "@/lib/api/problems";

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });

describe("readProblem", () => {
  test("reads slug, texts, field errors, request id and waiting time", async () => {
    const body = {
      type: "urn:problem:invalid-request",
      title: "The request is invalid",
      status: 422,
      errors: [{ pointer: "#/title", detail: "is empty" }, { pointer: 7 }, null],
    };
    const problem = await readProblem(answer(422, body, { "x-request-id": "abc-12345", "retry-after": "3" }));
    expect(problem).toMatchObject({
      status: 422,
      slug: "invalid-request",
      title: "The request is invalid",
      errors: [{ pointer: "#/title", detail: "is empty" }],
      retryAfter: 3000,
      requestId: "abc-12345",
    });
  });

  test.each(["", "<html>", "null", "7", "[]"])("makes a problem of a body that is none: %j", async (body) => {
    expect(await readProblem(answer(502, body))).toMatchObject({ status: 502, slug: "http-502", errors: [] });
  });
});

describe("parseRetryAfter", () => {
  const now = Date.parse("2026-11-22T10:00:00Z");
  test.each([
    ["5", 5000],
    ["0", 0],
    ["Sun, 22 Nov 2026 10:00:30 GMT", 30_000],
    ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
    ["soon", undefined],
    ["", undefined],
    [null, undefined],
  ])("%j is %j milliseconds", (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

describe("isPassing", () => {
  const problem = (status: number) =>
    new ApiProblem(status, "x", "x", undefined, [], undefined, undefined, {});
  test.each([429, 500, 503, 408])("%d may pass", (status) => {
    expect(isPassing(problem(status))).toBe(true);
  });
  test.each([400, 401, 403, 404, 409, 422])("%d does not", (status) => {
    expect(isPassing(problem(status))).toBe(false);
  });
  test("no answer may pass, a mistake of ours does not", () => {
    expect(isPassing(new Unreachable())).toBe(true);
    expect(isPassing(new TypeError("x"))).toBe(false);
  });
});
