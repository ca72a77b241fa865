// Logs a metric as it is, after every step (torchbearer/metrics/wrappers.py: ToDict).

import type { State } from "../state.js";
import { tagIn, type LoggedMetric } from "./logged-metric.js";
import { fromSource, type Metric, type MetricSource, type Mode } from "./metric.js";

class ToDict implements LoggedMetric {
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

/** Logs a metric's number of every step under its name (`val_` and its name in validation): `toDict("est", () => model.x.item())`. */
export function toDict(...source: MetricSource): LoggedMetric {
  return new ToDict(fromSource(source));
}
