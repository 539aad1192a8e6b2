import { afterEach, describe, expect, test, vi } from "vitest";
import { askForPasskey, createPasskey, hasPasskeys, PasskeyFailure } from "@/lib/passkeys";

afterEach(() => vi.unstubAllGlobals());

const bytes = (...values: number[]) => Uint8Array.from(values).buffer;

/** A browser that has passkeys, but not the JSON forms. */
function olderBrowser(credentials: Partial<CredentialsContainer>) {
  vi.stubGlobal("PublicKeyCredential", class {});
  vi.stubGlobal("navigator", { credentials });
}

describe("where the browser has no JSON forms", () => {
  test("bytes are decoded for it, and what it answers is encoded", async () => {
    const create = vi.fn(async () => ({
      id: "-_8",
      rawId: bytes(251, 255),
      type: "public-key",
      authenticatorAttachment: null,
      getClientExtensionResults: () => ({}),
      response: {
        clientDataJSON: bytes(1),
        attestationObject: bytes(2, 3),
        getTransports: () => ["internal"],
      },
    }));
    olderBrowser({ create: create as unknown as CredentialsContainer["create"] });

    const credential = await createPasskey({
      challenge: "-_8",
      rp: { name: "Daybook" },
      user: { id: "AQ", name: "ada", displayName: "Ada" },
      pubKeyCredParams: [],
      excludeCredentials: [{ type: "public-key", id: "Ag" }],
    });

    const { publicKey } = (create.mock.calls[0] as unknown as [CredentialCreationOptions])[0];
    expect(publicKey?.challenge).toEqual(bytes(251, 255));
    expect(publicKey?.user.id).toEqual(bytes(1));
    expect(publicKey?.excludeCredentials).toEqual([{ type: "public-key", id: bytes(2) }]);
    expect(credential).toMatchObject({
      id: "-_8",
      rawId: "-_8",
      response: { clientDataJSON: "AQ", attestationObject: "AgM", transports: ["internal"] },
    });
  });

  test("an assertion keeps the user handle only if there is one", async () => {
    const response = {
      clientDataJSON: bytes(1),
      authenticatorData: bytes(2),
      signature: bytes(3),
      userHandle: null,
    };
    const get = vi.fn(async () => ({
      id: "AQ",
      rawId: bytes(1),
      type: "public-key",
      getClientExtensionResults: () => ({}),
      response,
    }));
    olderBrowser({ get: get as unknown as CredentialsContainer["get"] });
    const credential = await askForPasskey({ challenge: "AQ" });
    expect(credential).toMatchObject({
      response: { clientDataJSON: "AQ", authenticatorData: "Ag", signature: "Aw" },
    });
    expect(credential).not.toHaveProperty("response.userHandle");
  });
});

describe("where it has them", () => {
  test("they are used as they are", async () => {
    const parsed = { challenge: bytes(1) };
    vi.stubGlobal("PublicKeyCredential", { parseRequestOptionsFromJSON: () => parsed });
    const get = vi.fn(async () => ({ toJSON: () => ({ id: "x" }) }));
    vi.stubGlobal("navigator", { credentials: { get } });
    expect(await askForPasskey({ challenge: "AQ" })).toEqual({ id: "x" });
    expect(get).toHaveBeenCalledWith({ publicKey: parsed });
  });
});

describe("what goes wrong is said in words", () => {
  test.each([
    ["NotAllowedError", "No passkey was used"],
    ["InvalidStateError", "This passkey is here already"],
    ["SecurityError", "Passkeys do not work at this address"],
    ["ConstraintError", "The passkey did not work"],
  ])("%s: %s", async (name, title) => {
    const get = async () => {
      throw new DOMException("x", name);
    };
    olderBrowser({ get });
    await expect(askForPasskey({ challenge: "AQ" })).rejects.toMatchObject({ name: "PasskeyFailure", title });
  });

  test("a browser without them", async () => {
    vi.stubGlobal("navigator", {});
    expect(hasPasskeys()).toBe(false);
    await expect(askForPasskey({ challenge: "AQ" })).rejects.toBeInstanceOf(PasskeyFailure);
  });
});
