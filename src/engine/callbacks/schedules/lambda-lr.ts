// Schedules that are functions of the user's (torch/optim/lr_scheduler.py).

import { ArgumentError } from "../../../errors.js";
import type { ParamGroup } from "../../optim/optimizer.js";
import { LRScheduler, perGroup, type ScheduleOptions } from "./lr-scheduler.js";

/** A factor of the learning rate, from the number of epochs or steps that are done. */
export type LRLambda = (t: number) => number;

abstract class FunctionLR extends LRScheduler {
  readonly #given: LRLambda | readonly LRLambda[];
  protected lambdas: readonly LRLambda[] = [];

  /** One function for all groups, or one for each. Throws an `ArgumentError`. */
  constructor(lrLambda: LRLambda | readonly LRLambda[], options: ScheduleOptions = {}) {
    super(options);
    for (const f of Array.isArray(lrLambda) ? (lrLambda as unknown[]) : [lrLambda])
      if (typeof f !== "function")
        throw new ArgumentError("lrLambda", "a function, or one for each group", f);
    this.#given = lrLambda;
  }

  override bind(groups: readonly ParamGroup[], baseLrs?: readonly number[]): void {
    this.lambdas = perGroup("lrLambda", this.#given, groups.length);
    super.bind(groups, baseLrs);
  }
}

/** The base rate times `lrLambda(t)`. */
export class LambdaLR extends FunctionLR {
  protected override first(_lr: number, base: number, i: number): number {
    return base * this.lambdas[i]!(0);
  }

  protected override next(_lr: number, base: number, t: number, i: number): number {
    return base * this.lambdas[i]!(t);
  }
}

/** The last rate times `lrLambda(t)`, for t from 1. */
export class MultiplicativeLR extends FunctionLR {
  protected override next(lr: number, _base: number, t: number, i: number): number {
    return lr * this.lambdas[i]!(t);
  }

  // Torch's, whose rate there is what the schedule before it left.
  protected override again(lr: number, _base: number, i: number): number {
    return lr * this.lambdas[i]!(0);
  }
}
