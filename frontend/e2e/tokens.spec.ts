import { expect } from "@playwright/test";
import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { API, signIn, test } from "./support";

const keys = createRemoteJWKSet(new URL(`${API}/.well-known/jwks.json`));
const expected = { issuer: API, audience: "daybook", typ: "at+jwt" };

test("a stranger's library verifies our tokens with what is published, and nothing else", {
  tag: "@quick",
}, async ({ context, account }) => {
  const token = await signIn(context, account);
  const { payload, protectedHeader } = await jwtVerify(token, keys, expected);

  expect(protectedHeader).toMatchObject({ alg: "RS256", typ: "at+jwt" });
  expect(payload.sub).toMatch(/^[0-9a-f-]{36}$/);
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(315);
});

test("and refuses them when they are not ours any more", async ({ context, account }) => {
  const token = await signIn(context, account);
  const [header = "", claims = "", signature = ""] = token.split(".");
  const other = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), sub: "somebody-else" };
  const forged = [header, Buffer.from(JSON.stringify(other)).toString("base64url"), signature].join(".");

  expect(decodeProtectedHeader(forged)).toEqual(decodeProtectedHeader(token));
  await expect(jwtVerify(forged, keys, expected)).rejects.toBeInstanceOf(
    errors.JWSSignatureVerificationFailed,
  );
  await expect(jwtVerify(token, keys, { ...expected, audience: "others" })).rejects.toThrow(
    errors.JWTClaimValidationFailed,
  );
});
