import { Unreachable } from "@/lib/api/problems";

/** The server sends something every 15 seconds. Silence for so long means that nobody is there any more. */
export const SILENCE = 45_000;

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * The events of a stream, by the rules of `text/event-stream`. `EventSource` would do this, but cannot send a bearer
 * token. Rejects with `Unreachable` when the stream breaks or falls silent.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  silence: number = SILENCE,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const cancel = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", cancel, { once: true });
  let text = "";
  try {
    for (;;) {
      const { done, value } = await readBefore(reader, silence);
      if (done || signal.aborted) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split(/\r\n\r\n|\n\n|\r\r/);
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

type Chunk = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

/** A connection that died without a word looks like one on which nothing happens: only the clock can tell. */
async function readBefore(reader: ReadableStreamDefaultReader<Uint8Array>, silence: number): Promise<Chunk> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watchdog = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unreachable()), silence);
  });
  try {
    return await Promise.race([reader.read(), watchdog]);
  } catch (cause) {
    throw cause instanceof Unreachable ? cause : new Unreachable({ cause });
  } finally {
    clearTimeout(timer);
  }
}

function parse(block: string): ServerEvent | undefined {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return data.length > 0 ? { event, data: data.join("\n") } : undefined;
}
