// Numbers over the steps of a pass (torchbearer/metrics/aggregators.py).

import { ArgumentError } from "../../errors.js";
import { checkCount } from "../checks.js";
import type { State } from "../state.js";
import { tagIn, type LoggedMetric } from "./logged-metric.js";
import { fromSource, type Metric, type MetricSource, type Mode } from "./metric.js";

interface MomentsState {
  readonly metric: unknown;
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** Mean and variance in one pass, after Welford (1962): stable where the difference of two sums of squares is not. */
class Moments<S extends State> implements LoggedMetric<S> {
  readonly #metric: Metric<S>;
  readonly #suffix: string;
  readonly #result: (count: number, mean: number, squares: number) => number;
  #count = 0;
  #mean = 0;
  #squares = 0;

  constructor(
    metric: Metric<S>,
    suffix: string,
    result: (count: number, mean: number, squares: number) => number,
  ) {
    this.#metric = metric;
    this.#suffix = suffix;
    this.#result = result;
  }

  stepTags(): readonly string[] {
    return [];
  }

  finalTags(mode: Mode): readonly string[] {
    return [tagIn(mode, this.#metric.name + this.#suffix)];
  }

  reset(state: S): void {
    this.#metric.reset(state);
    this.#count = 0;
    this.#mean = 0;
    this.#squares = 0;
  }

  process(state: S): void {
    const value = this.#metric.process(state);
    this.#count++;
    const delta = value - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (value - this.#mean);
  }

  processFinal(_state: S, out: Float64Array, at: number): void {
    out[at] = this.#result(this.#count, this.#mean, this.#squares);
  }

  stateDict(): MomentsState {
    const metric = this.#metric.stateDict?.() ?? null;
    return { metric, count: this.#count, mean: this.#mean, squares: this.#squares };
  }

  loadStateDict({ metric, count, mean: average, squares }: MomentsState): void {
    if (metric !== null) this.#metric.loadStateDict?.(metric);
    this.#count = count;
    this.#mean = average;
    this.#squares = squares;
  }
}

/** The mean over the steps of a pass, under the metric's name; NaN without steps. */
export function mean<S extends State = State>(...source: MetricSource<S>): LoggedMetric<S> {
  return new Moments(fromSource(source), "", (count, average) => (count === 0 ? NaN : average));
}

/** The standard deviation over the steps of a pass, under the metric's name and `_std`, with Bessel's correction; NaN for fewer than two steps. */
export function std<S extends State = State>(...source: MetricSource<S>): LoggedMetric<S> {
  return new Moments(fromSource(source), "_std", (count, _mean, squares) =>
    count < 2 ? NaN : Math.sqrt(squares / (count - 1)),
  );
}

interface WindowState {
  readonly metric: unknown;
  readonly window: Float64Array;
  readonly seen: number;
  readonly step: number;
  readonly current: number;
}

class RunningMean<S extends State> implements LoggedMetric<S> {
  readonly #metric: Metric<S>;
  readonly #stepSize: number;
  readonly #window: Float64Array;
  #seen = 0;
  #step = 0;
  #current = NaN;
  #on = true;

  constructor(metric: Metric<S>, batchSize: number, stepSize: number) {
    this.#metric = metric;
    this.#stepSize = stepSize;
    this.#window = new Float64Array(batchSize);
  }

  stepTags(mode: Mode): readonly string[] {
    return mode === "train" ? [`running_${this.#metric.name}`] : [];
  }

  finalTags(): readonly string[] {
    return [];
  }

  // The window goes on over epochs, as in torchbearer: a running mean has no epochs.
  reset(state: S, mode: Mode): void {
    this.#metric.reset(state);
    this.#step = 0;
    this.#on = mode === "train";
  }

  process(state: S, out: Float64Array, at: number): void {
    if (!this.#on) return;
    const window = this.#window;
    window[this.#seen % window.length] = this.#metric.process(state);
    this.#seen++;
    if (this.#step % this.#stepSize === 0) this.#current = this.#average();
    this.#step++;
    out[at] = this.#current;
  }

  processFinal(): void {}

  goOn(mode: Mode): void {
    this.#on = mode === "train";
  }

  stateDict(): WindowState {
    const metric = this.#metric.stateDict?.() ?? null;
    const window = this.#window.slice();
    return { metric, window, seen: this.#seen, step: this.#step, current: this.#current };
  }

  loadStateDict({ metric, window, seen, step, current }: WindowState): void {
    if (window.length !== this.#window.length)
      throw new ArgumentError("batchSize", `${window.length}, as in the state dict`, this.#window.length);
    if (metric !== null) this.#metric.loadStateDict?.(metric);
    this.#window.set(window);
    this.#seen = seen;
    this.#step = step;
    this.#current = current;
  }

  #average(): number {
    const count = Math.min(this.#seen, this.#window.length);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += this.#window[i]!;
    return sum / count;
  }
}

/**
 * The mean over the last `batchSize` (50) steps, made anew every `stepSize` (10) steps, under `running_` and the metric's name; training
 * only.
 */
export function runningMean<S extends State = State>(
  source: Metric<S> | readonly [name: string, f: (state: S) => number],
  options: { batchSize?: number; stepSize?: number } = {},
): LoggedMetric<S> {
  const { batchSize = 50, stepSize = 10 } = options;
  checkCount("batchSize", batchSize, 1);
  checkCount("stepSize", stepSize, 1);
  return new RunningMean(
    fromSource<S>(Array.isArray(source) ? (source as [string, (state: S) => number]) : [source as Metric<S>]),
    batchSize,
    stepSize,
  );
}
