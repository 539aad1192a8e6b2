import { createHmac } from "node:crypto";

const STEP = 30_000;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function fromBase32(text: string): Buffer {
  const bits = [...text.replaceAll(/[\s=]/g, "").toUpperCase()]
    .map((character) => ALPHABET.indexOf(character).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** RFC 6238 with what every app takes for granted: SHA-1, six digits, thirty seconds. */
function codeOf(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

/** An authenticator app. A code works once, so each `next` waits until there is another one. */
export function authenticator(secret: string): { next: () => Promise<string> } {
  let used = 0;
  return {
    async next() {
      const wait = (used + 1) * STEP - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      used = Math.floor(Date.now() / STEP);
      return codeOf(secret, used);
    },
  };
}
