import { describe, expect, test } from "vitest";
import { syncWords } from "@/features/sync/sync-words";
import { english } from "@/lib/i18n/translate";
import type { Connection } from "@/lib/sync/types";

const calm = { connection: { state: "idle" }, unsent: 0, phase: "ready", storage: "ready" } as const;

const words = (connection: Connection, unsent = 0, online = true) =>
  syncWords(english, { ...calm, connection, unsent, conflicts: [], refusals: [] }, online);

describe("syncWords", () => {
  test("is quiet while all is well", () => {
    expect(words({ state: "idle" })).toMatchObject({ tone: "calm", short: "Saved" });
    expect(words({ state: "syncing" }, 2)).toMatchObject({ tone: "busy", short: "Saving" });
  });

  test("says offline before anything else, and that nothing is lost", () => {
    const { tone, short, long } = words({ state: "waiting", until: 0, reason: "unreachable" }, 1, false);
    expect([tone, short]).toEqual(["stuck", "Offline"]);
    expect(long).toBe("Go on: everything is kept on this device. 1 change waits.");
  });

  test("tells a server that is away from one that is busy", () => {
    expect(words({ state: "waiting", until: 0, reason: "unreachable" }, 3).short).toBe(
      "Daybook cannot be reached",
    );
    expect(words({ state: "waiting", until: 0, reason: "busy" }, 3).long).toContain("3 changes wait");
  });

  test("does not call something saved that waits for a decision", () => {
    const conflict = { todo_id: "t1", kind: "fields", title: "one", fields: [] } as const;
    expect(syncWords(english, { ...calm, refusals: [], conflicts: [conflict] }, true)).toMatchObject({
      tone: "asking",
      short: "Waits for you",
    });
  });

  test("does not say that something is on a device that keeps nothing", () => {
    const seen = { ...calm, storage: "volatile", conflicts: [], refusals: [] } as const;
    expect(syncWords(english, seen, true)).toMatchObject({
      short: "Saved",
      long: "Everything is on the server.",
    });
    expect(syncWords(english, seen, false).long).toContain("leave this page open");
  });

  test("does not call something saved that was not sent", () => {
    expect(words({ state: "idle" }, 1).tone).toBe("busy");
    expect(words({ state: "signed-out" }, 1).tone).toBe("stuck");
  });
});
