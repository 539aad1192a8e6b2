let lastTime = 0;
let sequence = 0;

/** A UUIDv7 (RFC 9562): sorts by when it was made, also within one millisecond of this tab. */
export function uuid7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const random = ((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0);
  if (now > lastTime) {
    lastTime = now;
    // The upper bit stays free, so that the sequence has room to count.
    sequence = random & 0x7ff;
  } else if (++sequence > 0xfff) {
    lastTime++;
    sequence = 0;
  }
  const time = lastTime.toString(16).padStart(12, "0");
  const tail = [...bytes.subarray(8)].map((byte, index) => (index === 0 ? (byte & 0x3f) | 0x80 : byte));
  const hex = `${time}7${sequence.toString(16).padStart(3, "0")}${tail.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** When a UUIDv7 was made, as an RFC 3339 time. */
export function timeOf(id: string): string {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
}
