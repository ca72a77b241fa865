// The steps and the data of one kind of pass: training, validation or test.

import { ArgumentError } from "../errors.js";
import { Sampler } from "./data/sampler.js";
import { lengthOf, type BatchSource, type SeekableSource } from "./data/source.js";

/** What a trial is told about training, validation or test. */
export class PassPlan {
  /** Whether the data goes on in the next epoch where this one left it. */
  goesOn = false;
  readonly #argument: string;
  #steps: number | undefined;
  #source: BatchSource | SeekableSource<unknown, unknown> | undefined;
  #sampler: Sampler | undefined;

  /** `argument`: what an error about the data names. */
  constructor(argument: string) {
    this.#argument = argument;
  }

  /** Steps of a pass; `undefined` when there is none to do. */
  get steps(): number | undefined {
    return this.#steps;
  }

  set steps(steps: number) {
    if (steps !== Infinity && (!Number.isSafeInteger(steps) || steps < 0))
      throw new ArgumentError("steps", "an integer from 0, or Infinity", steps);
    this.#steps = steps;
  }

  get sampler(): Sampler | undefined {
    return this.#sampler;
  }

  /** For a look at the data that leaves the place in it alone. */
  freshSampler(): Sampler | undefined {
    return this.#source === undefined ? undefined : new Sampler(this.#argument, this.#source);
  }

  /** Where the batches come from; with the steps given here, else those set before, else all batches of the source. */
  setSource<X, Y>(source: BatchSource<X, Y> | SeekableSource<X, Y>, steps: number | undefined): void {
    const isSource = typeof source === "function" || (typeof source === "object" && source !== null);
    if (!isSource) throw new ArgumentError(this.#argument, "an iterable or a function of batches", source);
    const count = steps ?? this.#steps ?? lengthOf(source as BatchSource);
    if (count === undefined) {
      throw new ArgumentError("steps", `given, since \`${this.#argument}\` does not say its length`, steps);
    }
    this.steps = count;
    this.#source = source as BatchSource;
    this.#sampler = this.freshSampler();
  }
}
