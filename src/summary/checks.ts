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
