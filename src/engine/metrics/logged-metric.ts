// What a trial's metrics are made of: numbers under tags, written into the state's array.

import type { State } from "../state.js";
import type { Mode } from "./metric.js";

/**
 * A metric with tags. It writes its numbers into an array at a place of its own, so that a step makes no object.
 */
export interface LoggedMetric {
  /** Tags that have a number after every step of a pass. */
  stepTags(mode: Mode): readonly string[];
  /** Tags that have a number after a pass. */
  finalTags(mode: Mode): readonly string[];
  /** Called before the first step of a pass. */
  reset(state: State, mode: Mode): void;
  /** Writes the numbers of `stepTags` to `out[at, …)`. */
  process(state: State, out: Float64Array, at: number): void;
  /** Writes the numbers of `finalTags` to `out[at, …)`. */
  processFinal(state: State, out: Float64Array, at: number): void;
}

/** `tag` as it is logged: validation has its own. */
export function tagIn(mode: Mode, tag: string): string {
  return mode === "train" ? tag : `val_${tag}`;
}
