// A trial: a model with what trains, measures and follows it (torchbearer/trial.py).

import { ArgumentError, BusyError, WriteError } from "../errors.js";
import type { Callback, CallbackLike } from "./callback.js";
import { CallbackList, callHooks } from "./callback-list.js";
import { progressBar } from "./callbacks/progress-bar.js";
import type { Criterion } from "./criterion.js";
import type { Hook } from "./hooks.js";
import type { LoggedMetric } from "./metrics/logged-metric.js";
import type { Metric, Mode } from "./metrics/metric.js";
import { MetricList } from "./metrics/metric-list.js";
import type { Model } from "./model.js";
import type { Optimizer } from "./optim/optimizer.js";
import { Pacer } from "./pacer.js";
import { State, type HistoryEntry } from "./state.js";
import { trainingStep, validationStep, type Step } from "./step.js";

/** How much a run tells on stderr: 0 nothing, 1 or 2 a progress bar over all its steps (torchbearer's two bars are one here). */
export type Verbosity = 0 | 1 | 2;

/** What a trial has besides model, optimizer and criterion. */
export interface TrialOptions {
  readonly metrics?: readonly (LoggedMetric | Metric)[];
  /** In the order in which they are called. */
  readonly callbacks?: CallbackLike;
  /** 2 unless set. */
  readonly verbose?: Verbosity;
}

/** How one run differs from the trial. */
export interface RunOptions {
  /** The trial's unless set. */
  readonly verbose?: Verbosity;
  /** When it is aborted, the run ends after the step that is being computed, as by `state.stopTraining`. */
  readonly signal?: AbortSignal;
}

/** The hooks of a pass; `onBackward` is training's alone. */
const PASS_HOOKS = {
  train: {
    start: "onStartTraining",
    sample: "onSample",
    forward: "onForward",
    criterion: "onCriterion",
    step: "onStepTraining",
    end: "onEndTraining",
  },
  validation: {
    start: "onStartValidation",
    sample: "onSampleValidation",
    forward: "onForwardValidation",
    criterion: "onCriterionValidation",
    step: "onStepValidation",
    end: "onEndValidation",
  },
} as const satisfies Record<Mode, Record<string, Hook>>;

/**
 * Trains a model: `new Trial(model, Adam(model.parameters()), loss, { metrics, callbacks }).forTrainSteps(1000).run(5)`.
 *
 * The loop is synchronous: a hook is awaited only if it returned a promise, and the thread is left to others about every 50 ms. Hooks are
 * called in torchbearer's order; `docs/torchbearer.md` lists what is different.
 */
export class Trial {
  readonly state: State;
  readonly #metrics: MetricList;
  readonly #callbacks: readonly Callback[];
  readonly #verbose: Verbosity;
  readonly #initialised: Promise<void> | undefined;
  #trainSteps: number | undefined;
  #validationSteps: number | undefined;
  #running = false;

  /**
   * Without an optimizer nothing is changed, and without a criterion the prediction is the loss. Calls `onInit`; a promise that it gives
   * is awaited by the first run.
   */
  constructor(model: Model, optimizer?: Optimizer, criterion?: Criterion, options: TrialOptions = {}) {
    this.#metrics = new MetricList(options.metrics ?? []);
    this.#verbose = options.verbose ?? 2;
    const list = new CallbackList(options.callbacks ?? []);
    this.#callbacks = list.callbacks;
    this.state = new State(model, optimizer, criterion, list);
    this.#initialised = callHooks(list.at("onInit"), this.state);
    // The first run throws it; until then nobody waits for it, and Node would end the process.
    this.#initialised?.catch(() => {});
  }

  /** Sets the training steps of an epoch. Throws an `ArgumentError`. Returns the trial. */
  forTrainSteps(steps: number): this {
    this.#trainSteps = checkSteps(steps);
    return this;
  }

  /** Sets the validation steps of an epoch. Throws an `ArgumentError`. Returns the trial. */
  forValSteps(steps: number): this {
    this.#validationSteps = checkSteps(steps);
    return this;
  }

  /** Sets the training steps, and the validation steps if given, of an epoch. Throws an `ArgumentError`. Returns the trial. */
  forSteps(trainSteps: number, valSteps?: number): this {
    this.forTrainSteps(trainSteps);
    return valSteps === undefined ? this : this.forValSteps(valSteps);
  }

  /**
   * Trains until the trial has `epochs` epochs in all, counted with those of earlier runs, and returns the history: the metrics of each
   * epoch. Without steps no hook is called.
   *
   * What a hook, a metric or the model throws ends the run: `onException` is called instead of `onEnd`, and it is thrown on.
   * Throws a `BusyError` while another run of this trial is going on.
   */
  async run(epochs = 1, options: RunOptions = {}): Promise<readonly HistoryEntry[]> {
    if (!Number.isSafeInteger(epochs) || epochs < 0)
      throw new ArgumentError("epochs", "an integer from 0", epochs);
    if (this.#running) throw new BusyError("This trial is running: await its run before the next one");
    this.#running = true;
    try {
      return await this.#runTo(epochs, options);
    } finally {
      this.#running = false;
    }
  }

  async #runTo(epochs: number, options: RunOptions): Promise<readonly HistoryEntry[]> {
    const { state } = this;
    await this.#initialised;
    if (this.#trainSteps === undefined && this.#validationSteps === undefined) return state.history;
    const callbacks = this.#withPrinter(options.verbose ?? this.#verbose);
    state.trainSteps = this.#trainSteps ?? 0;
    state.validationSteps = this.#validationSteps ?? 0;
    state.maxEpochs = epochs;
    const { signal } = options;
    state.stopTraining = signal?.aborted === true;
    // Heard, so that the loop need not look at it at each step.
    const stop = (): void => {
      state.stopTraining = true;
    };
    signal?.addEventListener("abort", stop);
    try {
      await this.#run(callbacks);
    } catch (error) {
      await this.#reportException(callbacks, error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      state.run++;
    }
    return state.history;
  }

  async #run(callbacks: CallbackList): Promise<void> {
    const { state } = this;
    const { model, criterion, optimizer } = state;
    const train = trainingStep(model, criterion, optimizer);
    const validate = validationStep(model, criterion);
    await callbacks.call("onStart", state);
    for (let epoch = state.history.length; epoch < state.maxEpochs && !state.stopTraining; epoch++) {
      state.epoch = epoch;
      await callbacks.call("onStartEpoch", state);
      await this.#pass("train", train, state.trainSteps, callbacks);
      const metrics = { ...state.metrics };
      // A run that was stopped keeps what it has: only the validation is left out.
      if (this.#validationSteps !== undefined && !state.stopTraining) {
        await this.#pass("validation", validate, state.validationSteps, callbacks);
        Object.assign(metrics, state.metrics);
      }
      const { trainSteps, validationSteps } = state;
      state.metrics = metrics;
      await callbacks.call("onEndEpoch", state);
      state.history.push({ ...metrics, trainSteps, validationSteps });
      await callbacks.call("onCheckpoint", state);
    }
    await callbacks.call("onEnd", state);
  }

  // The error that ended the run is the one to throw; what goes wrong while things are closed after it must not take its place.
  async #reportException(callbacks: CallbackList, error: unknown): Promise<void> {
    for (const onException of callbacks.at("onException")) {
      try {
        await onException(this.state);
      } catch (another) {
        // That a log which could not be written cannot be closed either is no news.
        if (!(error instanceof WriteError)) process.emitWarning(another as Error);
      }
    }
  }

  // One pass over an epoch's steps; training is validation with gradients and an update.
  async #pass(mode: Mode, step: Step, steps: number, callbacks: CallbackList): Promise<void> {
    const { state } = this;
    const { optimizer } = state;
    const metrics = this.#metrics;
    const hooks = PASS_HOOKS[mode];
    const isTraining = mode === "train";
    const onSample = callbacks.at(hooks.sample);
    const onForward = callbacks.at(hooks.forward);
    const onCriterion = callbacks.at(hooks.criterion);
    const onBackward = callbacks.at("onBackward");
    const onStep = callbacks.at(hooks.step);
    state.steps = steps;
    metrics.reset(state, mode);
    await callbacks.call(hooks.start, state);
    const pacer = new Pacer();
    // A hook's promise is looked at where it is made, so that a training without promises never leaves this loop.
    let pending: Promise<void> | undefined;
    for (let batch = 0; batch < steps && !state.stopTraining; batch++) {
      state.batch = batch;
      if (onSample.length > 0 && (pending = callHooks(onSample, state)) !== undefined) await pending;
      step.forward(state);
      if (onForward.length > 0 && (pending = callHooks(onForward, state)) !== undefined) await pending;
      step.criterion(state);
      if (onCriterion.length > 0 && (pending = callHooks(onCriterion, state)) !== undefined) await pending;
      if (isTraining) {
        step.backward();
        if (onBackward.length > 0 && (pending = callHooks(onBackward, state)) !== undefined) await pending;
        optimizer?.step();
      }
      metrics.process(state);
      if (onStep.length > 0 && (pending = callHooks(onStep, state)) !== undefined) await pending;
      if (pacer.isDue()) await pacer.pause();
    }
    metrics.processFinal(state);
    await callbacks.call(hooks.end, state);
  }

  // The printer comes first at every hook, as torchbearer's does.
  #withPrinter(verbose: Verbosity): CallbackList {
    if (verbose === 0) return this.state.callbackList;
    return new CallbackList([progressBar({ name: this.state.model.name }), this.#callbacks]);
  }
}

function checkSteps(steps: number): number {
  if (!Number.isSafeInteger(steps) || steps < 0) throw new ArgumentError("steps", "an integer from 0", steps);
  return steps;
}
