// Ends a training that no longer gets better (torchbearer/callbacks/early_stopping.py).

import { ArgumentError } from "../../errors.js";
import type { Callback } from "../callback.js";
import type { ModelStateDict } from "../model.js";
import type { State } from "../state.js";
import { checkCount, checkNotNegative } from "../checks.js";
import { isMaximized, isTraining, Monitor, type MonitorMode } from "./monitor.js";

/** Torchbearer's options, in camelCase, and two of others. */
export interface EarlyStoppingOptions {
  /** The metric that is watched, or `"loss"`; `"val_loss"`. */
  readonly monitor?: string;
  /** The least change for the better that counts, a number from 0; 0. */
  readonly minDelta?: number;
  /** At which epoch in a row without a change for the better the training ends; 0 is as 1; 0. */
  readonly patience?: number;
  /** `"auto"`: larger is better if the metric's name has `acc` in it. */
  readonly mode?: MonitorMode;
  /** Look after every step and count steps, not epochs; false. */
  readonly stepOnBatch?: boolean;
  /** The training ends as soon as the metric is as good as this. */
  readonly stoppingThreshold?: number;
  /** When it ends the training, give the model the parameters of the best epoch back; false. */
  readonly restoreBestWeights?: boolean;
}

type Parameters = ModelStateDict["parameters"];

interface Remembered {
  readonly wait: number;
  readonly best: number;
  readonly bestWeights: Parameters | null;
  readonly hasStopped: boolean;
}

/**
 * Ends the run, with `state.stopReason`, when the metric has not got better for `patience` epochs. NaN is never better. A run after one that
 * it ended has its patience anew; the best value stays.
 *
 * A metric that there is not is an `UnknownNameError` at the end of the first epoch; `stepOnBatch` leaves out steps that do not measure it.
 */
export class EarlyStopping implements Callback {
  readonly #monitor: Monitor;
  readonly #minDelta: number;
  readonly #patience: number;
  /** 1 where larger is better, else -1. */
  readonly #sign: number;
  readonly #stepOnBatch: boolean;
  readonly #threshold: number | undefined;
  readonly #restores: boolean;
  #wait = 0;
  #best: number;
  #bestWeights: Parameters | null = null;
  #hasStopped = false;

  /** Throws an `ArgumentError`. */
  constructor(options: EarlyStoppingOptions = {}) {
    const { monitor = "val_loss", minDelta = 0, patience = 0, mode = "auto" } = options;
    const { stepOnBatch = false, stoppingThreshold, restoreBestWeights = false } = options;
    this.#monitor = new Monitor(monitor);
    this.#minDelta = checkNotNegative("minDelta", minDelta);
    this.#patience = checkCount("patience", patience, 0);
    this.#sign = isMaximized(monitor, mode) ? 1 : -1;
    if (
      stoppingThreshold !== undefined &&
      !(typeof stoppingThreshold === "number" && !Number.isNaN(stoppingThreshold))
    )
      throw new ArgumentError("stoppingThreshold", "a number", stoppingThreshold);
    this.#stepOnBatch = stepOnBatch;
    this.#threshold = stoppingThreshold;
    this.#restores = restoreBestWeights;
    this.#best = -this.#sign * Infinity;
  }

  /** The best value so far; the worst possible one before there is any. */
  get best(): number {
    return this.#best;
  }

  onStart(state: State): void {
    // A run that goes on with one that it ended makes no further step.
    if (!isTraining(state) || !this.#hasStopped) return;
    this.#hasStopped = false;
    this.#wait = 0;
  }

  onStepTraining(state: State): void {
    if (this.#stepOnBatch) this.#look(state, this.#monitor.atStep(state));
  }

  onEndEpoch(state: State): void {
    if (!this.#stepOnBatch && isTraining(state)) this.#look(state, this.#monitor.atEndOfEpoch(state));
  }

  stateDict(): Remembered {
    return {
      wait: this.#wait,
      best: this.#best,
      bestWeights: this.#bestWeights,
      hasStopped: this.#hasStopped,
    };
  }

  loadStateDict(dict: Remembered): void {
    this.#wait = dict.wait;
    this.#best = dict.best;
    this.#bestWeights = dict.bestWeights;
    this.#hasStopped = dict.hasStopped;
  }

  #look(state: State, value: number | undefined): void {
    if (value === undefined) return;
    const sign = this.#sign;
    if (sign * value - this.#minDelta > sign * this.#best) {
      this.#best = value;
      this.#wait = 0;
      if (this.#restores) this.#bestWeights = state.model.stateDict().parameters;
    } else this.#wait++;
    const { name } = this.#monitor;
    if (this.#threshold !== undefined && sign * value >= sign * this.#threshold) {
      this.#stop(state, `${name} is ${value}, which reaches ${this.#threshold}`);
    } else if (this.#wait > 0 && this.#wait >= this.#patience) {
      const unit = this.#stepOnBatch ? "step" : "epoch";
      const time = `${this.#wait} ${unit}${this.#wait === 1 ? "" : "s"}`;
      this.#stop(state, `${name} has not got better than ${this.#best} for ${time}`);
    }
  }

  #stop(state: State, reason: string): void {
    state.stopTraining = true;
    state.stopReason ??= reason;
    this.#hasStopped = true;
    if (this.#bestWeights === null || state.task === "replay") return;
    state.model.loadStateDict({ parameters: this.#bestWeights, extra: null });
  }
}
