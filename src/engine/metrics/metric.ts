// A metric: one number about a step, and perhaps one about an epoch (torchbearer/metrics/metrics.py).

import { ArgumentError } from "../../errors.js";
import type { State } from "../state.js";

/** What a pass is: training; validation; a test, by `evaluate` or `predict`; or the training data, evaluated. */
export type Mode = "train" | "validation" | "test" | "evaluateTrain";

/**
 * Measures a training. What is measured becomes a logged number by `toDict`, `mean`, `std` or `runningMean`.
 *
 * `process` is called after every step (parameters and loss are new, no callback has run yet), `processFinal` after the last step of a
 * pass, `reset` before its first. A class overrides what it needs.
 */
export abstract class Metric<S extends State = State> {
  readonly name: string;

  constructor(name: string) {
    this.name = checkMetricName(name);
  }

  /** The number of this step. */
  abstract process(state: S): number;

  /** The number of the whole pass; without it there is none, and the last step's stays. */
  processFinal?(state: S): number;

  /** Forgets what was seen, before the first step of a pass. */
  reset(_state: S): void {}

  /** What it remembers, for a training that is continued: plain values and typed arrays. Without it there is nothing. */
  stateDict?(): unknown;

  /** Takes what `stateDict` gave. */
  loadStateDict?(dict: unknown): void;
}

/** `name` if a metric can have it. Throws an `ArgumentError`. */
export function checkMetricName(name: string): string {
  if (typeof name !== "string" || name === "")
    throw new ArgumentError("name", "a string that is not empty", name);
  return name;
}

class FunctionMetric<S extends State> extends Metric<S> {
  override readonly process: (state: S) => number;

  constructor(name: string, f: (state: S) => number) {
    super(name);
    this.process = f;
  }
}

/** A metric from a function of the state: `metric("est", () => model.x.item())`. */
export function metric<S extends State = State>(name: string, f: (state: S) => number): Metric<S> {
  return new FunctionMetric(name, f);
}

/** A metric, or the name and function of one. */
export type MetricSource<S extends State = State> =
  | [metric: Metric<S>]
  | [name: string, f: (state: S) => number];

/** The metric that the arguments of `toDict`, `mean` and the like name. */
export function fromSource<S extends State>(source: MetricSource<S>): Metric<S> {
  return typeof source[0] === "string" ? metric(source[0], source[1] as (state: S) => number) : source[0];
}
