// Schedules that fall by a factor (torch/optim/lr_scheduler.py).

import { ArgumentError } from "../../../errors.js";
import { checkCount } from "../../checks.js";
import { checkRange, LRScheduler, type ScheduleOptions } from "./lr-scheduler.js";

/** What `StepLR` takes. */
export interface StepLROptions extends ScheduleOptions {
  /** Epochs or steps from one fall to the next, an integer from 1. */
  readonly stepSize: number;
  /** The factor, a number from 0; 0.1. */
  readonly gamma?: number;
}

/** Multiplies the rate by `gamma` every `stepSize` epochs or steps. */
export class StepLR extends LRScheduler {
  readonly #stepSize: number;
  readonly #gamma: number;

  /** Throws an `ArgumentError`. */
  constructor({ stepSize, gamma = 0.1, ...options }: StepLROptions) {
    super(options);
    this.#stepSize = checkCount("stepSize", stepSize, 1);
    this.#gamma = checkRange("gamma", gamma, 0, Infinity);
  }

  protected override next(lr: number, _base: number, t: number): number {
    return t % this.#stepSize === 0 ? lr * this.#gamma : lr;
  }
}

/** What `MultiStepLR` takes. */
export interface MultiStepLROptions extends ScheduleOptions {
  /** The epochs or steps at which the rate falls, integers from 0; one that is named twice counts twice. */
  readonly milestones: readonly number[];
  /** The factor, a number from 0; 0.1. */
  readonly gamma?: number;
}

/** Multiplies the rate by `gamma` at each milestone. */
export class MultiStepLR extends LRScheduler {
  readonly #counts = new Map<number, number>();
  readonly #gamma: number;

  /** Throws an `ArgumentError`. */
  constructor({ milestones, gamma = 0.1, ...options }: MultiStepLROptions) {
    super(options);
    if (!Array.isArray(milestones)) throw new ArgumentError("milestones", "an array", milestones);
    for (const milestone of milestones) {
      checkCount("milestones", milestone, 0);
      this.#counts.set(milestone, (this.#counts.get(milestone) ?? 0) + 1);
    }
    this.#gamma = checkRange("gamma", gamma, 0, Infinity);
  }

  protected override first(lr: number): number {
    return this.#at(lr, 0);
  }

  protected override next(lr: number, _base: number, t: number): number {
    return this.#at(lr, t);
  }

  #at(lr: number, t: number): number {
    const count = this.#counts.get(t);
    return count === undefined ? lr : lr * this.#gamma ** count;
  }
}

/** What `ExponentialLR` takes. */
export interface ExponentialLROptions extends ScheduleOptions {
  /** The factor, a number from 0. */
  readonly gamma: number;
}

/** Multiplies the rate by `gamma` at every epoch or step. */
export class ExponentialLR extends LRScheduler {
  readonly #gamma: number;

  /** Throws an `ArgumentError`. */
  constructor({ gamma, ...options }: ExponentialLROptions) {
    super(options);
    this.#gamma = checkRange("gamma", gamma, 0, Infinity);
  }

  protected override next(lr: number): number {
    return lr * this.#gamma;
  }
}
