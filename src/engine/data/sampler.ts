// Gives each step of a pass its batch, and knows its place, so that a training can be continued in the middle of an epoch.

import { ArgumentError } from "../../errors.js";
import {
  isOneShot,
  isSeekable,
  iterate,
  type Batch,
  type BatchIterator,
  type BatchSource,
  type SeekableSource,
} from "./source.js";

/** Where a sampler is: which pass over the data, from 0, and how many batches of it were taken. */
export interface SamplerPosition {
  readonly pass: number;
  readonly taken: number;
}

/** What a sampler writes the batch to. */
export interface SampleTarget<X, Y> {
  x: X;
  yTrue: Y;
}

/** The batches of training, validation or test. */
export class Sampler<X = unknown, Y = unknown> {
  /** What an error names. */
  readonly name: string;
  readonly #source: BatchSource<X, Y> | SeekableSource<X, Y>;
  #iterator: BatchIterator<X, Y> | undefined;
  #pass = -1;
  #taken = 0;
  /** Batches of the next pass to begin that a continued training has had already. */
  #skip: number | undefined;

  constructor(name: string, source: BatchSource<X, Y> | SeekableSource<X, Y>) {
    this.name = name;
    this.#source = source;
  }

  /** Where the next batch is: in this pass (`isInPass`), or at the beginning of the next one. */
  position(isInPass: boolean): SamplerPosition {
    const isBegun = this.#pass >= 0 && this.#skip === undefined;
    if (isInPass && isBegun) return { pass: this.#pass, taken: this.#taken };
    return { pass: this.#pass + 1, taken: this.#skip ?? 0 };
  }

  /** The next `begin` goes on there. */
  moveTo({ pass, taken }: SamplerPosition): void {
    this.#iterator = undefined;
    this.#pass = pass - 1;
    this.#skip = taken;
  }

  /** Begins the next pass over the data; with `goesOn` only if none is begun. */
  async begin(goesOn: boolean): Promise<void> {
    if (goesOn && this.#iterator !== undefined) return;
    this.end();
    const skip = this.#skip ?? 0;
    this.#skip = undefined;
    this.#open(skip);
    while (this.#taken < skip) {
      const { done } = await this.#iterator!.next();
      if (done === true) throw this.#ended(skip);
      this.#taken++;
    }
  }

  /** Ends the pass, so that a generator closes what it has open. */
  end(): void {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    // A generator object that is ended could not go on in the next epoch.
    if (isOneShot(this.#source)) return;
    const ended: unknown = iterator?.return?.();
    if (ended instanceof Promise) ended.catch(() => {});
  }

  /** Sets input and target of the next step. When the data has ended it begins again. A promise if the source is asynchronous. */
  sample(target: SampleTarget<X, Y>): void | Promise<void> {
    const result = this.#iterator!.next();
    if (result instanceof Promise) return this.#finish(result, target);
    if (result.done !== true) return this.#give(result.value, target);
    this.#beginAgain();
    const first = (this.#iterator as Iterator<Batch<X, Y>>).next();
    if (first.done === true) throw this.#ended();
    this.#give(first.value, target);
  }

  async #finish(next: Promise<IteratorResult<Batch<X, Y>>>, target: SampleTarget<X, Y>): Promise<void> {
    let result = await next;
    if (result.done === true) {
      this.#beginAgain();
      result = await this.#iterator!.next();
    }
    if (result.done === true) throw this.#ended();
    this.#give(result.value, target);
  }

  #give(batch: Batch<X, Y>, target: SampleTarget<X, Y>): void {
    if (!Array.isArray(batch))
      throw new ArgumentError(this.name, "a source of batches [x] or [x, yTrue]", batch);
    this.#taken++;
    target.x = batch[0] as X;
    target.yTrue = batch[1] as Y;
  }

  #open(skip = 0): void {
    const source = this.#source;
    this.#pass++;
    this.#taken = 0;
    if (isSeekable(source)) {
      this.#iterator = source.batches(this.#pass, skip)[Symbol.iterator]();
      this.#taken = skip;
    } else {
      this.#iterator = iterate(this.name, source, this.#pass);
    }
  }

  #beginAgain(): void {
    if (isOneShot(this.#source)) throw this.#ended();
    this.#open();
  }

  #ended(wanted?: number): ArgumentError {
    const expected =
      wanted === undefined ? "a source with a batch for each step" : `one with ${wanted} batches`;
    const given = this.#taken === 0 ? "one without any" : `one that ended after ${this.#taken}`;
    return new ArgumentError(this.name, expected, undefined, given);
  }
}
