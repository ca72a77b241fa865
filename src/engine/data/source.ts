// Where batches come from: anything that can be gone through, once or again and again.

import { ArgumentError } from "../../errors.js";

/** One batch: its input, and its target if there is one. */
export type Batch<X = unknown, Y = unknown> = readonly [x: X, yTrue?: Y];

/** Batches one after the other, also asynchronously. */
export type Batches<X = unknown, Y = unknown> = Iterable<Batch<X, Y>> | AsyncIterable<Batch<X, Y>>;

/**
 * What training, validation or test take batches from: batches that can be gone through again and again, such as an array; or a function that
 * begins anew, given the number of the pass over the data, from 0. A generator object, which ends once, does for one pass.
 */
export type BatchSource<X = unknown, Y = unknown> = Batches<X, Y> | ((pass: number) => Batches<X, Y>);

/** A source that can begin in the middle of a pass; the others are gone through up to there. */
export interface SeekableSource<X, Y> {
  /** Batches of a pass. */
  readonly length: number;
  /** The batches of the pass `pass` from batch `from` on. */
  batches(pass: number, from: number): Iterable<Batch<X, Y>>;
}

/** An iterator of either kind. */
export type BatchIterator<X, Y> = Iterator<Batch<X, Y>> | AsyncIterator<Batch<X, Y>>;

/** How many batches a pass over the source has, if it says so. */
export function lengthOf(source: BatchSource | SeekableSource<unknown, unknown>): number | undefined {
  if (typeof source === "function") return undefined;
  const { length, size } = source as { length?: unknown; size?: unknown };
  return [length, size].find((count): count is number => Number.isSafeInteger(count));
}

/** Whether the source has one pass only. */
export function isOneShot(source: BatchSource | SeekableSource<unknown, unknown>): boolean {
  return typeof (source as Partial<Iterator<unknown>>).next === "function";
}

/** An iterator over the pass `pass`. Throws an `ArgumentError` when the source gives nothing that can be gone through. */
export function iterate<X, Y>(
  argument: string,
  source: BatchSource<X, Y>,
  pass: number,
): BatchIterator<X, Y> {
  const batches: unknown = typeof source === "function" ? source(pass) : source;
  if (typeof batches === "object" && batches !== null) {
    if (Symbol.iterator in batches) return (batches as Iterable<Batch<X, Y>>)[Symbol.iterator]();
    if (Symbol.asyncIterator in batches)
      return (batches as AsyncIterable<Batch<X, Y>>)[Symbol.asyncIterator]();
  }
  const what =
    typeof source === "function" ? "a function that returns an iterable" : "an iterable or a function";
  throw new ArgumentError(argument, `${what} of batches`, batches);
}

/** Whether the source can begin in the middle of a pass. */
export function isSeekable<X, Y>(
  source: BatchSource<X, Y> | SeekableSource<X, Y>,
): source is SeekableSource<X, Y> {
  return typeof (source as Partial<SeekableSource<X, Y>>).batches === "function";
}
