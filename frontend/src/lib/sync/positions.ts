/**
 * Fractional keys, as the server makes them: between any two there is room for a third, so that moving a todo changes
 * no other. A key is an integer part and a fraction in base 62. Its first character says how long the integer part is
 * (“a” two characters, “b” three …; for negative ones “Z” two, “Y” three …), so that keys sort byte by byte.
 */
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;
const NEGATIVE_OF_SEVEN_DIGITS = "T";
const SEVEN_DIGITS = BASE ** 7;
const FIRST = "a0";
const SMALLEST_INTEGER = `A${DIGITS.charAt(0).repeat(26)}`;

const digitValue = (digit: string): number => DIGITS.indexOf(digit);

/** A key for a new todo: before those made earlier, on whichever device, and without asking any of them. */
export function beforeOthers(now: number = Date.now()): string {
  return NEGATIVE_OF_SEVEN_DIGITS + inBase62(SEVEN_DIGITS - 1 - now, 7) + scatter();
}

/** A key between two others; null is the open end. What is not a key, or not in order, counts as an open end. */
export function between(before: string | null, after: string | null): string {
  const low = before !== null && isKey(before) ? before : null;
  const high = after !== null && isKey(after) && (low === null || low < after) ? after : null;
  const middle = middleOf(low, high);
  // Two devices that put different todos in the same place should not give them the same key.
  const scattered = middle + scatter();
  return (low === null || low < scattered) && (high === null || scattered < high) ? scattered : middle;
}

function middleOf(low: string | null, high: string | null): string {
  if (low === null) return high === null ? FIRST : underneath(high);
  const [integer, fraction] = split(low);
  if (high === null) return increment(integer) ?? integer + midpoint(fraction, null);
  const [highInteger, highFraction] = split(high);
  if (integer === highInteger) return integer + midpoint(fraction, highFraction);
  const next = increment(integer);
  return next !== null && next < high ? next : integer + midpoint(fraction, null);
}

function underneath(high: string): string {
  const [integer, fraction] = split(high);
  if (integer === SMALLEST_INTEGER) return integer + midpoint("", fraction);
  if (fraction !== "") return integer;
  return decrement(integer) ?? integer;
}

/** A fraction between two others, without trailing zeros; null is one, the empty string is zero. */
function midpoint(low: string, high: string | null): string {
  if (high !== null) {
    let shared = 0;
    while (shared < high.length && (low[shared] ?? DIGITS[0]) === high[shared]) shared++;
    if (shared > 0) return high.slice(0, shared) + midpoint(low.slice(shared), high.slice(shared));
  }
  const first = low === "" ? 0 : digitValue(low.charAt(0));
  const last = high === null ? BASE : digitValue(high.charAt(0));
  if (last - first > 1) return DIGITS.charAt(Math.round((first + last) / 2));
  if (high !== null && high.length > 1) return high.charAt(0);
  return DIGITS.charAt(first) + midpoint(low.slice(1), null);
}

function split(key: string): [integer: string, fraction: string] {
  const length = integerLength(key);
  return [key.slice(0, length), key.slice(length)];
}

function integerLength(key: string): number {
  const head = key.charCodeAt(0);
  return head >= 97 ? head - 97 + 2 : 90 - head + 2;
}

const isKey = (key: string): boolean =>
  /^[A-Za-z][0-9A-Za-z]*$/.test(key) && key.length >= integerLength(key);

/** The next integer; null after the last of all. */
function increment(integer: string): string | null {
  const [digits, carry] = step(integer.slice(1), 1);
  if (!carry) return integer.charAt(0) + digits;
  const head = integer.charAt(0);
  if (head === "Z") return FIRST;
  if (head === "z") return null;
  const next = String.fromCharCode(head.charCodeAt(0) + 1);
  return next + (next > "a" ? `${digits}0` : digits.slice(1));
}

function decrement(integer: string): string | null {
  const [digits, borrow] = step(integer.slice(1), -1);
  if (!borrow) return integer.charAt(0) + digits;
  const head = integer.charAt(0);
  if (head === "a") return "Zz";
  if (head === "A") return null;
  const next = String.fromCharCode(head.charCodeAt(0) - 1);
  return next + (next < "Z" ? `${digits}z` : digits.slice(1));
}

/** Counts up or down, and tells whether it went round. */
function step(digits: string, by: 1 | -1): [digits: string, round: boolean] {
  const values = [...digits].map(digitValue);
  for (let index = values.length - 1; index >= 0; index--) {
    const value = (values[index] ?? 0) + by;
    if (value >= 0 && value < BASE) {
      values[index] = value;
      return [spell(values), false];
    }
    values[index] = value < 0 ? BASE - 1 : 0;
  }
  return [spell(values), true];
}

const spell = (values: readonly number[]): string => values.map((value) => DIGITS.charAt(value)).join("");

function inBase62(number: number, length: number): string {
  const values: number[] = [];
  for (let rest = number; values.length < length; rest = Math.floor(rest / BASE)) values.unshift(rest % BASE);
  return spell(values);
}

/** Three random digits, the last of which is not zero. */
function scatter(): string {
  const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint16Array(3));
  return spell([a % BASE, b % BASE, 1 + (c % (BASE - 1))]);
}
