// Counts what a killed writer left and what a loader shows of a continued run. Pure: the tests feed it handmade files and curves.
import { CorruptFileError } from "../../src/errors.js";
import { EventFileReader } from "../../src/events/index.js";
import { SessionStatus } from "../../src/wire/index.js";

/** What the program logs at a step, and what its successor logs after the kill: exact in float32, and never equal. */
export const loggedAt = (step: number): number => step % 1024;
export const resumedAt = (step: number): number => -1 - (step % 1024);

export interface Point {
  readonly step: number;
  readonly value: number;
}

/** What is in a run's files. */
export interface Contents {
  /**
   * The curve of the tag, in the order of the files; only what stands before a file's first bad record. A `SessionLog` START voids what
   * stands before it, from its step on.
   */
  readonly points: readonly Point[];
  /** Files whose last record is not whole. */
  readonly torn: number;
  /** Files with a bad record inside, at which TensorBoard stops for good. */
  readonly damaged: number;
}

/** Reads the curve of `tag` from files. */
export function contentsOf(files: readonly string[], tag: string): Contents {
  let points: Point[] = [];
  let torn = 0;
  let damaged = 0;
  for (const file of files) {
    using reader = new EventFileReader(file);
    try {
      for (const { step, summary = [], sessionLog } of reader) {
        if (sessionLog?.status === SessionStatus.START) points = points.filter((point) => point.step < step);
        for (const value of summary) {
          if (value.tag === tag) points.push({ step: Number(step), value: value.simpleValue ?? Number.NaN });
        }
      }
      if (reader.pending > 0) torn++;
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error;
      damaged++;
    }
  }
  return { points, torn, damaged };
}

/** Up to which step the calls of a killed program returned; -1 if none did. */
export interface Progress {
  readonly acknowledged: number;
  readonly flushed: number;
}

/** How much of that is gone, in points. */
export interface Loss {
  /** Of those whose `add_scalar` returned. */
  readonly acknowledged: number;
  /** Of those that a returned `flush()` covers. */
  readonly flushed: number;
}

/** Steps count from 0. A point with another value than the logged one is a lost one. */
export function lossOf(points: readonly Point[], { acknowledged, flushed }: Progress): Loss {
  const present = new Set(
    points.filter(({ step, value }) => value === loggedAt(step)).map(({ step }) => step),
  );
  const missingUpTo = (last: number): number => {
    let missing = 0;
    for (let step = 0; step <= last; step++) if (!present.has(step)) missing++;
    return missing;
  };
  return { acknowledged: missingUpTo(acknowledged), flushed: missingUpTo(flushed) };
}

/** A run that was continued at step `from` for `steps` steps. */
export interface Continued {
  readonly from: number;
  readonly steps: number;
  /** Of each step below `from`: 1 if the kill had left it, else 0. A byte a step, since there are millions in all. */
  readonly before: Uint8Array;
}

/** What is wrong with a continued curve. */
export interface Faults {
  /** Points whose step is not above that of the point before: the line goes back. */
  readonly backward: number;
  /** Points of a step that came before: two values at one place. */
  readonly twice: number;
  /** Points that should be there and are not. */
  readonly missing: number;
}

/** Compares a continued curve, in the order in which it is drawn, with what it should be. */
export function faultsOf(curve: readonly Point[], { from, steps, before }: Continued): Faults {
  const seen = new Set<number>();
  const right = new Set<number>();
  let backward = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const { step, value } of curve) {
    if (step <= last) backward++;
    last = step;
    seen.add(step);
    const isNew = step >= from && step < from + steps && value === resumedAt(step);
    if (isNew || (before[step] === 1 && value === loggedAt(step))) right.add(step);
  }
  const expected = before.reduce((total, is) => total + is, steps);
  return { backward, twice: curve.length - seen.size, missing: expected - right.size };
}

/** What a continuation at step `from` finds, as `Continued.before`: the steps below it that are there as they were logged. */
export function stepsBelow(points: readonly Point[], from: number): Uint8Array {
  const before = new Uint8Array(from);
  for (const { step, value } of points) if (step < from && value === loggedAt(step)) before[step] = 1;
  return before;
}
