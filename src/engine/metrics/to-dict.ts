// Logs a metric as it is, after every step (torchbearer/metrics/wrappers.py: ToDict).

import type { State } from "../state.js";
import { tagIn, type LoggedMetric } from "./logged-metric.js";
import { checkMetricName, type Metric, type MetricSource, type Mode } from "./metric.js";

class MetricToDict<S extends State> implements LoggedMetric<S> {
  readonly #metric: Metric<S>;

  constructor(metric: Metric<S>) {
    this.#metric = metric;
  }

  stepTags(mode: Mode): readonly string[] {
    return [tagIn(mode, this.#metric.name)];
  }

  finalTags(mode: Mode): readonly string[] {
    return this.#metric.processFinal === undefined ? [] : this.stepTags(mode);
  }

  reset(state: S): void {
    this.#metric.reset(state);
  }

  process(state: S, out: Float64Array, at: number): void {
    out[at] = this.#metric.process(state);
  }

  processFinal(state: S, out: Float64Array, at: number): void {
    if (this.#metric.processFinal !== undefined) out[at] = this.#metric.processFinal(state);
  }

  stateDict(): unknown {
    return this.#metric.stateDict?.() ?? null;
  }

  loadStateDict(dict: unknown): void {
    this.#metric.loadStateDict?.(dict);
  }
}

// A function is called from a place of its own: where several kinds of callee meet, V8 puts each number that is returned on the heap.
class FunctionToDict<S extends State> implements LoggedMetric<S> {
  readonly #name: string;
  readonly #f: (state: S) => number;

  constructor(name: string, f: (state: S) => number) {
    this.#name = checkMetricName(name);
    this.#f = f;
  }

  stepTags(mode: Mode): readonly string[] {
    return [tagIn(mode, this.#name)];
  }

  finalTags(): readonly string[] {
    return [];
  }

  reset(): void {}

  process(state: S, out: Float64Array, at: number): void {
    const f = this.#f;
    out[at] = f(state);
  }

  processFinal(): void {}
}

/** Logs a metric's number of every step under its name (`val_` and its name in validation): `toDict("est", () => model.x.item())`. */
export function toDict<S extends State = State>(...source: MetricSource<S>): LoggedMetric<S> {
  return typeof source[0] === "string"
    ? new FunctionToDict(source[0], source[1] as (state: S) => number)
    : new MetricToDict(source[0]);
}
