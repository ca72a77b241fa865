// A trial: a model with what trains, measures and follows it (torchbearer/trial.py).

import { ArgumentError, BusyError } from "../errors.js";
import { onStepValidation } from "./hook-functions.js";
import type { CallbackLike } from "./callback.js";
import { CallbackList, callHooks } from "./callback-list.js";
import { progressBar } from "./callbacks/progress-bar.js";
import type { Criterion } from "./criterion.js";
import { describeTrial } from "./describe-trial.js";
import type { LoggedMetric } from "./metrics/logged-metric.js";
import type { Metric, Mode } from "./metrics/metric.js";
import { MetricList } from "./metrics/metric-list.js";
import type { MetricName } from "./metrics/named-metric.js";
import type { Model } from "./model.js";
import type { Optimizer } from "./optim/optimizer.js";
import { runPass, type PassParts } from "./pass.js";
import type { PassPlan } from "./pass-plan.js";
import { Predictions } from "./predictions.js";
import { replay } from "./replay.js";
import { guarded } from "./run-guard.js";
import { State, type HistoryEntry } from "./state.js";
import { trainingStep, validationStep } from "./step.js";
import { TrialSetup, type DataKey } from "./trial-setup.js";
import {
  checkStateDict,
  goToPlace,
  stopAgain,
  takeStateDict,
  type Place,
  type TrialStateDict,
} from "./trial-state.js";

/** How much a run tells on stderr: 0 nothing, 1 or 2 a progress bar over all its steps (torchbearer's two bars are one here). */
export type Verbosity = 0 | 1 | 2;

/** What a trial has besides model, optimizer and criterion. */
export interface TrialOptions<S extends State = State> {
  /** Metrics, or names of them as in torchbearer: `["acc", "loss"]`. */
  readonly metrics?: readonly (LoggedMetric<S> | Metric<NoInfer<S>> | MetricName)[];
  /** In the order in which they are called. */
  readonly callbacks?: CallbackLike<S>;
  /** 2 unless set. */
  readonly verbose?: Verbosity;
  /** Of the order in which data in memory is taken, an integer; 0. */
  readonly seed?: number;
}

/** How one run differs from the trial. */
export interface RunOptions {
  /** The trial's unless set. */
  readonly verbose?: Verbosity;
  /** When it is aborted, the run ends after the step that is being computed, as by `state.stopTraining`. */
  readonly signal?: AbortSignal;
}

/** What `evaluate` and `predict` take. */
export interface EvaluateOptions extends RunOptions {
  /** `evaluate`: validation unless set; `predict`: test. */
  readonly dataKey?: DataKey;
}

const MODE = {
  train: "evaluateTrain",
  validation: "validation",
  test: "test",
} as const satisfies Record<DataKey, Mode>;

function parts(mode: Mode, { steps, sampler, goesOn }: PassPlan) {
  return { mode, steps, sampler, goesOn, resumed: undefined };
}

/**
 * Trains a model: `new Trial(model, Adam(model.parameters()), loss, { metrics, callbacks }).forTrainSteps(1000).run(5)`. `M` is the model's type,
 * `Y` the type of a batch's target, which the criterion takes.
 *
 * The loop is synchronous: a hook is awaited only if it returned a promise, and the thread is left to others about every 50 ms. Hooks are
 * called in torchbearer's order; `docs/torchbearer.md` lists what is different.
 */
export class Trial<M extends Model = Model, Y = unknown> extends TrialSetup<M, Y> {
  readonly state: State<M, Y>;
  readonly #metrics: MetricList;
  readonly #verbose: Verbosity;
  readonly #initialised: Promise<void> | undefined;
  #running = false;
  /** Where the next run goes on; everything that looks at the model before it leaves this place alone. */
  #resumed: Place | undefined;

  /**
   * Without an optimizer nothing is changed, and without a criterion the prediction is the loss. Calls `onInit`; a promise that it gives
   * is awaited by the first run. Throws an `ArgumentError`.
   */
  constructor(
    model: M,
    optimizer?: Optimizer,
    criterion?: Criterion<Y>,
    options: TrialOptions<State<M, Y>> = {},
  ) {
    const { metrics = [], callbacks = [], verbose = 2, seed = 0 } = options;
    super(seed);
    const given = metrics as readonly (LoggedMetric | Metric | MetricName)[];
    this.#metrics = new MetricList(given, { criterion: criterion as Criterion | undefined, optimizer });
    this.#verbose = verbose;
    const own = new CallbackList(callbacks as CallbackLike).callbacks;
    const added = this.#metrics.callbacks.filter((callback) => !own.includes(callback));
    const list = new CallbackList([own, added]);
    this.state = new State(model, optimizer, criterion, list, this);
    this.#initialised = callHooks(list.at("onInit"), this.state);
    // The first run throws it; until then nobody waits for it, and Node would end the process.
    this.#initialised?.catch(() => {});
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
    const { train, validation } = this.plans;
    if (train.steps !== undefined || validation.steps !== undefined) {
      await this.#alone(options, async (callbacks) => {
        this.state.task = "run";
        this.state.maxEpochs = epochs;
        await this.#train(callbacks);
      });
    } else await this.#initialised;
    return this.state.history;
  }

  /**
   * Measures the model on its validation data, or the data of `dataKey`, and returns the metrics, under names with `val_`, `test_` or `train_`
   * before them; they are added to the last entry of the history. Calls the hooks of a validation, between those of a run and an
   * epoch, and no `onCheckpoint`. `{}` without steps. Throws as `run`.
   */
  async evaluate(options: EvaluateOptions = {}): Promise<Readonly<Record<string, number>>> {
    const { dataKey = "validation" } = options;
    const metrics = await this.#look("evaluate", dataKey, options);
    const { history } = this.state;
    const last = history.pop();
    if (last !== undefined) history.push({ ...last, ...metrics });
    return metrics;
  }

  /**
   * What the model gives for its test data, or the data of `dataKey`: the numbers of all predictions in their order. Hooks as of
   * `evaluate`; where a batch has no target there is no criterion and no metric. Throws as `run`.
   */
  async predict(options: EvaluateOptions = {}): Promise<Float64Array> {
    const predictions = new Predictions();
    await this.#look(
      "predict",
      options.dataKey ?? "test",
      options,
      onStepValidation((state) => predictions.add(state.yPred)),
    );
    return predictions.all();
  }

  /**
   * Plays the history to `callbacks`: the hooks of a run with each epoch's metrics at every step, nothing computed, no `onInit` and no
   * `onCheckpoint`. `oneBatch`: with one step a pass. Returns the trial.
   */
  async replay(
    callbacks: CallbackLike<State<M, Y>> = [],
    options: RunOptions & { readonly oneBatch?: boolean } = {},
  ): Promise<this> {
    const { model, optimizer, criterion, history } = this.state;
    const list = this.#withPrinter(new CallbackList(callbacks as CallbackLike), options.verbose);
    const { seed } = this;
    const state = new State(model, optimizer, criterion, list, { seed, toString: () => this.toString() });
    state.history.push(...history);
    state.task = "replay";
    await guarded(state, list, options.signal, () =>
      replay(state as State, history, list, options.oneBatch ?? false),
    );
    return this;
  }

  /**
   * Everything that the training needs to go on as if nothing had happened: parameters, optimizer, history, the place in the epoch and in
   * the data, what metrics, callbacks and model remember. Plain values and typed arrays, copied. May be taken at `onStepTraining`, `onEndTraining`,
   * `onCheckpoint` and outside of a run; throws a `ContextError` elsewhere.
   */
  stateDict(): TrialStateDict {
    return takeStateDict(this.state as State, this.#metrics, this.plans, this.#resumed, this.#running);
  }

  /**
   * Takes a state dict, of this trial or of another one that was made in the same way; the next `run` goes on there. With `resume: false`
   * only the model's part. Throws an `ArgumentError` for what does not fit, and then nothing was changed, and a `BusyError` during a run.
   */
  loadStateDict(stateDict: TrialStateDict, { resume = true }: { readonly resume?: boolean } = {}): this {
    this.#refuseBusy();
    checkStateDict(stateDict, this.state as State, this.#metrics, this.plans, resume);
    const { model, optimizer, history } = this.state;
    const before = model.stateDict();
    model.loadStateDict(stateDict.model);
    if (!resume) return this;
    try {
      if (stateDict.optimizer !== null) optimizer!.loadStateDict(stateDict.optimizer);
    } catch (error) {
      // One that is refused changes nothing.
      model.loadStateDict(before);
      throw error;
    }
    history.splice(0, Infinity, ...stateDict.history.map((entry) => ({ ...entry })));
    this.#resumed = stateDict;
    return this;
  }

  /** Optimizer, criterion, metrics, callbacks and model, as torchbearer prints them. */
  override toString(): string {
    return describeTrial(this.state as State, this.#metrics);
  }

  async #train(callbacks: CallbackList): Promise<void> {
    const state = this.state as State;
    const { model, criterion, optimizer } = state;
    const { train, validation } = this.plans;
    const training = { ...parts("train", train), step: trainingStep(model, criterion, optimizer) };
    const looking = { ...parts("validation", validation), step: validationStep(model, criterion) };
    if (this.#resumed !== undefined) goToPlace(this.#resumed, state, this.#metrics, this.plans);
    await callbacks.call("onStart", state);
    for (let epoch = state.history.length; epoch < state.maxEpochs && !state.stopTraining; epoch++) {
      state.epoch = epoch;
      await callbacks.call("onStartEpoch", state);
      const resumed = this.#resumed;
      this.#resumed = undefined;
      state.phase = "training";
      if (resumed !== undefined) stopAgain(resumed, state);
      await this.#pass(callbacks, { ...training, resumed });
      const metrics = { ...state.metrics };
      state.phase = "validation";
      // A run that was stopped keeps what it has: only the validation is left out.
      if (validation.steps !== undefined && !state.stopTraining) {
        await this.#pass(callbacks, looking);
        Object.assign(metrics, state.metrics);
      }
      const { trainSteps, validationSteps } = state;
      state.metrics = metrics;
      await callbacks.call("onEndEpoch", state);
      state.history.push({ ...metrics, trainSteps, validationSteps });
      state.phase = "between";
      await callbacks.call("onCheckpoint", state);
    }
    await callbacks.call("onEnd", state);
  }

  async #look(
    task: "evaluate" | "predict",
    key: DataKey,
    options: RunOptions,
    first: CallbackLike = [],
  ): Promise<Readonly<Record<string, number>>> {
    const state = this.state as State;
    const plan = this.plans[key];
    const { steps } = plan;
    if (steps === undefined) return {};
    return this.#alone(options, async (own) => {
      const callbacks = new CallbackList([first, own.callbacks]);
      state.task = task;
      state.trainSteps = 0;
      state.validationSteps = steps;
      state.epoch = Math.max(0, state.history.length - 1);
      state.maxEpochs = state.epoch + 1;
      await callbacks.call("onStart", state);
      await callbacks.call("onStartEpoch", state);
      const step = validationStep(state.model, state.criterion);
      // Its own way through the data: a run has a place in it that it goes on from.
      const sampler = plan.freshSampler();
      await this.#pass(callbacks, { ...parts(MODE[key], plan), step, sampler, goesOn: false });
      const metrics = { ...state.metrics };
      state.metrics = metrics;
      await callbacks.call("onEndEpoch", state);
      await callbacks.call("onEnd", state);
      return metrics;
    });
  }

  async #pass(
    callbacks: CallbackList,
    parts: Omit<PassParts, "loader" | "closure" | "steps"> & { steps: number | undefined },
  ): Promise<void> {
    const { loader, closure } = this;
    const { model } = this.state;
    model.training = parts.mode === "train";
    try {
      const all = { ...parts, steps: parts.steps ?? 0, loader, closure };
      await runPass(this.state as State, callbacks, this.#metrics, all);
    } finally {
      model.training = true;
    }
  }

  // The state of a trial is one, so nothing else may go on beside a run.
  async #alone<T>(options: RunOptions, body: (callbacks: CallbackList) => Promise<T>): Promise<T> {
    this.#refuseBusy();
    this.#running = true;
    const { state } = this;
    try {
      await this.#initialised;
      const callbacks = this.#withPrinter(state.callbackList, options.verbose);
      state.trainSteps = this.plans.train.steps ?? 0;
      state.validationSteps = this.plans.validation.steps ?? 0;
      state.testSteps = this.plans.test.steps ?? 0;
      return await guarded(state as State, callbacks, options.signal, () => body(callbacks));
    } finally {
      state.run++;
      this.#running = false;
    }
  }

  #refuseBusy(): void {
    if (this.#running) throw new BusyError("This trial is running: await its run before the next one");
  }

  // The printer comes first at every hook, as torchbearer's does.
  #withPrinter(callbacks: CallbackList, verbose: Verbosity = this.#verbose): CallbackList {
    if (verbose === 0) return callbacks;
    return new CallbackList([progressBar({ name: this.state.model.name }), callbacks.callbacks]);
  }
}
