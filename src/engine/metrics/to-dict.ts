// Logs a metric as it is, after every step (torchbearer/metrics/wrappers.py: ToDict).

import type { State } from "../state.js";
import { tagIn, type LoggedMetric } from "./logged-metric.js";
import { checkMetricName, type Metric, type MetricSource, type Mode } from "./metric.js";

class MetricToDict implements LoggedMetric {
  readonly #metric: Metric;

  constructor(metric: Metric) {
    this.#metric = metric;
  }

  stepTags(mode: Mode): readonly string[] {
    return [tagIn(mode, this.#metric.name)];
  }

  finalTags(mode: Mode): readonly string[] {
    return this.#metric.processFinal === undefined ? [] : this.stepTags(mode);
  }

  reset(state: State): void {
    this.#metric.reset(state);
  }

  process(state: State, out: Float64Array, at: number): void {
    out[at] = this.#metric.process(state);
  }

  processFinal(state: State, out: Float64Array, at: number): void {
    if (this.#metric.processFinal !== undefined) out[at] = this.#metric.processFinal(state);
  }
}

// A function is called from a place of its own: where several kinds of callee meet, V8 puts each number that is returned on the heap.
class FunctionToDict implements LoggedMetric {
  readonly #name: string;
  readonly #f: (state: State) => number;

  constructor(name: string, f: (state: State) => number) {
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

  process(state: State, out: Float64Array, at: number): void {
    const f = this.#f;
    out[at] = f(state);
  }

  processFinal(): void {}
}

/** Logs a metric's number of every step under its name (`val_` and its name in validation): `toDict("est", () => model.x.item())`. */
export function toDict(...source: MetricSource): LoggedMetric {
  return typeof source[0] === "string"
    ? new FunctionToDict(source[0], source[1] as (state: State) => number)
    : new MetricToDict(source[0]);
}
