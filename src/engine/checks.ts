// What options of numbers are checked for.

import { ArgumentError } from "../errors.js";

/** `value` if it is an integer from `least`. Throws an `ArgumentError`. */
export function checkCount(argument: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least)
    throw new ArgumentError(argument, `an integer from ${least}`, value);
  return value;
}

/** `value` if it is a number from 0. Throws an `ArgumentError`. */
export function checkNotNegative(argument: string, value: number): number {
  if (typeof value !== "number" || !(value >= 0)) throw new ArgumentError(argument, "a number from 0", value);
  return value;
}
