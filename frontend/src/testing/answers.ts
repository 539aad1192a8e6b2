import type { Send } from "@/lib/api/client";

/** What was asked, for tests to look at. */
export interface Asked {
  readonly call: string;
  readonly body: unknown;
}

type Reply = Response | ((body: unknown) => Response | Promise<Response>);

/** A problem as the API sends it. */
export const refusal = (
  status: number,
  slug: string,
  extra: object = {},
  headers: Record<string, string> = {},
): Response =>
  Response.json({ type: `urn:problem:${slug}`, title: slug, status, ...extra }, { status, headers });

export const done = (status = 204): Response => new Response(null, { status });

/**
 * The API at the network's edge: answers by method and path, such as `"GET /auth/sessions"`. Several answers for one
 * call are given in turn, the last one for good.
 */
export function api(replies: Readonly<Record<string, Reply | readonly Reply[]>>): {
  send: Send;
  asked: Asked[];
} {
  const asked: Asked[] = [];
  const queues = new Map(Object.entries(replies).map(([call, reply]) => [call, [reply].flat() as Reply[]]));
  const send: Send = async (request) => {
    const call = `${request.method} ${new URL(request.url).pathname}`;
    const text = await request.text();
    const body: unknown = text ? JSON.parse(text) : undefined;
    asked.push({ call, body });
    const queue = queues.get(call);
    const reply = queue && queue.length > 1 ? queue.shift() : queue?.[0];
    if (!reply) throw new TypeError(`no answer for ${call}`);
    return typeof reply === "function" ? reply(body) : reply.clone();
  };
  return { send, asked };
}
