// 64-bit integers at the border to the generated codec, which speaks Long; this package speaks numbers, and bigint beyond 2^53.

import Long from "long";
import { ArgumentError } from "../errors.js";

/** What the generated codec takes and gives for an int64. */
export type Int64 = number | Long;

/** A number, or a bigint where a number is not exact, from the codec's form. */
export function fromInt64(value: Int64): number | bigint {
  if (typeof value === "number") return value;
  const number = value.toNumber();
  return Number.isSafeInteger(number) ? number : value.toBigInt();
}

/** The codec's form; it would write a bigint as 0. */
export function toInt64(value: number | bigint): Int64 {
  return typeof value === "number" ? value : Long.fromBigInt(BigInt.asIntN(64, value));
}

/** `step` if a file can hold it as it is. Throws an `ArgumentError`. */
export function checkInt64Step(step: number | bigint): number | bigint {
  const isHeld = typeof step === "bigint" ? BigInt.asIntN(64, step) === step : Number.isSafeInteger(step);
  if (!isHeld) throw new ArgumentError("step", "a safe integer, or a bigint of 64 bits", step);
  return step;
}
