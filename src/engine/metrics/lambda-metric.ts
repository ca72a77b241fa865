// Metrics from functions of predictions and targets (torchbearer/metrics/wrappers.py, BatchLambda and EpochLambda).

import { ArgumentError } from "../../errors.js";
import { checkCount } from "../checks.js";
import { predictedRows, targetRows, type Rows } from "../rows.js";
import type { State } from "../state.js";
import { tagIn, type LoggedMetric } from "./logged-metric.js";
import { checkMetricName, metric, type Metric, type Mode } from "./metric.js";
import { RowBuffer } from "./row-buffer.js";

/** A number from predictions and targets, row for row. */
export type RowsFunction = (yPred: Rows, yTrue: Rows) => number;

/** When a function is called that sees a pass so far. */
export interface EpochMetricOptions {
  /** Whether it is called during training too, and not only at a pass's end; true. */
  readonly running?: boolean;
  /** Steps of training from one call to the next, an integer from 1; 50. */
  readonly stepSize?: number;
}

interface EpochState {
  readonly yPred: Rows;
  readonly yTrue: Rows;
  readonly result: number;
}

/** Keeps all rows of a pass. */
class OfEpoch implements LoggedMetric {
  readonly #name: string;
  readonly #f: RowsFunction;
  readonly #options: Required<EpochMetricOptions>;
  readonly #yPred = new RowBuffer("yPred");
  readonly #yTrue = new RowBuffer("yTrue");
  #result = NaN;
  #running = true;

  constructor(name: string, f: RowsFunction, { running = true, stepSize = 50 }: EpochMetricOptions) {
    checkCount("stepSize", stepSize, 1);
    this.#name = checkMetricName(name);
    this.#f = f;
    this.#options = { running, stepSize };
  }

  stepTags(mode: Mode): readonly string[] {
    return mode === "train" && this.#options.running ? [this.#name] : [];
  }

  finalTags(mode: Mode): readonly string[] {
    return [tagIn(mode, this.#name)];
  }

  reset(_state: State, mode: Mode): void {
    this.#yPred.clear();
    this.#yTrue.clear();
    this.#result = NaN;
    this.goOn(mode);
  }

  goOn(mode: Mode): void {
    this.#running = mode === "train" && this.#options.running;
  }

  process(state: State, out: Float64Array, at: number): void {
    this.#yPred.add(predictedRows(state));
    this.#yTrue.add(targetRows(state));
    if (!this.#running) return;
    if (state.batch % this.#options.stepSize === 0) this.#result = this.#call();
    out[at] = this.#result;
  }

  processFinal(_state: State, out: Float64Array, at: number): void {
    out[at] = this.#call();
  }

  stateDict(): EpochState {
    return { yPred: this.#yPred.stateDict(), yTrue: this.#yTrue.stateDict(), result: this.#result };
  }

  loadStateDict({ yPred, yTrue, result }: EpochState): void {
    this.#yPred.loadStateDict(yPred);
    this.#yTrue.loadStateDict(yTrue);
    this.#result = result;
  }

  // Of no rows there is no number.
  #call(): number {
    const yPred = this.#yPred.all();
    return yPred.data.length === 0 ? NaN : this.#f(yPred, this.#yTrue.all());
  }
}

/**
 * A metric from a function of a step's predictions and targets, to be logged by `toDict`, `mean` and the like: `mean(lambdaMetric("mae",
 * (yPred, yTrue) => …))`. With `onEpoch` the function is given all rows of the pass, which are kept for it, and its number is logged under
 * the name at the pass's end (in validation with `val_` before it) and in training at every 50th step, of the rows so far. Throws an
 * `ArgumentError`.
 */
export function lambdaMetric(
  name: string,
  f: RowsFunction,
  options: EpochMetricOptions & { readonly onEpoch: true },
): LoggedMetric;
export function lambdaMetric(name: string, f: RowsFunction, options?: { readonly onEpoch?: false }): Metric;
export function lambdaMetric(
  name: string,
  f: RowsFunction,
  options: EpochMetricOptions & { readonly onEpoch?: boolean } = {},
): LoggedMetric | Metric {
  if (typeof f !== "function") throw new ArgumentError("f", "a function of yPred and yTrue", f);
  if (options.onEpoch === true) return new OfEpoch(name, f, options);
  return metric(name, (state) => f(predictedRows(state), targetRows(state)));
}
