// Lowers the rate when a metric no longer gets better (torch/optim/lr_scheduler.py, ReduceLROnPlateau).

import { ArgumentError } from "../../../errors.js";
import type { Callback } from "../../callback.js";
import type { State } from "../../state.js";
import { checkCount } from "../../checks.js";
import { isMaximized, Monitor, type MonitorMode } from "../monitor.js";
import { checkRange, groupsOf, perGroup, type PerGroup } from "./lr-scheduler.js";

/** Torch's options, and torchbearer's. */
export interface ReduceLROnPlateauOptions {
  /** The metric that is watched, or `"loss"`; `"val_loss"`. */
  readonly monitor?: string;
  /** `"auto"`: larger is better if the metric's name has `acc` in it. */
  readonly mode?: MonitorMode;
  /** What the rate is multiplied by, a number from 0 to less than 1; 0.1. */
  readonly factor?: number;
  /** How many epochs in a row may be no better, an integer from 0; 10. */
  readonly patience?: number;
  /** How much better is better, a number from 0; 1e-4. */
  readonly threshold?: number;
  /** `"rel"`: `threshold` is a part of the best value; `"abs"`: a difference. The first. */
  readonly thresholdMode?: "rel" | "abs";
  /** Epochs after a change in which none is counted, an integer from 0; 0. */
  readonly cooldown?: number;
  /** The lowest rate; 0. */
  readonly minLr?: PerGroup;
  /** A change of less than this is not made; 1e-8. */
  readonly eps?: number;
  /** Look after every training step and count steps, not epochs; false. */
  readonly stepOnBatch?: boolean;
}

interface Remembered {
  readonly best: number;
  readonly bad: number;
  readonly cooldown: number;
  readonly lrs: readonly number[];
}

/** Multiplies the rates by `factor` when the metric has not got better for more than `patience` epochs. A metric that no epoch has is an `UnknownNameError`. */
export class ReduceLROnPlateau implements Callback {
  readonly #monitor: Monitor;
  readonly #isMax: boolean;
  readonly #options: Required<Omit<ReduceLROnPlateauOptions, "monitor" | "mode">>;
  #best: number;
  #bad = 0;
  #cooldown = 0;

  /** Throws an `ArgumentError`. */
  constructor(options: ReduceLROnPlateauOptions = {}) {
    const { monitor = "val_loss", mode = "auto", ...given } = options;
    this.#monitor = new Monitor(monitor);
    this.#isMax = isMaximized(monitor, mode);
    const defaults = { factor: 0.1, patience: 10, threshold: 1e-4, thresholdMode: "rel" } as const;
    this.#options = { ...defaults, cooldown: 0, minLr: 0, eps: 1e-8, stepOnBatch: false, ...given };
    const { factor, patience, threshold, thresholdMode, cooldown, minLr, eps } = this.#options;
    if (!(checkRange("factor", factor, 0, 1) < 1))
      throw new ArgumentError("factor", "a number from 0 to less than 1", factor);
    checkCount("patience", patience, 0);
    checkRange("threshold", threshold, 0, Infinity);
    if (thresholdMode !== "rel" && thresholdMode !== "abs")
      throw new ArgumentError("thresholdMode", '"rel" or "abs"', thresholdMode);
    checkCount("cooldown", cooldown, 0);
    for (const lr of [minLr].flat()) checkRange("minLr", lr as number, 0, Infinity);
    checkRange("eps", eps, 0, Infinity);
    this.#best = this.#isMax ? -Infinity : Infinity;
  }

  onStart(state: State): void {
    // Told at the start, not when the rate is to change first.
    if (state.task === "run") this.#least(state);
  }

  onStepTraining(state: State): void {
    if (this.#options.stepOnBatch && state.task === "run") this.#step(state, this.#monitor.atStep(state));
  }

  onEndEpoch(state: State): void {
    if (!this.#options.stepOnBatch && state.task === "run")
      this.#step(state, this.#monitor.atEndOfEpoch(state));
  }

  stateDict(state: State): Remembered {
    const lrs = state.optimizer?.paramGroups.map(({ lr }) => lr) ?? [];
    return { best: this.#best, bad: this.#bad, cooldown: this.#cooldown, lrs };
  }

  loadStateDict({ best, bad, cooldown, lrs }: Remembered, state: State): void {
    this.#best = best;
    this.#bad = bad;
    this.#cooldown = cooldown;
    for (const [i, group] of groupsOf(state, "ReduceLROnPlateau").entries()) group.lr = lrs[i] ?? group.lr;
  }

  #step(state: State, value: number | undefined): void {
    if (value === undefined) return;
    if (this.#isBetter(value)) {
      this.#best = value;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooldown > 0) {
      this.#cooldown--;
      this.#bad = 0;
    }
    if (this.#bad <= this.#options.patience) return;
    this.#reduce(state);
    this.#cooldown = this.#options.cooldown;
    this.#bad = 0;
  }

  #reduce(state: State): void {
    const { factor, eps } = this.#options;
    const least = this.#least(state);
    groupsOf(state, "ReduceLROnPlateau").forEach((group, i) => {
      const lr = Math.max(group.lr * factor, least[i]!);
      if (group.lr - lr > eps) group.lr = lr;
    });
  }

  #least(state: State): readonly number[] {
    const { minLr } = this.#options;
    const count = groupsOf(state, "ReduceLROnPlateau").length;
    return perGroup("minLr", minLr as number | readonly number[], count);
  }

  #isBetter(value: number): boolean {
    const { threshold, thresholdMode } = this.#options;
    const best = this.#best;
    if (this.#isMax) return value > (thresholdMode === "rel" ? best * (1 + threshold) : best + threshold);
    return value < (thresholdMode === "rel" ? best * (1 - threshold) : best - threshold);
  }
}
