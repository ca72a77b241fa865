// Where the time of a training goes (torchbearer/metrics/timer.py).

import { UnknownNameError } from "../../errors.js";
import { nearestName } from "../../math/nearest-name.js";
import type { Callback } from "../callback.js";
import type { Hook } from "../hooks.js";
import type { State } from "../state.js";
import type { LoggedMetric } from "./logged-metric.js";
import type { Mode } from "./metric.js";

/** The hooks that are timed; the number of each is the seconds since the hook before it. */
const TRAINING = {
  on_start_epoch: "onStartEpoch",
  on_start_training: "onStartTraining",
  on_sample: "onSample",
  on_forward: "onForward",
  on_criterion: "onCriterion",
  on_backward: "onBackward",
  on_step_training: "onStepTraining",
} as const satisfies Record<string, Hook>;
const VALIDATION = {
  on_start_validation: "onStartValidation",
  on_sample_validation: "onSampleValidation",
  on_forward_validation: "onForwardValidation",
  on_criterion_validation: "onCriterionValidation",
  on_step_validation: "onStepValidation",
} as const satisfies Record<string, Hook>;
/** Timed, but without numbers of their own. */
const OTHERS = ["onEndTraining", "onEndValidation", "onEndEpoch", "onCheckpoint", "onEnd"] as const;

const OF_TRAINING = [...Object.keys(TRAINING), "train_time", "total_time"];
const OF_VALIDATION = [...Object.keys(VALIDATION), "validation_time"];
const KEYS = [...OF_TRAINING, ...OF_VALIDATION] as readonly TimeKey[];

const NONE = -1;
const TRAIN = KEYS.indexOf("train_time");
const VALIDATE = KEYS.indexOf("validation_time");
const TOTAL = KEYS.indexOf("total_time");

/** What is timed: what came before a hook, or all of an epoch's training, of its validation, or of the run. */
export type TimeKey =
  | keyof typeof TRAINING
  | keyof typeof VALIDATION
  | "train_time"
  | "validation_time"
  | "total_time";

/** How a timer is made. */
export interface TimerOptions {
  /** The clock: seconds from any beginning; the process's monotonic one unless set. */
  readonly now?: () => number;
}

/**
 * Times a training by its hooks. As a metric it logs the seconds of `keys`, under these names: `metrics: [new TimerMetric(["on_forward",
 * "train_time"])]`. As a callback alone it logs nothing: `callbacks: [timer.callback]`. `seconds` has all of them either way.
 *
 * `on_…` is how long it took from the hook before to the last call of this one, other callbacks included: `on_forward` is the model,
 * `on_step_training` the optimizer and the metrics. `train_time`, `validation_time` and `total_time` are sums up to the last hook: of the
 * epoch's training and validation, and of the run. A training that is continued goes on counting where it was.
 */
export class TimerMetric implements LoggedMetric {
  readonly callback: Callback;
  readonly #keys: readonly TimeKey[];
  readonly #now: () => number;
  /** By the places of `KEYS`; an array of numbers, so that a tick makes no object. */
  readonly #seconds = new Float64Array(KEYS.length).fill(NaN);
  #last = NaN;
  #shown: readonly number[] = [];
  /** The sum that time is added to now, besides that of the run. */
  #phase = NONE;
  #loaded = false;

  /** Throws an `UnknownNameError`. */
  constructor(keys: readonly TimeKey[] = [], { now = () => performance.now() / 1000 }: TimerOptions = {}) {
    for (const key of keys) {
      if (!KEYS.includes(key)) throw new UnknownNameError("time", key, KEYS, nearestName(key, KEYS));
    }
    this.#keys = [...keys];
    this.#now = now;
    this.callback = this.#makeCallback();
  }

  /** The seconds so far; NaN for what has not happened. */
  get seconds(): Readonly<Record<TimeKey, number>> {
    return Object.fromEntries(KEYS.map((key, i) => [key, this.#seconds[i]!])) as Record<TimeKey, number>;
  }

  stepTags(mode: Mode): readonly string[] {
    const known = mode === "train" ? OF_TRAINING : OF_VALIDATION;
    return this.#keys.filter((key) => known.includes(key));
  }

  finalTags(): readonly string[] {
    return [];
  }

  reset(_state: State, mode: Mode): void {
    this.goOn(mode);
  }

  goOn(mode: Mode): void {
    this.#shown = this.stepTags(mode).map((tag) => KEYS.indexOf(tag as TimeKey));
  }

  process(_state: State, out: Float64Array, at: number): void {
    const shown = this.#shown;
    for (let i = 0; i < shown.length; i++) out[at + i] = this.#seconds[shown[i]!]!;
  }

  processFinal(): void {}

  stateDict(): Readonly<Record<TimeKey, number>> {
    return this.seconds;
  }

  loadStateDict(seconds: Readonly<Record<TimeKey, number>>): void {
    this.#seconds.set(KEYS.map((key) => seconds[key]));
    this.#loaded = true;
  }

  #makeCallback(): Callback {
    const tick = (place: number) => () => this.#tick(place);
    const hooks: Callback = Object.fromEntries(
      Object.entries({ ...TRAINING, ...VALIDATION }).map(([key, hook]) => [
        hook,
        tick(KEYS.indexOf(key as TimeKey)),
      ]),
    );
    for (const hook of OTHERS) hooks[hook] = tick(NONE);
    const startTraining = hooks.onStartTraining!;
    const startValidation = hooks.onStartValidation!;
    return {
      ...hooks,
      onStart: () => {
        this.#last = this.#now();
        this.#phase = NONE;
        if (!this.#loaded) this.#seconds[TOTAL] = 0;
      },
      onStartTraining: (state) => {
        void startTraining(state);
        if (!this.#loaded || state.stepsDone === 0) this.#seconds[TRAIN] = 0;
        this.#loaded = false;
        this.#phase = TRAIN;
      },
      onEndTraining: () => this.#endPhase(),
      onStartValidation: (state) => {
        void startValidation(state);
        this.#seconds[VALIDATE] = 0;
        this.#phase = VALIDATE;
      },
      onEndValidation: () => this.#endPhase(),
    };
  }

  #endPhase(): void {
    this.#tick(NONE);
    this.#phase = NONE;
  }

  #tick(place: number): void {
    const now = this.#now();
    const seconds = this.#seconds;
    const passed = now - this.#last;
    this.#last = now;
    seconds[TOTAL]! += passed;
    if (this.#phase !== NONE) seconds[this.#phase]! += passed;
    if (place !== NONE) seconds[place] = passed;
  }
}
