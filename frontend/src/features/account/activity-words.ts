import type { AuditEntry } from "@/lib/api/types";

interface Words {
  readonly title: string;
  /** Worth a second look, if it was not you. */
  readonly isNotable?: boolean;
}

const said: Readonly<Record<string, Words>> = {
  "account.registered": { title: "Account created" },
  "account.renamed": { title: "Name changed" },
  "account.exported": { title: "Data exported" },
  "account.deleted": { title: "Account deleted", isNotable: true },
  "email.verified": { title: "E-mail address confirmed" },
  "email.verification_sent": { title: "Mail to confirm the address sent" },
  "session.started": { title: "Signed in" },
  "session.started_new_device": { title: "Signed in from a new device", isNotable: true },
  "session.ended": { title: "Signed out" },
  "session.revoked": { title: "Device signed out" },
  "session.others_revoked": { title: "All other devices signed out" },
  "session.expired": { title: "Session expired" },
  "session.reuse_detected": { title: "Session ended: its secret was used twice", isNotable: true },
  "sign_in.failed": { title: "Sign-in failed", isNotable: true },
  "sign_in.delayed": { title: "Sign-in held back after many attempts", isNotable: true },
  "password.changed": { title: "Password changed", isNotable: true },
  "password.reset_requested": { title: "Link for a new password requested" },
  "password.reset": { title: "Password changed by a mailed link", isNotable: true },
  "second_factor.enabled": { title: "Authenticator app added" },
  "second_factor.disabled": { title: "Authenticator app removed", isNotable: true },
  "second_factor.failed": { title: "Wrong code entered", isNotable: true },
  "recovery_code.used": { title: "Recovery code used", isNotable: true },
  "recovery_codes.renewed": { title: "New recovery codes made" },
  "passkey.added": { title: "Passkey added", isNotable: true },
  "passkey.removed": { title: "Passkey removed" },
  "api_token.created": { title: "API token created", isNotable: true },
  "api_token.exchanged": { title: "API token used" },
  "api_token.revoked": { title: "API token revoked" },
};

/** A kind as a sentence. One that is not known here yet is still readable. */
export function describe({ kind }: Pick<AuditEntry, "kind">): Words {
  const known = said[kind];
  if (known) return known;
  const words = kind.replaceAll(/[._-]+/g, " ").trim();
  return { title: words.charAt(0).toUpperCase() + words.slice(1) };
}

/** What else is known of an entry, as far as it is a plain word or a number: “name: laptop”. */
export function describeDetails({ details }: Pick<AuditEntry, "details">): string {
  return Object.entries(details)
    .filter(([, value]) => ["string", "number"].includes(typeof value) && value !== "")
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`)
    .join(" · ");
}
