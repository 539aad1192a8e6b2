import { deviceName } from "@/features/account/device-name";
import type { AuditEntry } from "@/lib/api/types";
import { type Text, type Translate, text } from "@/lib/i18n/translate";
import { isolate } from "@/lib/isolate";

interface Words<Title = string> {
  readonly title: Title;
  /** Worth a second look, if it was not you. */
  readonly isNotable?: boolean;
}

const said: Readonly<Record<string, Words<Text>>> = {
  "account.opened": { title: text("Account created") },
  "account.renamed": { title: text("Name changed") },
  "account.exported": { title: text("Data exported") },
  "account.deleted": { title: text("Account deleted"), isNotable: true },
  "email.verified": { title: text("E-mail address confirmed") },
  "confirmation.failed": { title: text("Wrong password in the settings"), isNotable: true },
  "password.changed": { title: text("Password changed"), isNotable: true },
  "password.reset_asked": { title: text("Link to a new password asked for") },
  "password.reset": { title: text("Password changed by a mailed link"), isNotable: true },
  "session.started": { title: text("Signed in") },
  "session.ended": { title: text("Signed out") },
  "sessions.ended": { title: text("Other devices signed out") },
  "session.reuse_detected": { title: text("Signed out: a session’s secret was used twice"), isNotable: true },
  "sign_in.failed": { title: text("Sign-in failed"), isNotable: true },
  "sign_in.incomplete": { title: text("Right password, and something else was missing") },
  "second_factor.enabled": { title: text("Authenticator app added") },
  "second_factor.disabled": { title: text("Authenticator app removed"), isNotable: true },
  "second_factor.failed": { title: text("Wrong code"), isNotable: true },
  "recovery_code.used": { title: text("Recovery code used"), isNotable: true },
  "recovery_codes.renewed": { title: text("New recovery codes made") },
  "recovery_codes.removed": { title: text("Recovery codes removed"), isNotable: true },
  "passkey.added": { title: text("Passkey added"), isNotable: true },
  "passkey.removed": { title: text("Passkey removed") },
  "api_token.created": { title: text("API token created"), isNotable: true },
  "api_token.used": { title: text("API token used") },
  "api_token.refused": { title: text("API token refused"), isNotable: true },
  "api_token.revoked": { title: text("API token revoked") },
};

/** A kind as a sentence. One that is not known here yet is still readable. */
export function describe(t: Translate, { kind }: Pick<AuditEntry, "kind">): Words {
  const known = said[kind];
  if (known) return { ...known, title: t.any(known.title) };
  const words = kind.replaceAll(/[._-]+/g, " ").trim();
  return { title: words.charAt(0).toUpperCase() + words.slice(1) };
}

const methods: Readonly<Record<string, Text>> = {
  password: text("with the password"),
  totp: text("with the password and a code"),
  recovery_code: text("with the password and a recovery code"),
  password_and_passkey: text("with the password and a passkey"),
  passkey: text("with a passkey"),
};

const missing: Readonly<Record<string, Text>> = {
  second_factor: text("the second factor"),
  verified_email: text("a confirmed e-mail address"),
};

/** What else is known of an entry, as far as it means something to its reader. */
export function describeDetails(t: Translate, { details }: Pick<AuditEntry, "details">): string {
  const { method, name, missing: lacking, device } = details;
  const parts = [
    typeof method === "string" && t.any(methods[method] ?? `with ${method.replaceAll("_", " ")}`),
    typeof lacking === "string" && t.any(missing[lacking] ?? lacking.replaceAll("_", " ")),
    // What was signed out, where it is not the device that did it.
    typeof device === "string" && device && isolate(deviceName(t, device)),
    typeof name === "string" && name && t("“{title}”", { title: name }),
  ];
  return parts.filter(Boolean).join(" ");
}
