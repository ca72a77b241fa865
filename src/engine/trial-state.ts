// What a training needs to go on in another process as if nothing had happened (torchbearer/trial.py, state_dict).

import { ArgumentError, ContextError } from "../errors.js";
import type { SamplerPosition } from "./data/sampler.js";
import type { MetricList } from "./metrics/metric-list.js";
import type { ModelStateDict } from "./model.js";
import type { OptimizerStateDict } from "./optim/state-dict.js";
import type { PassPlan } from "./pass-plan.js";
import type { HistoryEntry, State } from "./state.js";
import type { DataKey } from "./trial-setup.js";

/** The version of this form; one of another version is refused. */
const VERSION = 1;

const KEYS = ["train", "validation", "test"] as const satisfies DataKey[];

type Plans = Readonly<Record<DataKey, PassPlan>>;

/** Where a training is, and what the others remember of it. */
export interface Place {
  /** The epoch to go on in, and how many of its training steps are done; 0 at its beginning. */
  readonly epoch: number;
  readonly stepsDone: number;
  /** Why a callback ended the run that the dict was taken in (`""` if it did not say); null if none did. The run that goes on ends too. */
  readonly stopReason: string | null;
  /** The last step's loss and metrics. */
  readonly values: Float64Array;
  /** What each metric and each callback remembers, in their order; null for nothing. */
  readonly metrics: readonly unknown[];
  readonly callbacks: readonly unknown[];
  /** Which batch comes next; null where there is no data. */
  readonly data: Readonly<Record<DataKey, SamplerPosition | null>>;
}

/** A training, as plain values and typed arrays. */
export interface TrialStateDict extends Place {
  readonly version: number;
  readonly model: ModelStateDict;
  readonly optimizer: OptimizerStateDict | null;
  readonly history: readonly HistoryEntry[];
}

/** `Trial.stateDict`; `waiting` is the place that was loaded and from which no run has gone on yet. */
export function takeStateDict(
  state: State,
  metrics: MetricList,
  plans: Plans,
  waiting: Place | undefined,
  isRunning: boolean,
): TrialStateDict {
  if (state.phase === "validation") {
    throw new ContextError(
      "A state dict can be taken at onStepTraining, onEndTraining, onCheckpoint and outside of a run, not in a validation",
    );
  }
  const { model, optimizer, history } = state;
  const isTraining = state.phase === "training";
  const place = (!isTraining && waiting) || placeOf(state, isTraining, metrics, plans, isRunning);
  const { epoch, stepsDone, stopReason, values, metrics: remembered, callbacks, data } = place;
  return {
    version: VERSION,
    model: model.stateDict(),
    optimizer: optimizer?.stateDict() ?? null,
    history: history.map((entry) => ({ ...entry })),
    ...{ epoch, stepsDone, stopReason, values, metrics: remembered, callbacks, data },
  };
}

function placeOf(
  state: State,
  isTraining: boolean,
  metrics: MetricList,
  plans: Plans,
  isRunning: boolean,
): Place {
  const stepsDone = isTraining ? state.stepsDone : 0;
  const { goesOn } = plans.train;
  const positionOf = (key: DataKey): SamplerPosition | null =>
    plans[key].sampler?.position(key === "train" && (isTraining || goesOn)) ?? null;
  return {
    epoch: isTraining ? state.epoch : state.history.length,
    stepsDone,
    stopReason: isRunning ? reasonOf(state) : null,
    values: state.values.slice(),
    metrics: metrics.stateDict(),
    callbacks: state.callbackList.callbacks.map((callback) => callback.stateDict?.(state) ?? null),
    data: { train: positionOf("train"), validation: positionOf("validation"), test: positionOf("test") },
  };
}

// What the signal ended is to go on.
function reasonOf({ stopTraining, stopReason, interrupted }: State): string | null {
  return stopReason ?? (stopTraining && !interrupted ? "" : null);
}

/** Throws an `ArgumentError` unless the trial can take the state dict. */
export function checkStateDict(
  dict: TrialStateDict,
  state: State,
  metrics: MetricList,
  plans: Plans,
  resume: boolean,
): void {
  if (typeof dict !== "object" || dict === null)
    throw new ArgumentError("stateDict", "a trial's state dict", dict);
  if (dict.version !== VERSION) {
    const expected = `${VERSION}, as this version of the package writes`;
    throw new ArgumentError("stateDict.version", expected, dict.version);
  }
  if (!resume) return;
  checkLength("stateDict.callbacks", state.callbackList.callbacks.length, dict.callbacks);
  checkLength("stateDict.metrics", metrics.length, dict.metrics);
  if ((dict.optimizer === null) !== (state.optimizer === undefined)) {
    const expected = state.optimizer === undefined ? "null" : "an optimizer's";
    throw new ArgumentError("stateDict.optimizer", expected, dict.optimizer);
  }
  for (const key of KEYS) {
    const isMissing = dict.data[key] !== null && plans[key].sampler === undefined;
    if (!isMissing) continue;
    throw new ArgumentError(
      `stateDict.data.${key}`,
      "null, since the trial has no such data",
      dict.data[key],
    );
  }
}

/** Gives callbacks, metrics and data what they had; the pass takes the rest. */
export function goToPlace(place: Place, state: State, metrics: MetricList, plans: Plans): void {
  metrics.loadStateDict(place.metrics);
  // Also where nothing is left to train.
  state.epoch = place.stepsDone === 0 ? Math.max(0, place.epoch - 1) : place.epoch;
  state.callbackList.callbacks.forEach((callback, i) => {
    if (place.callbacks[i] !== null) callback.loadStateDict?.(place.callbacks[i], state);
  });
  for (const key of KEYS) {
    const position = place.data[key];
    if (position !== null) plans[key].sampler!.moveTo(position);
  }
  // In the middle of an epoch, the run still has to complete it.
  if (place.stepsDone === 0) stopAgain(place, state);
}

/** Ends the run if the one that `place` is of was ended by a callback. */
export function stopAgain({ stopReason }: Place, state: State): void {
  if (stopReason === null) return;
  state.stopTraining = true;
  state.stopReason = stopReason === "" ? undefined : stopReason;
}

function checkLength(argument: string, expected: number, list: readonly unknown[]): void {
  if (Array.isArray(list) && list.length === expected) return;
  throw new ArgumentError(argument, `${expected}, as the trial has`, list, `${list?.length}`);
}
