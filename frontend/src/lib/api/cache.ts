import type { Send } from "@/lib/api/client";

/** The answers of so many addresses are kept; the ones that were asked for longest ago go first. */
const MOST = 50;

export interface Cache {
  /** Reads that were answered before ask whether that is still so; “not modified” is answered from memory. */
  readonly caching: (send: Send) => Send;
  /** Forgets everything: what one person was answered is nothing for the next. */
  clear(): void;
}

/**
 * Answers by address, in memory, and only those whose server gave them an `ETag`. The browser's own cache is not used:
 * it lies on the disk, and does not know who is signed in.
 */
export function createCache(): Cache {
  const kept = new Map<string, { etag: string; answer: Response }>();
  const ask = async (request: Request, send: Send): Promise<Response> => {
    const { url } = request;
    const known = kept.get(url);
    const asking = new Request(request, { cache: "no-store" });
    if (known) asking.headers.set("if-none-match", known.etag);
    const response = await send(asking);
    return response.status === 304 && known ? keep(url, known) : remember(url, response);
  };

  const remember = (url: string, response: Response): Response => {
    const etag = response.headers.get("etag");
    kept.delete(url);
    if (response.ok && etag) keep(url, { etag, answer: response.clone() });
    return response;
  };

  function keep(url: string, entry: { etag: string; answer: Response }): Response {
    kept.delete(url);
    kept.set(url, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST) break;
      kept.delete(oldest);
    }
    return entry.answer.clone();
  }

  return {
    caching: (send) => (request) =>
      request.method === "GET" && !request.headers.has("if-none-match") ? ask(request, send) : send(request),
    clear: () => kept.clear(),
  };
}
