// A metric: one number about a step, and perhaps one about an epoch (torchbearer/metrics/metrics.py).

import { ArgumentError } from "../../errors.js";
import type { State } from "../state.js";

/** Training or validation. */
export type Mode = "train" | "validation";

/**
 * Measures a training. What is measured becomes a logged number by `toDict`, `mean`, `std` or `runningMean`.
 *
 * `process` is called after every step (parameters and loss are new, no callback has run yet), `processFinal` after the last step of a
 * pass, `reset` before its first. A class overrides what it needs.
 */
export abstract class Metric {
  readonly name: string;

  constructor(name: string) {
    this.name = checkMetricName(name);
  }

  /** The number of this step. */
  abstract process(state: State): number;

  /** The number of the whole pass; without it there is none, and the last step's stays. */
  processFinal?(state: State): number;

  /** Forgets what was seen, before the first step of a pass. */
  reset(_state: State): void {}
}

/** `name` if a metric can have it. Throws an `ArgumentError`. */
export function checkMetricName(name: string): string {
  if (typeof name !== "string" || name === "")
    throw new ArgumentError("name", "a string that is not empty", name);
  return name;
}

class FunctionMetric extends Metric {
  override readonly process: (state: State) => number;

  constructor(name: string, f: (state: State) => number) {
    super(name);
    this.process = f;
  }
}

/** A metric from a function of the state: `metric("est", () => model.x.item())`. */
export function metric(name: string, f: (state: State) => number): Metric {
  return new FunctionMetric(name, f);
}

/** A metric, or the name and function of one. */
export type MetricSource = [metric: Metric] | [name: string, f: (state: State) => number];

/** The metric that the arguments of `toDict`, `mean` and the like name. */
export function fromSource(source: MetricSource): Metric {
  return typeof source[0] === "string" ? metric(source[0], source[1] as (state: State) => number) : source[0];
}
