// What a trial's metrics are made of: numbers under tags, written into the state's array.

import type { Callback } from "../callback.js";
import type { State } from "../state.js";
import type { Mode } from "./metric.js";

/**
 * A metric with tags. It writes its numbers into an array at a place of its own, so that a step makes no object.
 */
export interface LoggedMetric<S extends State = State> {
  /** Tags that have a number after every step of a pass. */
  stepTags(mode: Mode): readonly string[];
  /** Tags that have a number after a pass. */
  finalTags(mode: Mode): readonly string[];
  /** Called before the first step of a pass. */
  readonly reset: (state: S, mode: Mode) => void;
  /** Writes the numbers of `stepTags` to `out[at, …)`. */
  readonly process: (state: S, out: Float64Array, at: number) => void;
  /** Writes the numbers of `finalTags` to `out[at, …)`. */
  readonly processFinal: (state: S, out: Float64Array, at: number) => void;
  /** What it remembers of a pass, for a training that is continued: plain values and typed arrays. Without it there is nothing. */
  stateDict?(): unknown;
  /** Takes what `stateDict` gave. */
  loadStateDict?(dict: unknown): void;
  /** Called in the place of `reset` where a pass is continued. */
  goOn?(mode: Mode): void;
  /** What it needs to be called at besides: the trial calls it behind its own callbacks. */
  readonly callback?: Callback;
}

const PREFIX = {
  train: "",
  validation: "val_",
  test: "test_",
  evaluateTrain: "train_",
} as const satisfies Record<Mode, string>;

/** `tag` as it is logged: each kind of pass but training has a prefix, as in torchbearer. */
export function tagIn(mode: Mode, tag: string): string {
  return PREFIX[mode] + tag;
}
