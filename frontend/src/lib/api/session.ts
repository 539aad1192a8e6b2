import type { Tokens } from "@/lib/api/client";
import { readProblem, SignedOut } from "@/lib/api/problems";
import { backoff } from "@/lib/api/retry";
import {
  type Access,
  isSamePerson,
  onReturn,
  type Person,
  type SessionMessage,
  type SessionParts,
  type SessionSnapshot,
  type SignOutReason,
  toAccess,
  toPerson,
} from "@/lib/api/session-types";
import type { SignedIn } from "@/lib/api/types";

const LOCK = "daybook:session";
/** A token is renewed this long before it expires, and not used any more shortly before. */
const EARLY = 30_000;
const TOO_LATE = 5_000;

/**
 * The signed-in session of this tab. The access token lives in this closure and in messages between tabs, nowhere
 * else. The refresh cookie is out of reach of scripts; whoever holds the lock uses it, and tells the other tabs.
 */
export class Session implements Tokens {
  #snapshot: SessionSnapshot;
  #access: Access | undefined;
  #refreshing: { generation: number; access: Promise<Access | undefined> } | undefined;
  #ending: Promise<void> = Promise.resolve();
  /** Counts sign-ins and sign-outs: an answer that belongs to an earlier one is dropped. */
  #generation = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly parts: SessionParts) {
    this.#snapshot = { phase: "restoring", user: parts.hint.get()?.user ?? null };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): SessionSnapshot => this.#snapshot;

  /** Restores the session and follows the other tabs until stopped. May be started again. */
  start(): () => void {
    const stopped = new AbortController();
    const unhear = this.parts.channel.listen((message) => this.#hear(message));
    const unwatch = this.parts.hint.subscribe(() => this.#compareWithHint());
    onReturn(() => this.wake(), stopped.signal);
    if (this.parts.hint.get()?.state === "ending") {
      this.#leave("chosen");
      this.#ending = this.#endOnServer();
    } else if (!this.#access) this.#renewInBackground();
    return () => {
      stopped.abort();
      unhear();
      unwatch();
      clearTimeout(this.#timer);
    };
  }

  /** Catches up after sleep, a lost network or the back button. */
  wake(): void {
    this.#compareWithHint();
    if (this.parts.hint.get()?.state === "ending") this.#ending = this.#endOnServer();
    else if (this.#snapshot.phase === "unreachable" || this.#isOld(EARLY)) this.#renewInBackground();
  }

  async current(): Promise<string> {
    if (this.#snapshot.phase === "signed-out") throw new SignedOut();
    const access = this.#access && !this.#isOld(TOO_LATE) ? this.#access : await this.#refresh();
    if (!access) throw new SignedOut();
    return access.token;
  }

  async renew(refused: string): Promise<string | undefined> {
    if (this.#access && this.#access.token !== refused) return this.#access.token;
    return (await this.#refresh())?.token;
  }

  /** Waits until an earlier sign-out has reached the server, whose answer would otherwise drop the new cookie. */
  readyToSignIn(): Promise<void> {
    return this.#ending;
  }

  /** Takes the answer to register and sign-in. */
  adopt(answer: SignedIn): void {
    this.#generation++;
    this.#install(toAccess(answer, Date.now()), toPerson(answer.user));
  }

  /** Takes a name that was changed, here and in every tab. */
  rename(answer: SignedIn["user"]): void {
    if (this.#access && this.#snapshot.user?.id === answer.id) this.#install(this.#access, toPerson(answer));
  }

  /** Asks the server whether the session still lives: something may have ended it. */
  check(): void {
    if (this.#snapshot.phase !== "signed-out") this.#renewInBackground();
  }

  /** Signs out here and in every tab at once; the server is told now or, without a network, on the next start. */
  async signOut(reason: "chosen" | "deleted" = "chosen"): Promise<void> {
    const { user } = this.#snapshot;
    this.#leave(reason);
    if (user) {
      this.parts.hint.set({ state: "ending", user });
      this.parts.forget(user.id);
    }
    this.parts.channel.post({ type: "signed-out" });
    this.#ending = this.#endOnServer();
    await this.#ending;
  }

  #isOld(margin: number): boolean {
    return this.#access !== undefined && this.#access.expiresAt - margin <= Date.now();
  }

  /** One at a time in this tab, and by the lock one at a time in this browser. */
  #refresh(): Promise<Access | undefined> {
    const generation = this.#generation;
    if (this.#refreshing?.generation === generation) return this.#refreshing.access;
    const access = this.parts.locks
      .request(LOCK, {}, () => this.#rotate(generation))
      .finally(() => {
        if (this.#refreshing?.generation === generation) this.#refreshing = undefined;
      });
    this.#refreshing = { generation, access };
    return access;
  }

  async #rotate(generation: number): Promise<Access | undefined> {
    // While this tab waited for the lock, another one has done it, or the person has left.
    if (generation !== this.#generation) return this.#access;
    const response = await this.parts.calls.refresh();
    // Without the cookie there is nothing to refuse.
    if (response.status === 401 || response.status === 204) {
      if (generation === this.#generation) this.#end();
      return undefined;
    }
    if (!response.ok) throw await readProblem(response);
    const answer: SignedIn = await response.json();
    if (generation !== this.#generation) return this.#access;
    return this.#install(toAccess(answer, Date.now()), toPerson(answer.user));
  }

  #renewInBackground(): void {
    clearTimeout(this.#timer);
    this.#refresh().then(
      () => {
        this.#failures = 0;
      },
      (error: unknown) => this.#postpone(error),
    );
  }

  #postpone(error: unknown): void {
    this.#failures++;
    this.#timer = setTimeout(() => this.#renewInBackground(), backoff(this.#failures));
    // A token that still works is worth more than the news that the next one is late.
    if (!this.#access || this.#isOld(TOO_LATE))
      this.#set({ phase: "unreachable", user: this.#snapshot.user, error });
  }

  #install(access: Access, user: Person): Access {
    this.#take(access, user);
    this.parts.hint.set({ state: "in", user });
    this.parts.channel.post({ type: "access", access, user });
    return access;
  }

  #take(access: Access, user: Person): void {
    this.#access = access;
    this.#failures = 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#renewInBackground(),
      Math.max(0, access.expiresAt - EARLY - Date.now()),
    );
    const { phase, user: known } = this.#snapshot;
    if (phase !== "signed-in" || !isSamePerson(known, user)) this.#set({ phase: "signed-in", user });
  }

  /** The server knows no session for this browser's cookie. What was not sent yet stays for the next sign-in. */
  #end(): void {
    const known = this.parts.hint.get() !== null || this.#snapshot.user !== null;
    this.#leave(known ? "ended" : "absent");
    this.parts.hint.remove();
  }

  #leave(reason: SignOutReason): void {
    this.#generation++;
    this.#access = undefined;
    clearTimeout(this.#timer);
    if (this.#snapshot.phase !== "signed-out") this.#set({ phase: "signed-out", user: null, reason });
  }

  async #endOnServer(): Promise<void> {
    const pending = () => this.parts.hint.get()?.state === "ending";
    try {
      await this.parts.locks.request(LOCK, {}, async () => {
        if (!pending()) return;
        const response = await this.parts.calls.logout();
        if (pending() && (response.ok || response.status === 401)) this.parts.hint.remove();
      });
    } catch {
      // The hint stays on `ending`: the next start, or the network's return, tells the server.
    }
  }

  #hear(message: SessionMessage): void {
    this.#generation++;
    if (message.type === "access") this.#take(message.access, message.user);
    else this.#leave("elsewhere");
  }

  /** For tabs that were frozen, or have no channel: the hint says what happened in the meantime. */
  #compareWithHint(): void {
    const hint = this.parts.hint.get();
    const { phase, user } = this.#snapshot;
    if (hint?.state === "ending") this.#leave("elsewhere");
    else if (hint && (phase === "signed-out" || (user && user.id !== hint.user.id)))
      this.#switchTo(hint.user);
    else if (!hint && phase === "signed-in") this.#renewInBackground();
  }

  #switchTo(user: Person): void {
    this.#generation++;
    this.#access = undefined;
    this.#set({ phase: "restoring", user });
    this.#renewInBackground();
  }

  #set(snapshot: SessionSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
