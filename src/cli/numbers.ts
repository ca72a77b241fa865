// Numbers on the command line.

import { ArgumentError } from "../errors.js";

/** The number that `text` is. Throws an `ArgumentError` that shows what was typed. */
export function parseNumber(option: string, text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isNaN(value)) throw new ArgumentError(option, "a number", text, JSON.stringify(text));
  return value;
}

/** An integer from `least`. Throws an `ArgumentError` that shows what was typed. */
export function parseInteger(option: string, text: string, least: number): number {
  const value = parseNumber(option, text);
  if (!Number.isSafeInteger(value) || value < least) {
    const expected = least === -Infinity ? "an integer" : `an integer from ${least}`;
    throw new ArgumentError(option, expected, text, JSON.stringify(text));
  }
  return value;
}
