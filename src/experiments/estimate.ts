// The metric of the experiments: the estimate of x, and its mean over the end of a run.

import type { LoggedMetric } from "../engine/metrics/logged-metric.js";
import type { Vec } from "../engine/parameter.js";
import type { State } from "../engine/state.js";

interface Sum {
  readonly sum: number;
  readonly count: number;
}

/** Logs x after each step, before it is put back into the box, as `est`, and keeps the sum over the last steps. */
// Writes its number itself, where `toDict` would have it returned: it is asked at every step of the longest runs.
export class Estimate implements LoggedMetric {
  readonly #x: Vec;
  readonly #from: number;
  #sum = 0;
  #count = 0;

  /** `x`: the parameter's numbers; `from`: the first batch that counts for `tailMean`. */
  constructor(x: Vec, from: number) {
    this.#x = x;
    this.#from = from;
  }

  /** The mean of the estimates from batch `from` on; NaN when there were none. */
  get tailMean(): number {
    return this.#sum / this.#count;
  }

  stepTags(): readonly string[] {
    return ["est"];
  }

  finalTags(): readonly string[] {
    return [];
  }

  reset(): void {
    this.#sum = 0;
    this.#count = 0;
  }

  process(state: State, out: Float64Array, at: number): void {
    const x = this.#x[0]!;
    out[at] = x;
    if (state.batch < this.#from) return;
    this.#sum += x;
    this.#count++;
  }

  processFinal(): void {}

  stateDict(): Sum {
    return { sum: this.#sum, count: this.#count };
  }

  loadStateDict({ sum, count }: Sum): void {
    this.#sum = sum;
    this.#count = count;
  }
}
