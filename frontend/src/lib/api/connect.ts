import { CONFIG_PATH, createAddress } from "@/lib/api/address";
import { type Api, authorised, createApi, reaching, type Send } from "@/lib/api/client";
import { retrying } from "@/lib/api/retry";
import { Session } from "@/lib/api/session";
import type { CookieCalls, SessionMessage } from "@/lib/api/session-types";
import type { Local } from "@/lib/storage/local";
import { createTabChannel } from "@/lib/tabs/channel";
import { browserLocks } from "@/lib/tabs/locks";

/** The gateway gives up after eight seconds and says so; this is for when not even that arrives. */
const TIMEOUT = 10_000;

const timed =
  (send: Send): Send =>
  (request) =>
    send(new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT)]) }));

export interface Connection {
  readonly session: Session;
  /** For signed-in people: bearer token, one repetition after 401, reads repeated when they failed in passing. */
  readonly api: () => Promise<Api>;
  /** For register and sign-in, whose answers set the cookie. */
  readonly guestApi: () => Promise<Api>;
}

export function connect(local: Local, forget: (userId: string) => void): Connection {
  const send = reaching(timed((request) => fetch(request)));
  const withCookies: Send = (request) => send(new Request(request, { credentials: "include" }));
  const address = createAddress(() => fetch(CONFIG_PATH));
  const session = new Session({
    calls: cookieCalls(address, withCookies),
    hint: local.session,
    channel: createTabChannel<SessionMessage>("daybook:session:v1"),
    locks: browserLocks(),
    forget,
  });
  return {
    session,
    api: once(address, (origin) => createApi(origin, retrying(authorised(session, send)))),
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
