// Numbers over the steps of a pass (torchbearer/metrics/aggregators.py).

import type { State } from "../state.js";
import { tagIn, type LoggedMetric } from "./logged-metric.js";
import { fromSource, type Metric, type MetricSource, type Mode } from "./metric.js";
import { RunningWindow, type RunningMeanOptions, type WindowState } from "./running-window.js";

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

/** The variance over the steps of a pass, under the metric's name and `_var`, with Bessel's correction; NaN for fewer than two steps. */
export function variance<S extends State = State>(...source: MetricSource<S>): LoggedMetric<S> {
  return new Moments(fromSource(source), "_var", (count, _mean, squares) =>
    count < 2 ? NaN : squares / (count - 1),
  );
}

class RunningMean<S extends State> implements LoggedMetric<S> {
  readonly #metric: Metric<S>;
  readonly #window: RunningWindow;
  #on = true;

  constructor(metric: Metric<S>, options: RunningMeanOptions) {
    this.#metric = metric;
    this.#window = new RunningWindow(options);
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
    this.#window.restart();
    this.#on = mode === "train";
  }

  process(state: S, out: Float64Array, at: number): void {
    if (this.#on) this.#window.add(this.#metric.process(state), out, at);
  }

  processFinal(): void {}

  goOn(mode: Mode): void {
    this.#on = mode === "train";
  }

  stateDict(): WindowState & { readonly metric: unknown } {
    return { metric: this.#metric.stateDict?.() ?? null, ...this.#window.stateDict() };
  }

  loadStateDict({ metric, ...window }: WindowState & { readonly metric: unknown }): void {
    this.#window.loadStateDict(window);
    if (metric !== null) this.#metric.loadStateDict?.(metric);
  }
}

/**
 * The mean over the last `batchSize` (50) steps, made anew every `stepSize` (10) steps, under `running_` and the metric's name; training
 * only.
 */
export function runningMean<S extends State = State>(
  source: Metric<S> | readonly [name: string, f: (state: S) => number],
  options: RunningMeanOptions = {},
): LoggedMetric<S> {
  const pair = Array.isArray(source) ? (source as [string, (state: S) => number]) : ([source] as [Metric<S>]);
  return new RunningMean(fromSource<S>(pair), options);
}
