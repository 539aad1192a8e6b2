import { CONFIG_PATH, createAddress } from "@/lib/api/address";
import { createCache } from "@/lib/api/cache";
import { type Api, authorised, createApi, reaching, type Send, type Tokens } from "@/lib/api/client";
import { readProblem } from "@/lib/api/problems";
import { retrying } from "@/lib/api/retry";
import { Session } from "@/lib/api/session";
import type { CookieCalls, SessionMessage } from "@/lib/api/session-types";
import { tokensOf } from "@/lib/api/tokens-of";
import type { Local } from "@/lib/storage/local";
import { createTabChannel } from "@/lib/tabs/channel";
import { browserLocks } from "@/lib/tabs/locks";

/** The gateway gives up after eight seconds and says so; this is for when not even that arrives. */
const TIMEOUT = 10_000;
/** Files with everything a person has take as long as their connection needs for them. */
const FILE_TIMEOUT = 120_000;
const files = new Set(["/todos/import", "/todos/export"]);

const timed =
  (send: Send): Send =>
  (request) => {
    const timeout = files.has(new URL(request.url).pathname) ? FILE_TIMEOUT : TIMEOUT;
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]);
    return send(new Request(request, { signal }));
  };

/** An answer that never ends has to begin in time, and is cut by nobody after that. */
const beginning =
  (send: Send): Send =>
  async (request) => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException("too late", "TimeoutError")), TIMEOUT);
    try {
      return await send(new Request(request, { signal: AbortSignal.any([request.signal, late.signal]) }));
    } finally {
      clearTimeout(timer);
    }
  };

export interface Connection {
  readonly session: Session;
  /** For signed-in people: bearer token, one repetition after 401, what acts once repeated when it failed in passing. */
  readonly api: () => Promise<Api>;
  /** For register and sign-in, whose answers set the cookie. */
  readonly guestApi: () => Promise<Api>;
  /** For what the server tells as it happens: the body of the answer goes on for as long as both want it. */
  readonly openStream: (path: string, signal: AbortSignal) => Promise<Response>;
  /** The same in the name of one person only: with anybody else's token, nothing of theirs is sent. */
  readonly as: (userId: string) => Pick<Connection, "api" | "openStream">;
}

export function connect(local: Local, forget: (userId: string) => void): Connection {
  const bare: Send = (request) => fetch(request);
  const send = reaching(timed(bare));
  const withCookies: Send = (request) => send(new Request(request, { credentials: "include" }));
  const address = createAddress(() => fetch(CONFIG_PATH));
  const session = new Session({
    calls: cookieCalls(address, withCookies),
    hint: local.session,
    channel: createTabChannel<SessionMessage>("daybook:session:v1"),
    locks: browserLocks(),
    forget,
  });
  const cache = createCache();
  session.subscribe(() => {
    if (session.snapshot().phase === "signed-out") cache.clear();
  });
  const withTokens = (tokens: Tokens): Pick<Connection, "api" | "openStream"> => {
    const streaming = authorised(tokens, reaching(beginning(bare)));
    return {
      api: once(address, (origin) => createApi(origin, cache.caching(retrying(authorised(tokens, send))))),
      openStream: async (path, signal) => {
        const headers = { accept: "text/event-stream" };
        const response = await streaming(new Request(new URL(path, await address()), { headers, signal }));
        if (!response.ok) throw await readProblem(response);
        return response;
      },
    };
  };
  return {
    session,
    ...withTokens(session),
    as: (userId) => withTokens(tokensOf(session, userId)),
    guestApi: once(address, (origin) => createApi(origin, withCookies)),
  };
}

function cookieCalls(address: () => Promise<string>, send: Send): CookieCalls {
  // No body means no content type of its own; the services insist on JSON because a form cannot send it across sites.
  const headers = { "content-type": "application/json" };
  const post = async (path: string) =>
    send(new Request(new URL(path, await address()), { method: "POST", headers, body: "{}" }));
  return { refresh: () => post("/auth/refresh"), logout: () => post("/auth/logout") };
}

function once(address: () => Promise<string>, create: (origin: string) => Api): () => Promise<Api> {
  let api: Api | undefined;
  return async () => {
    api ??= create(await address());
    return api;
  };
}
