import type { Translate } from "@/lib/i18n/translate";
import type { Snapshot } from "@/lib/sync/types";

/** `asking`: it goes on when the person has decided. */
export type Tone = "calm" | "busy" | "asking" | "stuck";

export interface SyncWords {
  readonly tone: Tone;
  /** In the header. */
  readonly short: string;
  /** What it means for the person. */
  readonly long: string;
}

type Seen = Pick<Snapshot, "connection" | "unsent" | "phase" | "conflicts" | "refusals" | "storage">;

/** What became of the last changes: quiet while all is well, plain when it is not. */
export function syncWords(t: Translate, seen: Seen, online: boolean): SyncWords {
  const { connection, unsent, phase, storage } = seen;
  const keepsNothing = storage === "volatile";
  const waiting =
    unsent > 0
      ? t.count(unsent, "{count} change waits", "{count} changes wait")
      : t("Nothing waits to be sent");
  if (!online) {
    const advice = keepsNothing
      ? t("Go on, but leave this page open: this browser keeps nothing.")
      : t("Go on: everything is kept on this device.");
    return { tone: "stuck", short: t("Offline"), long: `${advice} ${waiting}.` };
  }
  if (connection.state === "waiting") {
    const short = connection.reason === "busy" ? t("The server is busy") : t("Daybook cannot be reached");
    return { tone: "stuck", short, long: `${t("Daybook tries again by itself.")} ${waiting}.` };
  }
  if (connection.state === "signed-out") {
    return { tone: "stuck", short: t("You are signed out"), long: t("Sign in again to send your changes.") };
  }
  if (connection.state === "syncing" || unsent > 0 || phase === "opening") {
    return { tone: "busy", short: t("Saving"), long: t("Your changes are on their way.") };
  }
  if (seen.conflicts.length + seen.refusals.length > 0) {
    return {
      tone: "asking",
      short: t("Waits for you"),
      long: t("What needs your decision is on this device only. Everything else is on the server as well."),
    };
  }
  const long = keepsNothing
    ? t("Everything is on the server.")
    : t("Everything is on the server, and on this device.");
  return { tone: "calm", short: t("Saved"), long };
}
