// Keeps parameters in a box, after each step.

import { ArgumentError } from "../../errors.js";
import type { Callback } from "../callback.js";
import type { Vec } from "../parameter.js";
import type { State } from "../state.js";

/**
 * Sets every number of every parameter to the nearest one in [low, high] after each training step, and counts the steps at which it had
 * to. For a box this is the paper's projection in any diagonal metric (Reddi, Kale and Kumar, ICLR 2018, section 2).
 */
export class ProjectBox implements Callback {
  readonly #low: number;
  readonly #high: number;
  #vectors: readonly Vec[] = [];
  #clamps = 0;
  #firstClamp: number | undefined;

  /** Throws an `ArgumentError` when the box is empty. */
  constructor(low: number, high: number) {
    if (!(low <= high)) throw new ArgumentError("high", `a number from low (${low})`, high);
    this.#low = low;
    this.#high = high;
  }

  /** At how many steps of this run something was outside. */
  get clamps(): number {
    return this.#clamps;
  }

  /** The batch of the first such step. */
  get firstClamp(): number | undefined {
    return this.#firstClamp;
  }

  onStart(state: State): void {
    this.#vectors = state.model.parameters().map((parameter) => parameter.data);
    this.#clamps = 0;
    this.#firstClamp = undefined;
  }

  onStepTraining(state: State): void {
    const vectors = this.#vectors;
    let outside = false;
    for (let v = 0; v < vectors.length; v++) {
      const data = vectors[v]!;
      for (let i = 0; i < data.length; i++) {
        const x = data[i]!;
        if (x > this.#high) data[i] = this.#high;
        else if (x < this.#low) data[i] = this.#low;
        else continue;
        outside = true;
      }
    }
    if (!outside) return;
    this.#clamps++;
    this.#firstClamp ??= state.batch;
  }
}

/** The tutorial's projection: every parameter back into [-1, 1] after each step. */
export function greedyUpdate(): ProjectBox {
  return new ProjectBox(-1, 1);
}
