// Verifies an access token as a stranger would: with the published keys, and with nothing of ours.
// Reads {"token", "jwks", "issuer", "audience"} from standard input; writes the claims, or fails.
import { webcrypto } from "node:crypto";
import { text } from "node:stream/consumers";

const ALGORITHMS = {
  RS256: [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, "RSASSA-PKCS1-v1_5"],
  PS256: [{ name: "RSA-PSS", hash: "SHA-256" }, { name: "RSA-PSS", saltLength: 32 }],
  EdDSA: [{ name: "Ed25519" }, "Ed25519"],
};

const { token, jwks, issuer, audience } = JSON.parse(await text(process.stdin));
const [head, body, signature] = token.split(".");
const read = (part) => JSON.parse(Buffer.from(part, "base64url"));
const header = read(head);
const jwk = jwks.keys.find(({ kid }) => kid === header.kid);
if (!jwk || jwk.alg !== header.alg || header.typ !== "at+jwt") throw new Error("no key for this token");

const [kind, how] = ALGORITHMS[jwk.alg];
const key = await webcrypto.subtle.importKey("jwk", { ...jwk, alg: undefined }, kind, false, ["verify"]);
const signed = Buffer.from(`${head}.${body}`);
if (!(await webcrypto.subtle.verify(how, key, Buffer.from(signature, "base64url"), signed)))
  throw new Error("the signature is not valid");

const claims = read(body);
if (claims.iss !== issuer || claims.aud !== audience || claims.exp <= Date.now() / 1000)
  throw new Error("the token is not for us, or is over");
process.stdout.write(JSON.stringify(claims));
