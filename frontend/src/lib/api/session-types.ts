import type { SignedIn } from "@/lib/api/types";
import type { Entry } from "@/lib/storage/entry";
import type { SessionHint } from "@/lib/storage/local";
import type { TabChannel } from "@/lib/tabs/channel";
import type { Locks } from "@/lib/tabs/locks";

/** What the app shows of the signed-in person before, and besides, asking the server. */
export type Person = SessionHint["user"];

export type SessionSnapshot =
  /** Nothing is known yet; `user` is who was here last. */
  | { readonly phase: "restoring"; readonly user: Person | null }
  | { readonly phase: "signed-in"; readonly user: Person }
  /** The server did not answer whether the session still lives. It is asked again by itself. */
  | { readonly phase: "unreachable"; readonly user: Person | null; readonly error: unknown }
  | { readonly phase: "signed-out"; readonly user: null; readonly reason: SignOutReason };

/**
 * `absent`: nobody was signed in. `ended`: the server ended it. `chosen`: here. `elsewhere`: in another tab.
 * `deleted`: there is no such account any more.
 */
export type SignOutReason = "absent" | "ended" | "chosen" | "elsewhere" | "deleted";

export interface Access {
  readonly token: string;
  /** By this device's clock, counted from when the answer came: clocks may disagree. */
  readonly expiresAt: number;
}

export type SessionMessage =
  | { readonly type: "access"; readonly access: Access; readonly user: Person }
  | { readonly type: "signed-out" };

/** The calls that carry the cookie. Both answer any response; they throw `Unreachable` when there is none. */
export interface CookieCalls {
  refresh(): Promise<Response>;
  logout(): Promise<Response>;
}

export interface SessionParts {
  calls: CookieCalls;
  hint: Entry<SessionHint | null>;
  channel: TabChannel<SessionMessage>;
  locks: Locks;
  /** Removes what this browser keeps of a person who signed out. */
  forget: (userId: string) => void;
}

export const toAccess = (answer: SignedIn, now: number): Access => ({
  token: answer.access_token,
  expiresAt: now + answer.expires_in * 1000,
});

export const toPerson = ({ id, email, display_name }: SignedIn["user"]): Person => ({
  id,
  email,
  display_name: display_name ?? null,
});

export const isSamePerson = (a: Person, b: Person): boolean =>
  a.id === b.id && a.email === b.email && a.display_name === b.display_name;

/** Tells when the person, or the network, has come back to this tab. */
export function onReturn(listener: () => void, signal: AbortSignal): void {
  const wake = () => {
    if (document.visibilityState === "visible") listener();
  };
  globalThis.addEventListener("online", wake, { signal });
  globalThis.addEventListener("pageshow", wake, { signal });
  document.addEventListener("visibilitychange", wake, { signal });
}
