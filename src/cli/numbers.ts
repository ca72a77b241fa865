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

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/** The milliseconds that a time such as `90s`, `15m` or `1h30m` is; undefined for text that is none. */
export function parseTime(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(PART))
    sum += Number(number) * UNITS[unit as keyof typeof UNITS];
  return sum >= 1 ? sum : undefined;
}

/** More are a slip of the keyboard. */
const MOST_INTEGERS = 10_000;

/** Integers such as `1,2,5`, `0..29` or `0..9,20`, both ends of `..` included. Throws an `ArgumentError` that shows what was typed. */
export function parseIntegers(option: string, text: string): number[] {
  const wrong = (): ArgumentError =>
    new ArgumentError(
      option,
      `integers such as 1,2,5 or 0..29, at most ${MOST_INTEGERS.toLocaleString("en")}`,
      text,
      JSON.stringify(text),
    );
  const integers = text.split(",").flatMap((part) => {
    const [, first, last = first] = /^\s*([+-]?\d+)(?:\.\.([+-]?\d+))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    const count = to - from + 1;
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || !(count >= 1 && count <= MOST_INTEGERS))
      throw wrong();
    return Array.from({ length: count }, (_, i) => from + i);
  });
  if (integers.length > MOST_INTEGERS) throw wrong();
  return integers;
}
