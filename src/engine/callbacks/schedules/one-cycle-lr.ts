// One cycle of the rate (Smith and Topin, "Super-Convergence", 2017; torch/optim/lr_scheduler.py).

import { ArgumentError } from "../../../errors.js";
import type { ParamGroup } from "../../optim/optimizer.js";
import { checkCount } from "../../checks.js";
import { checkRange, LRScheduler, perGroup, type PerGroup, type ScheduleOptions } from "./lr-scheduler.js";

/** What `OneCycleLR` takes. */
export interface OneCycleLROptions extends ScheduleOptions {
  /** The highest rate. */
  readonly maxLr: PerGroup;
  /** Steps of the cycle, an integer from 1; more are an error. */
  readonly totalSteps: number;
  /** The part of the cycle in which the rate rises, a number from 0 to 1; 0.3. */
  readonly pctStart?: number;
  /** `"cos"`. */
  readonly annealStrategy?: "cos" | "linear";
  /** The highest rate is so many times the first one, a number above 0; 25. */
  readonly divFactor?: number;
  /** The first rate is so many times the last one, a number above 0; 10,000. */
  readonly finalDivFactor?: number;
  /** Fall back to the first rate as long as it rose, and to the last one then; false. */
  readonly threePhase?: boolean;
}

interface Phase {
  readonly end: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Rises from `maxLr / divFactor` to `maxLr` and falls far below. The optimizer's momentum stays as it is (torch: `cycle_momentum=False`). */
export class OneCycleLR extends LRScheduler {
  readonly #options: Required<Omit<OneCycleLROptions, "stepOnBatch">>;
  #phases: readonly Phase[] = [];

  /** Throws an `ArgumentError`. */
  constructor(options: OneCycleLROptions) {
    super(options);
    const { maxLr, totalSteps, pctStart = 0.3, annealStrategy = "cos" } = options;
    const { divFactor = 25, finalDivFactor = 1e4, threePhase = false } = options;
    for (const lr of [maxLr].flat()) checkRange("maxLr", lr as number, 0, Infinity);
    checkCount("totalSteps", totalSteps, 1);
    checkRange("pctStart", pctStart, 0, 1);
    if (annealStrategy !== "cos" && annealStrategy !== "linear")
      throw new ArgumentError("annealStrategy", '"cos" or "linear"', annealStrategy);
    checkRange("divFactor", divFactor, 0, Infinity, true);
    checkRange("finalDivFactor", finalDivFactor, 0, Infinity, true);
    this.#options = { maxLr, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor, threePhase };
  }

  override bind(groups: readonly ParamGroup[], baseLrs?: readonly number[]): void {
    const { maxLr, totalSteps, pctStart, divFactor, finalDivFactor, threePhase } = this.#options;
    const max = perGroup("maxLr", maxLr as number | readonly number[], groups.length);
    const first = max.map((lr) => lr / divFactor);
    const last = first.map((lr) => lr / finalDivFactor);
    const up: Phase = { end: pctStart * totalSteps - 1, from: first, to: max };
    this.#phases = threePhase
      ? [
          up,
          { end: 2 * pctStart * totalSteps - 2, from: max, to: first },
          { end: totalSteps - 1, from: first, to: last },
        ]
      : [up, { end: totalSteps - 1, from: max, to: last }];
    super.bind(groups, baseLrs);
  }

  protected override first(lr: number, base: number, i: number): number {
    return this.next(lr, base, 0, i);
  }

  protected override next(_lr: number, _base: number, t: number, i: number): number {
    const { totalSteps, annealStrategy } = this.#options;
    if (t > totalSteps) {
      throw new ArgumentError("totalSteps", `as many as the training has, at least ${t}`, totalSteps);
    }
    const phases = this.#phases;
    let k = 0;
    while (k < phases.length - 1 && t > phases[k]!.end) k++;
    const { end, from, to } = phases[k]!;
    const start = k === 0 ? 0 : phases[k - 1]!.end;
    return anneal(annealStrategy, from[i]!, to[i]!, (t - start) / (end - start));
  }
}

function anneal(strategy: "cos" | "linear", from: number, to: number, part: number): number {
  return strategy === "cos"
    ? to + ((from - to) / 2) * (Math.cos(Math.PI * part) + 1)
    : (to - from) * part + from;
}
