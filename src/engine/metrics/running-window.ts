// The mean of the last numbers of a training (torchbearer/metrics/aggregators.py, RunningMean).

import { ArgumentError } from "../../errors.js";
import { checkCount } from "../checks.js";

/** How far back a running mean looks, and how often it is made. */
export interface RunningMeanOptions {
  /** Steps whose mean it is, an integer from 1; 50. */
  readonly batchSize?: number;
  /** It is made anew every so many steps of a pass, an integer from 1; 10. */
  readonly stepSize?: number;
}

/** What a window remembers. */
export interface WindowState {
  readonly window: Float64Array;
  readonly seen: number;
  readonly step: number;
  readonly current: number;
}

/** Numbers of the last steps, which go on over epochs, with their mean as of some step. */
export class RunningWindow {
  readonly #stepSize: number;
  readonly #window: Float64Array;
  #seen = 0;
  #step = 0;
  #current = NaN;

  /** Throws an `ArgumentError`. */
  constructor({ batchSize = 50, stepSize = 10 }: RunningMeanOptions = {}) {
    this.#stepSize = checkCount("stepSize", stepSize, 1);
    this.#window = new Float64Array(checkCount("batchSize", batchSize, 1));
  }

  /** The mean as it was made last; NaN before. */
  get current(): number {
    return this.#current;
  }

  /** At the start of a pass: the next step makes the mean anew. */
  restart(): void {
    this.#step = 0;
  }

  /** Adds a step's number; its mean is in `out[at]` then. */
  add(value: number, out: Float64Array, at: number): void {
    const window = this.#window;
    window[this.#seen % window.length] = value;
    this.#seen++;
    if (this.#step % this.#stepSize === 0) this.#current = this.#average();
    this.#step++;
    out[at] = this.#current;
  }

  stateDict(): WindowState {
    return {
      window: this.#window.slice(),
      seen: this.#seen,
      step: this.#step,
      current: this.#current,
    };
  }

  /** Throws an `ArgumentError` unless it is of a window of the same length. */
  loadStateDict({ window, seen, step, current }: WindowState): void {
    if (window.length !== this.#window.length)
      throw new ArgumentError("batchSize", `${window.length}, as in the state dict`, this.#window.length);
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
