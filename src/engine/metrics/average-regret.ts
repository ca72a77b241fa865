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
  // Steps, losses and slopes so far. An array, because a sum in a field may be a new object at each step.
  readonly #sums = new Float64Array(3);

  stepTags(mode: Mode): readonly string[] {
    return [tagIn(mode, "average_regret")];
  }

  finalTags(): readonly string[] {
    return [];
  }

  reset(): void {
    this.#sums.fill(0);
  }

  process(state: State, out: Float64Array, at: number): void {
    const sums = this.#sums;
    sums[0]! += 1;
    sums[1]! += state.values[0]!;
    sums[2]! += (state.model as unknown as LinearProblem).slope;
    out[at] = (sums[1]! + Math.abs(sums[2]!)) / sums[0]!;
  }

  processFinal(): void {}

  stateDict(): unknown {
    return { sums: this.#sums.slice() };
  }

  loadStateDict({ sums }: { sums: Float64Array }): void {
    this.#sums.set(sums);
  }
}

/**
 * The average regret R_T / T of a `LinearProblem`, under `average_regret`, after "On the Convergence of Adam and Beyond" (Reddi, Kale and
 * Kumar, ICLR 2018): the mean loss, less that of the best fixed point of [-1, 1], which is the end that the slopes' sum points away from.
 */
export function averageRegret(): LoggedMetric {
  return new AverageRegret();
}
