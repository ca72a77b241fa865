// What a trial is told before it runs: its steps and its data (torchbearer/trial.py, for_… and with_…).

import { ArgumentError } from "../errors.js";
import type { ArrayInput } from "../summary/arrays.js";
import { DataLoader, type DataLoaderOptions } from "./data/data-loader.js";
import type { BatchSource, SeekableSource } from "./data/source.js";
import type { Model } from "./model.js";
import type { Closure, Loader } from "./pass.js";
import { PassPlan } from "./pass-plan.js";
import type { Rows } from "./rows.js";
import type { InputOf, State } from "./state.js";

/** Which of a trial's data. */
export type DataKey = "train" | "validation" | "test";

/** How data in memory becomes batches, and how many of them are an epoch. */
export interface DataOptions extends DataLoaderOptions {
  /** Steps of an epoch; all batches unless set. */
  readonly steps?: number;
}

/** The calls that set a trial's steps and data. Each returns the trial, and throws an `ArgumentError`. */
export abstract class TrialSetup<M extends Model, Y> {
  protected readonly plans: Readonly<Record<DataKey, PassPlan>> = {
    train: new PassPlan("trainGenerator"),
    validation: new PassPlan("valGenerator"),
    test: new PassPlan("testGenerator"),
  };
  protected loader: Loader | undefined;
  protected closure: Closure | undefined;
  /** Of the order in which data in memory is taken. */
  readonly seed: number;

  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new ArgumentError("seed", "a safe integer", seed);
    this.seed = seed;
  }

  /** Sets the training steps of an epoch; `Infinity`: until it is stopped. Throws an `ArgumentError`. Returns the trial, as all such do. */
  forTrainSteps(steps: number): this {
    this.plans.train.steps = steps;
    return this;
  }

  /** Sets the validation steps of an epoch. Throws an `ArgumentError`. */
  forValSteps(steps: number): this {
    this.plans.validation.steps = steps;
    return this;
  }

  /** Sets the steps of a test. Throws an `ArgumentError`. */
  forTestSteps(steps: number): this {
    this.plans.test.steps = steps;
    return this;
  }

  /** Sets the training steps, and those of validation and test if given. Throws an `ArgumentError`. */
  forSteps(trainSteps: number, valSteps?: number, testSteps?: number): this {
    this.forTrainSteps(trainSteps);
    if (valSteps !== undefined) this.forValSteps(valSteps);
    return testSteps === undefined ? this : this.forTestSteps(testSteps);
  }

  /** An epoch's training has no end but `state.stopTraining` or an aborted signal. */
  forInfTrainSteps(): this {
    return this.forTrainSteps(Infinity);
  }

  /**
   * Takes training batches from `source`, `steps` an epoch: as set before if left out, else all that it has. Each epoch goes through it
   * from its beginning, and once more if it has fewer. Throws an `ArgumentError`.
   */
  withTrainGenerator(source: BatchSource<InputOf<M>, Y>, steps?: number): this {
    this.plans.train.setSource(source, steps);
    return this;
  }

  /** As `withTrainGenerator`, for validation. */
  withValGenerator(source: BatchSource<InputOf<M>, Y>, steps?: number): this {
    this.plans.validation.setSource(source, steps);
    return this;
  }

  /** As `withTrainGenerator`, for tests; batches may be without a target. */
  withTestGenerator(source: BatchSource<InputOf<M>, Y>, steps?: number): this {
    this.plans.test.setSource(source, steps);
    return this;
  }

  /** The three in one call; what is `undefined` is left as it was. */
  withGenerators(
    train?: BatchSource<InputOf<M>, Y>,
    validation?: BatchSource<InputOf<M>, Y>,
    test?: BatchSource<InputOf<M>, Y>,
  ): this {
    if (train !== undefined) this.withTrainGenerator(train);
    if (validation !== undefined) this.withValGenerator(validation);
    return test === undefined ? this : this.withTestGenerator(test);
  }

  /**
   * Trains on rows in memory: numbers in nested or typed arrays, or `{ shape, data }`. A batch is `{ shape, data }` too. Shuffled anew in
   * each epoch, from the trial's seed, unless `shuffle` is false. Throws an `ArgumentError`.
   */
  withTrainData(x: ArrayInput, y?: ArrayInput, options: DataOptions = {}): this {
    return this.#withData("train", x, y, { shuffle: true, ...options });
  }

  /** Validates on rows in memory, in their order unless `shuffle` is set. */
  withValData(x: ArrayInput, y?: ArrayInput, options: DataOptions = {}): this {
    return this.#withData("validation", x, y, options);
  }

  /** Tests on rows in memory, in their order unless `shuffle` is set. */
  withTestData(x: ArrayInput, y?: ArrayInput, options: DataOptions = {}): this {
    return this.#withData("test", x, y, options);
  }

  /** Each epoch takes the training data where the last one left it, so that epochs may be shorter or longer than the data. */
  withInfTrainLoader(): this {
    this.plans.train.goesOn = true;
    return this;
  }

  /** Gives each step of every kind its input and target by `loader`, which sets `state.x` and `state.yTrue`, in place of the data. */
  withLoader(loader: Loader<State<M, Y>>): this {
    this.loader = loader as Loader;
    return this;
  }

  /** Computes the training steps by `closure`, in place of prediction, criterion and gradients; the optimizer's step comes behind it. */
  withClosure(closure: Closure<State<M, Y>>): this {
    this.closure = closure as Closure;
    return this;
  }

  #withData(
    key: DataKey,
    x: ArrayInput,
    y: ArrayInput | undefined,
    { steps, ...options }: DataOptions,
  ): this {
    const loader = new DataLoader(x, y, { seed: this.seed, ...options });
    this.plans[key].setSource(loader as SeekableSource<Rows, Rows>, steps);
    return this;
  }
}
