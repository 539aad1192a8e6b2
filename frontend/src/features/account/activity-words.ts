import type { AuditEntry } from "@/lib/api/types";

interface Words {
  readonly title: string;
  /** Worth a second look, if it was not you. */
  readonly isNotable?: boolean;
}

const said: Readonly<Record<string, Words>> = {
  "account.opened": { title: "Account created" },
  "account.renamed": { title: "Name changed" },
  "account.exported": { title: "Data exported" },
  "account.deleted": { title: "Account deleted", isNotable: true },
  "email.verified": { title: "E-mail address confirmed" },
  "confirmation.failed": { title: "Wrong password in the settings", isNotable: true },
  "password.changed": { title: "Password changed", isNotable: true },
  "password.reset_asked": { title: "Link to a new password asked for" },
  "password.reset": { title: "Password changed by a mailed link", isNotable: true },
  "session.started": { title: "Signed in" },
  "session.ended": { title: "Signed out" },
  "sessions.ended": { title: "Other devices signed out" },
  "session.reuse_detected": { title: "Signed out: a session’s secret was used twice", isNotable: true },
  "sign_in.failed": { title: "Sign-in failed", isNotable: true },
  "second_factor.enabled": { title: "Authenticator app added" },
  "second_factor.disabled": { title: "Authenticator app removed", isNotable: true },
  "second_factor.failed": { title: "Wrong code", isNotable: true },
  "recovery_code.used": { title: "Recovery code used", isNotable: true },
  "recovery_codes.renewed": { title: "New recovery codes made" },
  "passkey.added": { title: "Passkey added", isNotable: true },
  "passkey.removed": { title: "Passkey removed" },
  "api_token.created": { title: "API token created", isNotable: true },
  "api_token.revoked": { title: "API token revoked" },
};

/** A kind as a sentence. One that is not known here yet is still readable. */
export function describe({ kind }: Pick<AuditEntry, "kind">): Words {
  const known = said[kind];
  if (known) return known;
  const words = kind.replaceAll(/[._-]+/g, " ").trim();
  return { title: words.charAt(0).toUpperCase() + words.slice(1) };
}

const methods: Readonly<Record<string, string>> = {
  password: "with the password",
  totp: "with the password and a code",
  recovery_code: "with the password and a recovery code",
  passkey: "with a passkey",
};

/** What else is known of an entry, as far as it means something to its reader. */
export function describeDetails({ details }: Pick<AuditEntry, "details">): string {
  const { method, name } = details;
  const parts = [
    typeof method === "string" && (methods[method] ?? `with ${method.replaceAll("_", " ")}`),
    typeof name === "string" && name && `“${name}”`,
  ];
  return parts.filter(Boolean).join(" ");
}
