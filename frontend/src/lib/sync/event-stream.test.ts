import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Unreachable } from "@/lib/api/problems";
import { readEvents, type ServerEvent, SILENCE } from "@/lib/sync/event-stream";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A stream that says what it is told to, and what was heard of it. */
function open() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const stop = new AbortController();
  const heard: ServerEvent[] = [];
  const ended = (async () => {
    for await (const event of readEvents(readable, stop.signal)) heard.push(event);
  })().then(
    () => "ended",
    (error: unknown) => error,
  );
  const say = async (text: string | Uint8Array<ArrayBuffer>) => {
    void writer.write(typeof text === "string" ? new TextEncoder().encode(text) : text);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { heard, ended, say, stop, close: () => writer.close() };
}

describe("readEvents", () => {
  test("reads events, however they are cut and whatever ends their lines", async () => {
    const { heard, say, close, ended } = open();
    await say('event: head\ndata: {"he');
    await say('ad": 1}\n\nevent: end\r\ndata: a\r\ndata:b\r\n\r\n');
    await say(": heartbeat\n\nid: 7\ndata: plain\n\n");
    await close();
    expect(await ended).toBe("ended");
    expect(heard).toEqual([
      { event: "head", data: '{"head": 1}' },
      { event: "end", data: "a\nb" },
      { event: "message", data: "plain" },
    ]);
  });

  test("puts letters together that were cut in the middle", async () => {
    const { heard, say, close } = open();
    const bytes = new TextEncoder().encode("data: Zürich\n\n");
    await say(bytes.slice(0, 8));
    await say(bytes.slice(8));
    await close();
    expect(heard).toEqual([{ event: "message", data: "Zürich" }]);
  });

  test("gives up when nothing is heard for too long, and a heartbeat is something", async () => {
    const { say, ended } = open();
    await vi.advanceTimersByTimeAsync(SILENCE - 1);
    await say(": heartbeat\n\n");
    await vi.advanceTimersByTimeAsync(SILENCE - 1);
    const waiting = Symbol("still open");
    expect(await Promise.race([ended, Promise.resolve(waiting)])).toBe(waiting);
    await vi.advanceTimersByTimeAsync(1);
    expect(await ended).toBeInstanceOf(Unreachable);
  });

  test("ends when nobody listens any more", async () => {
    const { stop, ended } = open();
    stop.abort();
    expect(await ended).toBe("ended");
  });
});
