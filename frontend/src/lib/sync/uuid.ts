let lastTime = 0;
let sequence = 0;
let lastId = "";

/** Asking for randomness costs more than it is long: it is fetched for many ids at once. */
const POOL = 128;
const WIDTH = 10;
const pool = new Uint8Array(POOL * WIDTH);
let used = POOL;

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Twenty random digits. */
function randomHex(): string {
  if (used === POOL) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const start = used++ * WIDTH;
  let digits = "";
  for (let index = start; index < start + WIDTH; index++) digits += hexOf[pool[index] ?? 0];
  return digits;
}

/** A UUIDv7 (RFC 9562): sorts by when it was made, also within one millisecond of this tab, and after all witnessed. */
export function uuid7(now: number = Date.now()): string {
  const random = randomHex();
  if (now > lastTime) {
    lastTime = now;
    // The upper bit stays free, so that the sequence has room to count.
    sequence = Number.parseInt(random.slice(16, 19), 16) & 0x7ff;
  } else if (++sequence > 0xfff) {
    lastTime++;
    sequence = 0;
  }
  const time = lastTime.toString(16).padStart(12, "0");
  // The variant of the RFC: the first digit of the last half is 8, 9, a or b.
  const variant = ((Number.parseInt(random.charAt(0), 16) & 0x3) | 0x8).toString(16);
  const counter = `7${sequence.toString(16).padStart(3, "0")}`;
  lastId = `${time.slice(0, 8)}-${time.slice(8)}-${counter}-${variant}${random.slice(1, 4)}-${random.slice(4, 16)}`;
  return lastId;
}

/**
 * Takes note of an id that was made elsewhere: the next ones sort after it, even if this clock was set back since.
 * Ids from further ahead than clocks of one device go apart say nothing about the order.
 */
export function witness(id: string, now: number = Date.now()): void {
  const time = millisecondsOf(id);
  if (id <= lastId || time > now + FURTHEST_AHEAD) return;
  lastTime = Math.max(lastTime, time);
  sequence = 0xfff;
}

const FURTHEST_AHEAD = 86_400_000;

const millisecondsOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** When a UUIDv7 was made, as an RFC 3339 time. */
export function timeOf(id: string): string {
  return new Date(millisecondsOf(id)).toISOString();
}
