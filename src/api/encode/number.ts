// Numbers as the API prints them, as text and straight into bytes.
//
// Sample values: `NaN`, `+Inf`, `-Inf`, else the shortest decimal that reads back as the same double, with an
// exponent of two digits below 1e-6 and from 1e21 on. Timestamps: seconds, with three decimals or none.

/** Room that writeFloat and writeTimestamp need at most. */
export const MAX_NUMBER_BYTES = 32;

const ZERO = 48;
const MINUS = 45;
const POINT = 46;
const MILLION = 1e6;
const BILLION = 1e9;

/**
 * A sample value as text. By JSON.stringify, which does it as String() does, but faster and without V8's table of numbers
 * as text, where a result's thousands of texts become old.
 */
export function formatFloat(value: number): string {
  if (value !== value) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const text = JSON.stringify(value);
  return text.includes('e') ? text.replace(/e([+-])(\d)$/, 'e$10$2') : text;
}

/** Writes a sample value at `at`, returns where it ends. Integers and up to six decimals take the fast path. */
export function writeFloat(bytes: Uint8Array, at: number, value: number): number {
  const magnitude = value < 0 ? -value : value;
  if (magnitude < BILLION && magnitude >= 1e-6) {
    const scaled = Math.round(magnitude * MILLION);
    // At most 15 digits: then only one such decimal reads back as this double, and it is the shortest.
    if (scaled / MILLION === magnitude) {
      if (value < 0) bytes[at++] = MINUS;
      return writeMillionths(bytes, at, scaled);
    }
  } else if (magnitude <= Number.MAX_SAFE_INTEGER && Number.isInteger(magnitude) && magnitude !== 0) {
    if (value < 0) bytes[at++] = MINUS;
    return writeUnsigned(bytes, at, magnitude);
  }
  return writeAscii(bytes, at, formatFloat(value));
}

/** Writes a time in ms as seconds: `1712345678` or `1712345678.250`. */
export function writeTimestamp(bytes: Uint8Array, at: number, timeMs: number): number {
  let rest = timeMs;
  if (rest < 0) {
    bytes[at++] = MINUS;
    rest = -rest;
  }
  const seconds = Math.floor(rest / 1000);
  const fraction = rest - seconds * 1000;
  at = writeUnsigned(bytes, at, seconds);
  if (fraction === 0) return at;
  bytes[at++] = POINT;
  return writePadded(bytes, at, fraction, 3);
}

const scratch = Buffer.alloc(MAX_NUMBER_BYTES);

/** The same as text. */
export function timestampText(timeMs: number): string {
  return scratch.toString('latin1', 0, writeTimestamp(scratch, 0, timeMs));
}

/** Writes text that holds ASCII only. */
export function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function writeMillionths(bytes: Uint8Array, at: number, millionths: number): number {
  const whole = Math.floor(millionths / MILLION);
  let fraction = millionths - whole * MILLION;
  at = writeUnsigned(bytes, at, whole);
  if (fraction === 0) return at;
  let digits = 6;
  while (fraction % 10 === 0) {
    fraction /= 10;
    digits--;
  }
  bytes[at++] = POINT;
  return writePadded(bytes, at, fraction, digits);
}

function writeUnsigned(bytes: Uint8Array, at: number, value: number): number {
  if (value >= BILLION) {
    const high = Math.floor(value / BILLION);
    return writePadded(bytes, writeUnsigned(bytes, at, high), value - high * BILLION, 9);
  }
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return writePadded(bytes, at, value, digits);
}

/** Writes `value` (below 1e9) with leading zeros. */
function writePadded(bytes: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const quotient = (rest / 10) | 0;
    bytes[i] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
  return at + digits;
}
