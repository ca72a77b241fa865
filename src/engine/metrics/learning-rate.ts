// The learning rate of an optimizer (torchbearer/metrics/lr.py).

import { ArgumentError } from "../../errors.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { State } from "../state.js";
import type { LoggedMetric } from "./logged-metric.js";
import type { Mode } from "./metric.js";

class LearningRate implements LoggedMetric {
  readonly #optimizer: Optimizer;
  #on = true;

  constructor(optimizer: Optimizer) {
    this.#optimizer = optimizer;
  }

  stepTags(mode: Mode): readonly string[] {
    const { paramGroups } = this.#optimizer;
    if (mode !== "train") return [];
    return paramGroups.length === 1 ? ["lr"] : paramGroups.map((_, i) => `lr_${i}`);
  }

  finalTags(mode: Mode): readonly string[] {
    return this.stepTags(mode);
  }

  reset(_state: State, mode: Mode): void {
    this.goOn(mode);
  }

  goOn(mode: Mode): void {
    this.#on = mode === "train";
  }

  process(state: State, out: Float64Array, at: number): void {
    this.processFinal(state, out, at);
  }

  processFinal(_state: State, out: Float64Array, at: number): void {
    const { paramGroups } = this.#optimizer;
    if (!this.#on) return;
    for (let i = 0; i < paramGroups.length; i++) out[at + i] = paramGroups[i]!.lr;
  }
}

/**
 * The learning rate under `lr`, in training, at every step and at the end; of several groups under `lr_0`, `lr_1` and so on, as TensorBoard
 * shows torchbearer's list. By name, `"lr"`, it is that of the trial's optimizer. Throws an `ArgumentError` without an optimizer.
 */
export function learningRate(optimizer: Optimizer | undefined): LoggedMetric {
  if (optimizer === undefined)
    throw new ArgumentError("optimizer", "given, since the metric lr is its learning rate", optimizer);
  return new LearningRate(optimizer);
}
