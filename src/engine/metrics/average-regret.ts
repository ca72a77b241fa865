// How much worse a sequence of points was than the best single point, per step.

import type { State } from "../state.js";
import { tagIn, type LoggedMetric } from "./logged-metric.js";
import type { Mode } from "./metric.js";

/** A problem whose loss is `slope` times its one parameter, which lives in [-1, 1]. */
export interface LinearProblem {
  /** The slope of the step that was computed last. */
  readonly slope: number;
}

// Writes its number itself, where a `Metric` would return it: it is asked at every step of the longest runs.
class AverageRegret implements LoggedMetric {
  #steps = 0;
  #losses = 0;
  #slopes = 0;

  stepTags(mode: Mode): readonly string[] {
    return [tagIn(mode, "average_regret")];
  }

  finalTags(): readonly string[] {
    return [];
  }

  reset(): void {
    this.#steps = 0;
    this.#losses = 0;
    this.#slopes = 0;
  }

  process(state: State, out: Float64Array, at: number): void {
    this.#steps++;
    this.#losses += state.loss;
    this.#slopes += (state.model as unknown as LinearProblem).slope;
    out[at] = (this.#losses + Math.abs(this.#slopes)) / this.#steps;
  }

  processFinal(): void {}
}

/**
 * The average regret R_T / T of a `LinearProblem`, under `average_regret`, after "On the Convergence of Adam and Beyond" (Reddi, Kale and
 * Kumar, ICLR 2018): the mean loss, less that of the best fixed point of [-1, 1], which is the end that the slopes' sum points away from.
 */
export function averageRegret(): LoggedMetric {
  return new AverageRegret();
}
