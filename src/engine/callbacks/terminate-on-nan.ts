// Ends a training whose numbers have become nonsense (torchbearer/callbacks/terminate_on_nan.py).

import type { Callback } from "../callback.js";
import type { State } from "../state.js";
import { isTraining, Monitor } from "./monitor.js";

/** What a `TerminateOnNaN` watches. */
export interface TerminateOnNaNOptions {
  /** A metric's name, or `"loss"`, the loss of each step; `"loss"`. */
  readonly monitor?: string;
}

/**
 * Ends the run, with `state.stopReason`, when the metric or loss is NaN or infinite after a step of training or validation, or at the end of
 * an epoch. Steps that do not measure it are left out; a metric that no epoch has is an `UnknownNameError`.
 */
export class TerminateOnNaN implements Callback {
  readonly #monitor: Monitor;

  /** Throws an `ArgumentError`. */
  constructor({ monitor = "loss" }: TerminateOnNaNOptions = {}) {
    this.#monitor = new Monitor(monitor);
  }

  onStepTraining(state: State): void {
    this.#look(state, this.#monitor.atStep(state));
  }

  onStepValidation(state: State): void {
    this.#look(state, this.#monitor.atStep(state));
  }

  onEndEpoch(state: State): void {
    if (isTraining(state)) this.#look(state, this.#monitor.atEndOfEpoch(state));
  }

  #look(state: State, value: number | undefined): void {
    // A number that less itself is no 0 is NaN or infinite.
    if (value === undefined || value - value === 0) return;
    const { epoch, batch } = state;
    state.stopTraining = true;
    state.stopReason ??= `${this.#monitor.name} is ${value} in epoch ${epoch}, batch ${batch}`;
  }
}
