// A rate that rises and falls in cycles (Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017; torch/optim/lr_scheduler.py).

import { ArgumentError } from "../../../errors.js";
import type { ParamGroup } from "../../optim/optimizer.js";
import { checkCount } from "../../checks.js";
import { checkRange, LRScheduler, perGroup, type PerGroup, type ScheduleOptions } from "./lr-scheduler.js";

/** What `CyclicLR` takes. */
export interface CyclicLROptions extends ScheduleOptions {
  /** The lowest rate, in the place of the optimizer's. */
  readonly baseLr: PerGroup;
  /** The highest rate of the first cycle. */
  readonly maxLr: PerGroup;
  /** Steps of the way up, an integer from 1; 2000. */
  readonly stepSizeUp?: number;
  /** Steps of the way down; as many as up. */
  readonly stepSizeDown?: number;
  /** `"triangular"`: all cycles alike; `"triangular2"`: half as high each time; `"exp_range"`: lower by `gamma` at each step. The first. */
  readonly mode?: "triangular" | "triangular2" | "exp_range";
  /** 1. */
  readonly gamma?: number;
  /** How high a cycle is, from its number (from 1) or from the step: in the place of `mode`. */
  readonly scaleFn?: (x: number) => number;
  /** What `scaleFn` is given; `"cycle"`. */
  readonly scaleMode?: "cycle" | "iterations";
}

/** Rises from `baseLr` to `maxLr` and falls back, again and again. The optimizer's momentum stays as it is (torch: `cycle_momentum=False`). */
export class CyclicLR extends LRScheduler {
  readonly #given: { readonly base: PerGroup; readonly max: PerGroup };
  readonly #total: number;
  readonly #ratio: number;
  readonly #scale: (x: number) => number;
  readonly #byCycle: boolean;
  #low: readonly number[] = [];
  #high: readonly number[] = [];

  /** Throws an `ArgumentError`. */
  constructor(options: CyclicLROptions) {
    super(options);
    const { baseLr, maxLr, stepSizeUp = 2000, stepSizeDown = stepSizeUp, mode = "triangular" } = options;
    const { gamma = 1, scaleFn, scaleMode = "cycle" } = options;
    for (const [argument, value] of Object.entries({ baseLr, maxLr })) {
      for (const lr of [value].flat()) checkRange(argument, lr as number, 0, Infinity);
    }
    checkCount("stepSizeUp", stepSizeUp, 1);
    checkCount("stepSizeDown", stepSizeDown, 1);
    checkRange("gamma", gamma, 0, Infinity);
    if (scaleFn !== undefined && typeof scaleFn !== "function")
      throw new ArgumentError("scaleFn", "a function", scaleFn);
    if (scaleMode !== "cycle" && scaleMode !== "iterations")
      throw new ArgumentError("scaleMode", '"cycle" or "iterations"', scaleMode);
    this.#given = { base: baseLr, max: maxLr };
    this.#total = stepSizeUp + stepSizeDown;
    this.#ratio = stepSizeUp / this.#total;
    this.#scale = scaleFn ?? scaleOf(mode, gamma);
    this.#byCycle = scaleFn === undefined ? mode !== "exp_range" : scaleMode === "cycle";
  }

  override bind(groups: readonly ParamGroup[], baseLrs?: readonly number[]): void {
    this.#low = perGroup("baseLr", this.#given.base as number | readonly number[], groups.length);
    this.#high = perGroup("maxLr", this.#given.max as number | readonly number[], groups.length);
    super.bind(groups, baseLrs);
  }

  protected override first(lr: number, base: number, i: number): number {
    return this.next(lr, base, 0, i);
  }

  protected override next(_lr: number, _base: number, t: number, i: number): number {
    const cycle = Math.floor(1 + t / this.#total);
    const x = 1 + t / this.#total - cycle;
    const height = x <= this.#ratio ? x / this.#ratio : (x - 1) / (this.#ratio - 1);
    const low = this.#low[i]!;
    return low + (this.#high[i]! - low) * height * this.#scale(this.#byCycle ? cycle : t);
  }
}

function scaleOf(mode: string, gamma: number): (x: number) => number {
  if (mode === "triangular") return () => 1;
  if (mode === "triangular2") return (cycle) => 1 / 2 ** (cycle - 1);
  if (mode === "exp_range") return (t) => gamma ** t;
  throw new ArgumentError("mode", '"triangular", "triangular2" or "exp_range"', mode);
}
