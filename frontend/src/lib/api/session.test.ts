// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SignedOut, Unreachable } from "@/lib/api/problems";
import { answer, browser, openOne, person, settle, startClock, stopSessions } from "@/testing/sessions";

beforeEach(startClock);
afterEach(stopSessions);

describe("restoring", () => {
  test("finds the session of the cookie, and remembers who it is", async () => {
    const { session, local } = openOne();
    expect(session.snapshot()).toEqual({ phase: "restoring", user: null });
    await settle();
    expect(session.snapshot()).toEqual({ phase: "signed-in", user: person });
    expect(local.session.get()).toEqual({ state: "in", user: person });
    expect(await session.current()).toBe("token 1");
  });

  test("never writes the token anywhere", async () => {
    const setup = browser();
    const setItem = vi.spyOn(setup.area, "setItem");
    openOne(setup);
    await settle();
    expect(JSON.stringify(setItem.mock.calls)).not.toContain("token");
  });

  test.each([
    ["refused", { signedIn: false }],
    ["missing", { hasCookie: false }],
  ])("says that nobody is here, or that a session has ended, where the cookie is %s", async (_, state) => {
    const stranger = openOne();
    Object.assign(stranger.state, state);
    await settle();
    expect(stranger.session.snapshot()).toMatchObject({ phase: "signed-out", reason: "absent" });

    const setup = browser();
    setup.local.session.set({ state: "in", user: person });
    Object.assign(setup.state, state);
    const known = openOne(setup);
    await settle();
    expect(known.session.snapshot()).toMatchObject({ phase: "signed-out", reason: "ended" });
    expect(setup.local.session.get()).toBeNull();
    expect(setup.forget).not.toHaveBeenCalled();
  });

  test("keeps asking while the server is away, without signing anybody out", async () => {
    const setup = browser();
    setup.local.session.set({ state: "in", user: person });
    setup.state.reachable = false;
    const { session } = openOne(setup);
    await settle();
    expect(session.snapshot()).toMatchObject({ phase: "unreachable", user: person });
    setup.state.reachable = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(session.snapshot()).toMatchObject({ phase: "signed-in" });
  });
});

describe("the access token", () => {
  test("is renewed before it expires", async () => {
    const { session, state } = openOne();
    await settle();
    await vi.advanceTimersByTimeAsync(269_000);
    expect(state.refreshes).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(state.refreshes).toBe(2);
    expect(await session.current()).toBe("token 2");
  });

  test("is renewed once for all who were refused", async () => {
    const { session, state } = openOne();
    await settle();
    const renewed = await Promise.all([1, 2, 3].map(() => session.renew("token 1")));
    expect(renewed).toEqual(["token 2", "token 2", "token 2"]);
    expect(await session.renew("token 1")).toBe("token 2");
    expect(state.refreshes).toBe(2);
  });

  test("is still used while the next one is late", async () => {
    const { session, state } = openOne();
    await settle();
    state.reachable = false;
    await vi.advanceTimersByTimeAsync(271_000);
    expect(session.snapshot().phase).toBe("signed-in");
    expect(await session.current()).toBe("token 1");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.snapshot().phase).toBe("unreachable");
    await expect(session.current()).rejects.toBeInstanceOf(Unreachable);
  });

  test("is not to be had after signing out", async () => {
    const { session } = openOne();
    await settle();
    await session.signOut();
    await expect(session.current()).rejects.toBeInstanceOf(SignedOut);
  });
});

describe("several tabs", () => {
  test("share one refresh", async () => {
    const { open, state } = browser(3);
    const sessions = open.map((start) => start());
    await settle();
    expect(sessions.map((session) => session.snapshot().phase)).toEqual([
      "signed-in",
      "signed-in",
      "signed-in",
    ]);
    expect(state.refreshes).toBe(1);
    await vi.advanceTimersByTimeAsync(271_000);
    expect(state.refreshes).toBe(2);
  });

  test("sign out together", async () => {
    const { open, state, local, forget } = browser(2);
    const [first, second] = open.map((start) => start());
    await settle();
    await first?.signOut();
    expect(second?.snapshot()).toMatchObject({ phase: "signed-out", reason: "elsewhere" });
    expect(state.logouts).toBe(1);
    expect(local.session.get()).toBeNull();
    expect(forget).toHaveBeenCalledExactlyOnceWith("u1");
  });

  test("sign in together", async () => {
    const { open, state } = browser(2);
    state.signedIn = false;
    const [first, second] = open.map((start) => start());
    await settle();
    expect(second?.snapshot().phase).toBe("signed-out");
    first?.adopt(answer());
    expect(second?.snapshot()).toMatchObject({ phase: "signed-in", user: person });
  });
});

describe("what changes meanwhile", () => {
  test("a new name is known in every tab, and after a reload", async () => {
    const { open, local } = browser(2);
    const [first, second] = open.map((start) => start());
    await settle();
    first?.rename({ ...answer().user, display_name: "Countess" });
    for (const session of [first, second])
      expect(session?.snapshot().user).toMatchObject({ display_name: "Countess" });
    expect(local.session.get()?.user.display_name).toBe("Countess");
  });

  test("a session that may have ended is asked for", async () => {
    const { session, state } = openOne();
    await settle();
    state.signedIn = false;
    session.check();
    await settle();
    expect(session.snapshot()).toMatchObject({ phase: "signed-out", reason: "ended" });
  });

  test("a deleted account leaves nothing, and says why", async () => {
    const { session, local, forget } = openOne();
    await settle();
    await session.signOut("deleted");
    expect(session.snapshot()).toMatchObject({ phase: "signed-out", reason: "deleted" });
    expect(local.session.get()).toBeNull();
    expect(forget).toHaveBeenCalledExactlyOnceWith("u1");
  });
});

describe("signing out", () => {
  test("without a network takes effect here at once, and on the server on the next start", async () => {
    const setup = browser(2);
    const first = setup.open[0]?.();
    await settle();
    setup.state.reachable = false;
    await first?.signOut();
    expect(first?.snapshot()).toMatchObject({ phase: "signed-out", reason: "chosen" });
    expect(setup.local.session.get()?.state).toBe("ending");

    setup.state.reachable = true;
    const refreshes = setup.state.refreshes;
    const next = setup.open[1]?.();
    await settle();
    expect(setup.state).toMatchObject({ logouts: 1, refreshes });
    expect(next?.snapshot().phase).toBe("signed-out");
    expect(setup.local.session.get()).toBeNull();
  });

  test("is not undone by an answer that was on its way", async () => {
    const { session, state } = openOne();
    await settle();
    const late = session.renew("token 1");
    await session.signOut();
    await late;
    expect(session.snapshot()).toMatchObject({ phase: "signed-out", reason: "chosen" });
    expect(state.logouts).toBe(1);
  });

  test("does not end the session that is begun right after it", async () => {
    const { session, state, local } = openOne();
    await settle();
    const leaving = session.signOut();
    await session.readyToSignIn();
    expect(state.logouts).toBe(1);
    state.signedIn = true;
    session.adopt(answer());
    await leaving;
    expect(session.snapshot().phase).toBe("signed-in");
    expect(local.session.get()?.state).toBe("in");
  });
});
