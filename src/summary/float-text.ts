// Numbers as text that is short, exact as float32, and fast to make: String(x) of a float32 takes 17 digits and several times as long.

/** More bytes than any number takes: sign, 9 digits, point, zeros before them, exponent. */
export const MAX_FLOAT_TEXT = 20;

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const EXPONENT = 0x65;
/** Any float32 is told from its neighbours by 9 digits. */
const DIGITS = 9;
/** Of the powers that bring 2^-149 to 2^128 to 9 digits before the point; beyond 10^22 they are rounded, which these digits do not show. */
const MAX_POWER = 60;
const POWERS = Float64Array.from({ length: 2 * MAX_POWER + 1 }, (_, i) => Number(`1e${i - MAX_POWER}`));
/** The exponent of ten of a float32, or one less, by its 8 bits of exponent; those of 0 are for the numbers that have none. */
const EXPONENTS = Int8Array.from({ length: 256 }, (_, bits) => Math.floor(Math.log10(2 ** (bits - 127))));
/** The digits from 00 to 99. */
const PAIRS = Uint8Array.from(
  { length: 200 },
  (_, i) => ZERO + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10),
);
const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

/**
 * Writes a finite float32 with 9 significant digits, without zeros at their end, into `bytes` from `at` on, and gives the place behind
 * it. What is read back is the same float32.
 */
export function writeFloat(bytes: Uint8Array, at: number, value: number): number {
  if (value === 0) {
    bytes[at++] = ZERO;
    return at;
  }
  if (value < 0) bytes[at++] = MINUS;
  const size = Math.abs(value);
  float[0] = size;
  const bits = floatBits[0]! >>> 23;
  let exponent = bits === 0 ? Math.floor(Math.log10(size)) : EXPONENTS[bits]!;
  let digits = scaled(size, exponent);
  if (digits >= 1e9) digits = scaled(size, ++exponent);
  // A logarithm may be rounded across a power of ten.
  else if (digits < 1e8) digits = scaled(size, --exponent);
  let count = DIGITS;
  while (digits % 10 === 0) {
    digits = (digits / 10) | 0;
    count--;
  }
  if (exponent < -5 || exponent > 14) return writeScientific(bytes, at, digits, count, exponent);
  if (exponent < 0) {
    bytes[at++] = ZERO;
    bytes[at++] = POINT;
    for (let zeros = exponent + 1; zeros < 0; zeros++) bytes[at++] = ZERO;
    return writeDigits(bytes, at, digits, count);
  }
  if (exponent >= count - 1) {
    at = writeDigits(bytes, at, digits, count);
    for (let zeros = exponent + 1 - count; zeros > 0; zeros--) bytes[at++] = ZERO;
    return at;
  }
  return writeWithPoint(bytes, at, digits, count, exponent + 1);
}

function scaled(size: number, exponent: number): number {
  return Math.round(size * POWERS[MAX_POWER + DIGITS - 1 - exponent]!);
}

function writeScientific(
  bytes: Uint8Array,
  at: number,
  digits: number,
  count: number,
  exponent: number,
): number {
  at = count === 1 ? writeDigits(bytes, at, digits, 1) : writeWithPoint(bytes, at, digits, count, 1);
  bytes[at++] = EXPONENT;
  if (exponent < 0) bytes[at++] = MINUS;
  const size = Math.abs(exponent);
  return writeDigits(bytes, at, size, size < 10 ? 1 : 2);
}

/** The digits with a point behind the first `whole` of them. */
function writeWithPoint(bytes: Uint8Array, at: number, digits: number, count: number, whole: number): number {
  const unit = POWERS[MAX_POWER + count - whole]!;
  const before = (digits / unit) | 0;
  at = writeDigits(bytes, at, before, whole);
  bytes[at++] = POINT;
  return writeDigits(bytes, at, digits - before * unit, count - whole);
}

function writeDigits(bytes: Uint8Array, at: number, digits: number, count: number): number {
  const end = at + count;
  let i = end;
  while (i > at + 1) {
    const rest = (digits / 100) | 0;
    const pair = 2 * (digits - 100 * rest);
    bytes[--i] = PAIRS[pair + 1]!;
    bytes[--i] = PAIRS[pair]!;
    digits = rest;
  }
  if (i > at) bytes[at] = ZERO + digits;
  return end;
}
