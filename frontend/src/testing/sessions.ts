import { vi } from "vitest";
import { Unreachable } from "@/lib/api/problems";
import { Session } from "@/lib/api/session";
import type { CookieCalls, SessionMessage } from "@/lib/api/session-types";
import type { SignedIn } from "@/lib/api/types";
import { memoryArea } from "@/lib/storage/area";
import { createLocal } from "@/lib/storage/local";
import { connectedChannels, sharedLocks } from "@/testing/tabs";

const user = {
  id: "u1",
  email: "ada@example.com",
  display_name: "Ada",
  email_verified: false,
  created_at: "",
};
export const person = { id: user.id, email: user.email, display_name: user.display_name };

let count = 0;
let stops: (() => void)[] = [];

/** For `beforeEach`. */
export function startClock(): void {
  vi.useFakeTimers();
  count = 0;
}

/** For `afterEach`. */
export function stopSessions(): void {
  for (const stop of stops) stop();
  stops = [];
  vi.useRealTimers();
}

export const settle = () => vi.advanceTimersByTimeAsync(0);

/** What sign-in answers; each time with another token. */
export const answer = (): SignedIn => ({
  access_token: `token ${++count}`,
  token_type: "Bearer",
  expires_in: 300,
  user,
});

/** A server that knows one session, or none. */
function server() {
  const state = { signedIn: true, hasCookie: true, reachable: true, refreshes: 0, logouts: 0 };
  const reach = () => {
    if (!state.reachable) throw new Unreachable();
  };
  const calls: CookieCalls = {
    refresh: async () => {
      reach();
      state.refreshes++;
      await Promise.resolve();
      if (!state.hasCookie) return new Response(null, { status: 204 });
      return state.signedIn ? Response.json(answer()) : new Response("{}", { status: 401 });
    },
    logout: async () => {
      reach();
      state.logouts++;
      state.signedIn = false;
      return new Response(null, { status: 204 });
    },
  };
  return { state, calls };
}

/** Tabs of one browser: one storage, one set of locks. Each is opened by its function. */
export function browser(tabs = 1) {
  const { state, calls } = server();
  const area = memoryArea();
  const local = createLocal(area);
  const locks = sharedLocks();
  const forget = vi.fn();
  const open = connectedChannels<SessionMessage>(tabs).map((channel) => () => {
    const session = new Session({ calls, hint: local.session, channel, locks, forget });
    stops.push(session.start());
    return session;
  });
  return { state, area, local, forget, open };
}

export function openOne(setup = browser()) {
  const [open] = setup.open;
  if (!open) throw new Error("there is no tab");
  return { ...setup, session: open() };
}
