import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Unreachable } from "@/lib/api/problems";
import { backoff, pause, retrying } from "@/lib/api/retry";

const URL = "http://api.test/todos";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends a request through a server that gives these answers in turn. */
function sendThrough(answers: (Response | Error)[], init: RequestInit = {}) {
  const send = vi.fn(async () => {
    const answer = answers.shift() ?? new Response("late");
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const result = retrying(send)(new Request(URL, init)).catch((error: unknown) => error);
  return { send, result };
}

describe("retrying", () => {
  test("repeats a read that got no answer, then one that was refused in passing", async () => {
    const answers = [new Unreachable(), new Response("", { status: 503 }), new Response("here")];
    const { send, result } = sendThrough(answers);
    await vi.runAllTimersAsync();
    expect(await ((await result) as Response).text()).toBe("here");
    expect(send).toHaveBeenCalledTimes(3);
  });

  test("gives up after three attempts", async () => {
    const { send, result } = sendThrough([new Unreachable(), new Unreachable(), new Unreachable()]);
    await vi.runAllTimersAsync();
    expect(await result).toBeInstanceOf(Unreachable);
    expect(send).toHaveBeenCalledTimes(3);
  });

  test("waits as long as the server asks, if that is not long", async () => {
    const busy = () => new Response("", { status: 429, headers: { "retry-after": "1" } });
    const { send } = sendThrough([busy(), new Response("here")]);
    await vi.advanceTimersByTimeAsync(999);
    expect(send).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(send).toHaveBeenCalledTimes(2);
  });

  test("does not make a person wait for minutes", async () => {
    const { send, result } = sendThrough([
      new Response("", { status: 429, headers: { "retry-after": "60" } }),
    ]);
    await vi.runAllTimersAsync();
    expect(((await result) as Response).status).toBe(429);
    expect(send).toHaveBeenCalledTimes(1);
  });

  test.each([400, 401, 404, 500])("does not repeat after %d", async (status) => {
    const { send } = sendThrough([new Response("", { status })]);
    await vi.runAllTimersAsync();
    expect(send).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["PUT", { "content-type": "application/json" }],
    ["DELETE", {}],
    ["POST", { "content-type": "application/json", "idempotency-key": "k1" }],
  ])("repeats a %s that acts once", async (method, headers) => {
    const body = "content-type" in headers ? "{}" : null;
    const { send, result } = sendThrough([new Unreachable(), new Response("here")], {
      method,
      headers,
      body,
    });
    await vi.runAllTimersAsync();
    expect(await ((await result) as Response).text()).toBe("here");
    expect(send).toHaveBeenCalledTimes(2);
  });

  test.each([
    ["POST", { "content-type": "application/json" }],
    ["PATCH", { "content-type": "application/json" }],
    // Whoever deletes an account proves who they are, with a code that is good for one time.
    ["DELETE", { "content-type": "application/json" }],
  ])("never repeats a %s that may act twice", async (method, headers) => {
    const { send, result } = sendThrough([new Unreachable()], { method, headers, body: "{}" });
    await vi.runAllTimersAsync();
    expect(await result).toBeInstanceOf(Unreachable);
    expect(send).toHaveBeenCalledTimes(1);
  });

  test("takes it for done when what was to be removed is gone after a lost answer", async () => {
    const missing = () => new Response("", { status: 404 });
    const lost = sendThrough([new Unreachable(), missing()], { method: "DELETE" });
    await vi.runAllTimersAsync();
    expect(((await lost.result) as Response).status).toBe(204);
    const never = sendThrough([missing()], { method: "DELETE" });
    expect(((await never.result) as Response).status).toBe(404);
  });
});

describe("backoff", () => {
  test("doubles up to half a minute, and spreads", () => {
    expect([1, 2, 3, 10, 50].map((failures) => backoff(failures, () => 1))).toEqual([
      500, 1000, 2000, 30_000, 30_000,
    ]);
    expect(backoff(1, () => 0)).toBe(0);
  });
});

describe("pause", () => {
  test("ends at once when aborted", async () => {
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    expect(vi.getTimerCount()).toBe(0);
  });
});
