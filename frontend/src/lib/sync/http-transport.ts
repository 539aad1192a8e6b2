import { type Api, bodyOf } from "@/lib/api/client";
import type { OperationIn } from "@/lib/api/types";
import { readEvents } from "@/lib/sync/event-stream";
import type { StreamEvent, Transport } from "@/lib/sync/transport";

const PAGE = 500;
const TRASH_PAGE = 100;

/** The open stream of the API, as a response whose body is being written. */
export type OpenStream = (path: string, signal: AbortSignal) => Promise<Response>;

/** Through the gateway. */
export function httpTransport(connect: () => Promise<Api>, openStream: OpenStream): Transport {
  return {
    async push(operations, signal) {
      const api = await connect();
      // What the server knows a default for (`force`) may be left out; the generated type asks for it.
      const body = { operations: operations.map((operation) => operation as OperationIn) };
      return bodyOf(api.POST("/sync/operations", { body, signal }));
    },
    async pull(cursor, signal) {
      const api = await connect();
      const query = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
      return bodyOf(api.GET("/sync/changes", { params: { query }, signal }));
    },
    async stream(listener, signal) {
      const response = await openStream("/sync/stream", signal);
      if (!response.body) return;
      for await (const { event, data } of readEvents(response.body, signal)) {
        const told = toEvent(event, data);
        if (told) listener(told);
        if (told?.type === "end") return;
      }
    },
    async trash(cursor, signal) {
      const api = await connect();
      const query = { limit: TRASH_PAGE, ...(cursor === null ? {} : { cursor }) };
      return bodyOf(api.GET("/todos/trash", { params: { query }, signal }));
    },
  };
}

/** Events of a later version are passed over. */
function toEvent(event: string, data: string): StreamEvent | undefined {
  try {
    const { epoch, head, reason } = JSON.parse(data) as Record<string, unknown>;
    if (event === "head" && typeof epoch === "string" && typeof head === "number") {
      return { type: "head", epoch, head };
    }
    return event === "end" ? { type: "end", reason: String(reason) } : undefined;
  } catch {
    return undefined;
  }
}
