// What every call that logs is checked for.

import { ArgumentError } from "../errors.js";
import { wellFormed } from "../wire/text.js";

/** `tag` if TensorBoard can show it. Throws an `ArgumentError`. */
export function checkTag(tag: string): string {
  if (typeof tag !== "string" || tag === "") {
    throw new ArgumentError("tag", "a string that is not empty", tag);
  }
  return checkText("tag", tag);
}

/** `text` if it can be written as UTF-8. Throws an `ArgumentError`. */
export function checkText(argument: string, text: string): string {
  if (typeof text !== "string") throw new ArgumentError(argument, "a string", text);
  if (wellFormed(text) !== text) {
    throw new ArgumentError(argument, "text without half a surrogate pair", text);
  }
  return text;
}

/**
 * Throws an `ArgumentError` unless `value` is an object with names of its own: of a Map or a Date nothing would be found, and an array's
 * elements would be taken for what is named 0, 1, 2.
 */
export function checkRecord(argument: string, value: unknown, expected: string): void {
  const kind = Object.prototype.toString.call(value);
  if (kind === "[object Object]" || kind === "[object Module]") return;
  throw new ArgumentError(argument, expected, value);
}

/** Throws an `ArgumentError` unless it is an object: a wall time there, where torch has it, would be passed over. */
export function checkOptions(options: unknown): void {
  checkRecord("options", options, "an object");
}

/** Throws an `ArgumentError` unless a file can hold the step as it is. */
export function checkStep(step: number): void {
  if (!Number.isSafeInteger(step)) throw new ArgumentError("step", "a safe integer", step);
}

/** Throws an `ArgumentError` for a wall time, in seconds, that is given and cannot be one. */
export function checkWallTime(wallTime: number | undefined): void {
  if (wallTime !== undefined && !Number.isFinite(wallTime)) {
    throw new ArgumentError("wallTime", "a finite number of seconds", wallTime);
  }
}
