// Schedules that go from one factor of the base rate to another and stay there (torch/optim/lr_scheduler.py).

import { checkCount } from "../../checks.js";
import { checkRange, LRScheduler, type ScheduleOptions } from "./lr-scheduler.js";

/** What `ConstantLR` takes. */
export interface ConstantLROptions extends ScheduleOptions {
  /** The factor, a number above 0, to 1; 1/3. */
  readonly factor?: number;
  /** Epochs or steps with the factor, an integer from 0; 5. */
  readonly totalIters?: number;
}

/** `factor` of the rate for the first `totalIters` epochs or steps, then all of it. */
export class ConstantLR extends LRScheduler {
  readonly #factor: number;
  readonly #totalIters: number;

  /** Throws an `ArgumentError`. */
  constructor({ factor = 1 / 3, totalIters = 5, ...options }: ConstantLROptions = {}) {
    super(options);
    this.#factor = checkRange("factor", factor, 0, 1, true);
    this.#totalIters = checkCount("totalIters", totalIters, 0);
  }

  protected override first(lr: number): number {
    return lr * this.#factor;
  }

  protected override next(lr: number, _base: number, t: number): number {
    return t === this.#totalIters ? lr * (1 / this.#factor) : lr;
  }

  protected override again(_lr: number, base: number): number {
    return this.#totalIters === 0 ? base : base * this.#factor;
  }
}

/** What `LinearLR` takes. */
export interface LinearLROptions extends ScheduleOptions {
  /** The factor at the beginning, a number above 0, to 1; 1/3. */
  readonly startFactor?: number;
  /** The factor at the end, a number from 0 to 1; 1. */
  readonly endFactor?: number;
  /** Epochs or steps from one to the other, an integer from 1; 5. */
  readonly totalIters?: number;
}

/** Goes from `startFactor` to `endFactor` of the rate in equal steps: a warm-up. */
export class LinearLR extends LRScheduler {
  readonly #start: number;
  readonly #end: number;
  readonly #totalIters: number;

  /** Throws an `ArgumentError`. */
  constructor({ startFactor = 1 / 3, endFactor = 1, totalIters = 5, ...options }: LinearLROptions = {}) {
    super(options);
    this.#start = checkRange("startFactor", startFactor, 0, 1, true);
    this.#end = checkRange("endFactor", endFactor, 0, 1);
    this.#totalIters = checkCount("totalIters", totalIters, 1);
  }

  protected override first(lr: number): number {
    return lr * this.#start;
  }

  protected override next(lr: number, _base: number, t: number): number {
    if (t > this.#totalIters) return lr;
    const way = this.#end - this.#start;
    return lr * (1 + way / (this.#totalIters * this.#start + (t - 1) * way));
  }
}

/** What `PolynomialLR` takes. */
export interface PolynomialLROptions extends ScheduleOptions {
  /** Epochs or steps until the rate is 0, an integer from 1; 5. */
  readonly totalIters?: number;
  /** The power, a number above 0; 1. */
  readonly power?: number;
}

/** The rate times (1 - t / totalIters) ** power, and 0 from then on. */
export class PolynomialLR extends LRScheduler {
  readonly #totalIters: number;
  readonly #power: number;

  /** Throws an `ArgumentError`. */
  constructor({ totalIters = 5, power = 1, ...options }: PolynomialLROptions = {}) {
    super(options);
    this.#totalIters = checkCount("totalIters", totalIters, 1);
    this.#power = checkRange("power", power, 0, Infinity, true);
  }

  protected override next(lr: number, _base: number, t: number): number {
    const total = this.#totalIters;
    if (t > total) return lr;
    return lr * ((1 - t / total) / (1 - (t - 1) / total)) ** this.#power;
  }
}
