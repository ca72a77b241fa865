// What a training knows about itself, and callbacks and metrics read (torchbearer/state.py; the names are its keys in camelCase).

import { ContextError } from "../errors.js";
import type { CallbackList } from "./callback-list.js";
import type { Criterion } from "./criterion.js";
import type { MetricTags } from "./metrics/metric-list.js";
import type { Model } from "./model.js";
import type { Optimizer } from "./optim/optimizer.js";
import type { Rows } from "./rows.js";
import type { TrialStateDict } from "./trial-state.js";
import type { Computation } from "./tape-nodes.js";
import type { Var } from "./var.js";

/** The metrics of a finished epoch, with the number of its steps. */
export type HistoryEntry = Readonly<Record<string, number>> & {
  readonly trainSteps: number;
  readonly validationSteps: number;
};

/** A name for a value of a user's own in the state. Two keys of one name are two keys. */
export interface StateKey<T> {
  readonly name: string;
  /** Only its type is used. */
  readonly type?: T;
}

/** Makes a key for `state.get` and `state.set`. */
export function stateKey<T>(name: string): StateKey<T> {
  return { name };
}

/** What a model's `forward` takes as input. */
export type InputOf<M extends Model> = Parameters<M["forward"]> extends [infer X, ...unknown[]] ? X : unknown;

/** What a state tells of its trial. */
export interface TrialOfState {
  readonly seed: number;
  toString(): string;
  /** Without it, as in a replay, there is none. */
  stateDict?(): TrialStateDict;
}

/**
 * The state of a trial. One object for its whole life: what a callback wants to keep, it copies. `M` is the model's type, `Y` that of a batch's
 * target.
 */
export class State<M extends Model = Model, Y = unknown> {
  readonly model: M;
  readonly optimizer: Optimizer | undefined;
  readonly criterion: Criterion<Y> | undefined;
  readonly callbackList: CallbackList;
  /** How many runs were started before this one. */
  run = 0;
  /** The epoch, from 0; it goes on where the history ends. */
  epoch = 0;
  maxEpochs = 0;
  /** The step in its epoch, from 0. */
  batch = 0;
  /** Steps of the pass that are done; from the step's hook on, the step is among them. */
  stepsDone = 0;
  /** Steps of the current pass. */
  steps = 0;
  trainSteps = 0;
  validationSteps = 0;
  testSteps = 0;
  /** What was called of the trial. */
  task: "run" | "evaluate" | "predict" | "replay" = "run";
  /** What the run is at: a state dict cannot be taken in a validation. */
  phase: "between" | "training" | "validation" = "between";
  /** Set by a callback to end the run after this step. The epoch is still completed: its metrics, history and hooks. */
  stopTraining = false;
  /** Why a callback ended the run, in words; undefined when none did, or did not say. A continued training knows it too. */
  stopReason: string | undefined = undefined;
  /** Whether the run's signal ended it, so that the last epoch may have fewer steps than it was to have. */
  interrupted = false;
  /** The input of the step; undefined without data. */
  x: InputOf<M> = undefined as InputOf<M>;
  /** The target of the step; undefined without data. */
  yTrue: Y = undefined as Y;
  readonly history: HistoryEntry[] = [];

  /** The loss, then the metrics of the pass: what a log reads without making objects. Replaced at the start of each pass. */
  values: Float64Array = new Float64Array(1);
  /** What the numbers of `values` behind the first one are. */
  metricTags: MetricTags = { step: [], final: [], all: [] };
  /** The metrics so far by tag: a view, whose numbers change with every step. `{ ...state.metrics }` is a copy. */
  metrics: Readonly<Record<string, number>> = {};

  /** The prediction of the step, if it is one number. */
  // A cell and not a field, because a number in a field of mixed type is a new object at every step.
  readonly prediction = new Float64Array(1);
  #predictions: Float64Array | undefined;
  #shape: readonly number[] = [];
  /** What the last step has computed on the tape, for drawing; undefined before the first pass. */
  computation: () => Computation | undefined = () => undefined;
  readonly #own = new Map<StateKey<unknown>, unknown>();
  readonly #trial: TrialOfState | undefined;

  /** Made by a `Trial`. */
  constructor(
    model: M,
    optimizer: Optimizer | undefined,
    criterion: Criterion<Y> | undefined,
    callbackList: CallbackList,
    trial?: TrialOfState,
  ) {
    this.model = model;
    this.optimizer = optimizer;
    this.criterion = criterion;
    this.callbackList = callbackList;
    this.#trial = trial;
  }

  /** The trial's state dict, as of `Trial.stateDict`. Throws a `ContextError` where that does, and in a replay. */
  stateDict(): TrialStateDict {
    if (this.#trial?.stateDict === undefined) throw new ContextError("A replay has no state dict");
    return this.#trial.stateDict();
  }

  /** The trial's seed. */
  get seed(): number {
    return this.#trial?.seed ?? 0;
  }

  /** The trial in words: optimizer, criterion, metrics, callbacks and model. */
  toString(): string {
    return this.#trial?.toString() ?? "";
  }

  /** The loss of the step. */
  get loss(): number {
    return this.values[0]!;
  }

  set loss(value: number) {
    this.values[0] = value;
  }

  /** The prediction of the step: a number, or a copy of the numbers, row by row. It may be set to rows too: to their numbers and their shape. */
  get yPred(): number | Float64Array {
    return this.#predictions ?? this.prediction[0]!;
  }

  set yPred(value: number | Float64Array | Rows) {
    if (typeof value === "number") {
      this.prediction[0] = value;
      this.#predictions = undefined;
      this.#shape = [];
    } else {
      this.#predictions = "shape" in value ? value.data : value;
      this.#shape = "shape" in value ? value.shape : [value.length];
    }
  }

  /** The shape of the prediction: `[]` of a number, `[length]` of a vector, `[rows, columns]` of a matrix, which may be `[1, 1]`. */
  get yPredShape(): readonly number[] {
    return this.#shape;
  }

  /** Sets the prediction to a node of a tape. */
  setPrediction(node: Var): void {
    const { shape } = node;
    this.#shape = shape;
    if (shape.length === 0 || node.length === 1) {
      node.tape.copyItem(node, this.prediction);
      this.#predictions = undefined;
    } else this.#predictions = node.toArray();
  }

  /** The value under a key of the user's. */
  get<T>(key: StateKey<T>): T | undefined {
    return this.#own.get(key) as T | undefined;
  }

  /** Sets the value under a key of the user's. */
  set<T>(key: StateKey<T>, value: T): void {
    this.#own.set(key, value);
  }
}
