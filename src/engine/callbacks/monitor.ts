// The number that a callback watches.

import { ArgumentError, UnknownNameError } from "../../errors.js";
import { nearestName } from "../../math/nearest-name.js";
import type { State } from "../state.js";

/** Whether smaller or larger is better; `"auto"`: larger if the name has `acc` in it, as in torchbearer. */
export type MonitorMode = "auto" | "min" | "max";

/** Reads one metric, or the loss, from the state. */
export class Monitor {
  readonly name: string;
  #values: Float64Array | undefined;
  #at = -1;

  /** `"loss"` is the step's loss unless a metric has that name. Throws an `ArgumentError`. */
  constructor(name: string) {
    if (typeof name !== "string" || name === "") throw new ArgumentError("monitor", "a metric's name", name);
    this.name = name;
  }

  /** Its number at a step; undefined when this pass does not measure it. */
  atStep(state: State): number | undefined {
    const { values } = state;
    // Each pass has its own array.
    if (values !== this.#values) {
      this.#values = values;
      const index = state.metricTags.step.indexOf(this.name);
      this.#at = index < 0 && this.name !== "loss" ? -1 : index + 1;
    }
    return this.#at < 0 ? undefined : values[this.#at];
  }

  /**
   * Its number at the end of an epoch; undefined when the epoch was ended early and so has not got it. Throws an `UnknownNameError` when
   * there is no such metric.
   */
  atEndOfEpoch(state: State): number | undefined {
    const { metrics } = state;
    if (this.name in metrics) return metrics[this.name];
    if (this.name === "loss") return state.loss;
    if (state.stopTraining) return undefined;
    const known = Object.keys(metrics);
    throw new UnknownNameError("metric", this.name, known, nearestName(this.name, known));
  }
}

/** Whether larger is better. Throws an `ArgumentError`. */
export function isMaximized(name: string, mode: MonitorMode): boolean {
  if (mode !== "auto" && mode !== "min" && mode !== "max")
    throw new ArgumentError("mode", '"auto", "min" or "max"', mode);
  return mode === "auto" ? name.includes("acc") : mode === "max";
}

/** Whether the state is one of a training, or of its replay: an evaluation has the same hooks and is no epoch. */
export function isTraining({ task }: State): boolean {
  return task === "run" || task === "replay";
}
