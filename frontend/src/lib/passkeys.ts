/** Passkeys: what the browser and the server say to each other, as the JSON forms of WebAuthn level 3. */

import { text } from "@/lib/i18n/translate";

/** Why there was no passkey, in words for the person. */
export class PasskeyFailure extends Error {
  override readonly name = "PasskeyFailure";

  constructor(
    readonly title: string,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** A JSON form of WebAuthn. */
export type Encoded = Record<string, unknown>;

/** Whether this browser, on this address, can work with passkeys at all. */
export const hasPasskeys = (): boolean =>
  typeof PublicKeyCredential !== "undefined" && globalThis.navigator?.credentials !== undefined;

/** Makes a passkey on this device or another authenticator, for `options` as the server sent them. */
export async function createPasskey(options: object, signal?: AbortSignal): Promise<Encoded> {
  const publicKey = supported().parseCreationOptionsFromJSON
    ? PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON)
    : creationOptions(options as Encoded);
  return answered(navigator.credentials.create({ publicKey, ...(signal && { signal }) }));
}

/** Lets the person choose a passkey and prove that it is theirs. */
export async function askForPasskey(options: object, signal?: AbortSignal): Promise<Encoded> {
  const publicKey = supported().parseRequestOptionsFromJSON
    ? PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON)
    : requestOptions(options as Encoded);
  return answered(navigator.credentials.get({ publicKey, ...(signal && { signal }) }));
}

function supported(): Partial<typeof PublicKeyCredential> {
  if (hasPasskeys()) return PublicKeyCredential;
  throw new PasskeyFailure(
    text("This browser has no passkeys"),
    text("Use a recent browser, and the address of Daybook that begins with https."),
  );
}

async function answered(asked: Promise<Credential | null>): Promise<Encoded> {
  try {
    const credential = (await asked) as PublicKeyCredential | null;
    if (credential)
      return typeof credential.toJSON === "function" ? { ...credential.toJSON() } : toJson(credential);
    throw new PasskeyFailure(text("No passkey was chosen"), text("Please try again."));
  } catch (error) {
    throw explained(error);
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  const told = (title: string, detail: string) => new PasskeyFailure(title, detail, { cause: error });
  if (error.name === "InvalidStateError")
    return told(
      text("This passkey is here already"),
      text("The authenticator has a passkey for this account."),
    );
  if (error.name === "NotAllowedError" || error.name === "AbortError")
    return told(
      text("No passkey was used"),
      text("The browser’s question was closed or took too long. Please try again."),
    );
  if (error.name === "SecurityError")
    return told(
      text("Passkeys do not work at this address"),
      text("They belong to the address that Daybook was set up with."),
    );
  return told(text("The passkey did not work"), text("Another authenticator may. Please try again."));
}

/* For browsers without the JSON forms: the same by hand, bytes as base64url without padding. */

function bytes(text: unknown): ArrayBuffer {
  const binary = atob(String(text).replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer;
}

function base64url(buffer: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const descriptors = (list: unknown): PublicKeyCredentialDescriptor[] =>
  ((list ?? []) as Encoded[]).map(
    (item) => ({ ...item, id: bytes(item.id) }) as PublicKeyCredentialDescriptor,
  );

function creationOptions(options: Encoded): PublicKeyCredentialCreationOptions {
  const user = options.user as Encoded;
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: descriptors(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
}

function requestOptions(options: Encoded): PublicKeyCredentialRequestOptions {
  return {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: descriptors(options.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
}

const RESPONSE_PARTS = [
  "clientDataJSON",
  "attestationObject",
  "authenticatorData",
  "signature",
  "userHandle",
] as const;

function toJson(credential: PublicKeyCredential): Encoded {
  const parts = credential.response as unknown as Partial<Record<string, ArrayBuffer | null>>;
  const response = RESPONSE_PARTS.flatMap((name) => {
    const part = parts[name];
    return part ? [[name, base64url(part)] as const] : [];
  });
  const made = credential.response as Partial<AuthenticatorAttestationResponse>;
  return {
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      ...Object.fromEntries(response),
      ...(made.getTransports && { transports: made.getTransports() }),
    },
  };
}
