// The scalars of a run as curves of bounded size, and which of their points the run's event file has.

import { BoundedCurve } from "../math/bounded-curve.js";
import type { RecordBuffer } from "../wire/record-buffer.js";
import { ScalarEventEncoder } from "../wire/scalar-event.js";
import { encodeEvent } from "../wire/event.js";
import type { SummaryMetadata } from "../wire/summary.js";

/** Bytes of a record with one scalar, the tag's own not counted; at most. */
const SCALAR_BYTES = 56;

/** A tag's curve. */
export class TagCurve {
  readonly tag: string;
  metadata: SummaryMetadata | undefined;
  readonly curve: BoundedCurve;
  readonly #encoder: ScalarEventEncoder;
  readonly #time = new Float64Array(1);
  #written = nothingWritten();

  constructor(tag: string, metadata: SummaryMetadata | undefined, limit: number) {
    this.tag = tag;
    this.metadata = metadata;
    this.curve = new BoundedCurve(limit);
    this.#encoder = new ScalarEventEncoder([tag]);
  }

  /** Finished points that the file has not. */
  get unwritten(): number {
    return this.curve.length - this.#firstUnwritten();
  }

  /** Whether the file can have the finished points by adding to it: it keeps its limit, and nothing in it is void. */
  get fits(): boolean {
    const { rewinds, points } = this.#written;
    return points === 0 || (rewinds === this.curve.rewinds && points + this.unwritten <= this.curve.limit);
  }

  /** Bytes of all finished points in a file, rather more than fewer. */
  get size(): number {
    const { length } = this.curve;
    if (length === 0) return 0;
    const first = this.metadata === undefined ? 0 : this.#described(0).length;
    return first + length * (SCALAR_BYTES + Buffer.byteLength(this.tag));
  }

  /** Adds the finished points that the file has not. */
  append(buffer: RecordBuffer): void {
    for (let i = this.#firstUnwritten(); i < this.curve.length; i++) this.#write(buffer, i);
  }

  /** Adds all finished points, for a new file. Returns what takes that back, should there be none. */
  appendAll(buffer: RecordBuffer): () => void {
    const written = this.#written;
    this.#written = nothingWritten();
    this.append(buffer);
    return () => {
      this.#written = written;
    };
  }

  // Strides that were doubled since have other points before that step; the file's are finer. Of points with equal steps, the last are new.
  #firstUnwritten(): number {
    const { steps, length } = this.curve;
    const { lastStep, atLastStep } = this.#written;
    let i = length;
    while (i > 0 && steps[i - 1]! > lastStep) i--;
    let equal = i;
    while (equal > 0 && steps[equal - 1] === lastStep) equal--;
    return Math.min(i, equal + atLastStep);
  }

  #write(buffer: RecordBuffer, i: number): void {
    const { steps, wallTimes, values } = this.curve;
    const written = this.#written;
    const step = steps[i]!;
    if (written.points === 0 && this.metadata !== undefined) {
      buffer.append(this.#described(i));
    } else {
      this.#time[0] = wallTimes[i]!;
      this.#encoder.writeOne(buffer, this.#time, step, values[i]!);
    }
    if (written.points++ === 0) written.rewinds = this.curve.rewinds;
    written.atLastStep = step === written.lastStep ? written.atLastStep + 1 : 1;
    written.lastStep = step;
  }

  #described(i: number): Uint8Array {
    const { steps, wallTimes, values } = this.curve;
    const { tag, metadata } = this;
    const summary = [{ tag, simpleValue: values[i]!, ...(metadata && { metadata }) }];
    return encodeEvent({ wallTime: wallTimes[i]!, step: steps[i]!, summary });
  }
}

/** What a file has of a tag. */
interface Written {
  points: number;
  /** The last step that it has, and how many points with it. */
  lastStep: number;
  atLastStep: number;
  /** How many rewinds the curve had at the first of the points. */
  rewinds: number;
}

function nothingWritten(): Written {
  return { points: 0, lastStep: -Infinity, atLastStep: 0, rewinds: 0 };
}

/** All curves of a run, by tag. */
export class TagCurves {
  readonly #curves = new Map<string, TagCurve>();
  #limit: number;

  /** `limit`: the most points a tag, from 8. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The curve of `tag`, made if it is not there. The first metadata that are given stay. */
  of(tag: string, metadata?: SummaryMetadata): TagCurve {
    let curve = this.#curves.get(tag);
    if (curve === undefined) this.#curves.set(tag, (curve = new TagCurve(tag, metadata, this.#limit)));
    curve.metadata ??= metadata;
    return curve;
  }

  /** The most points a tag. */
  get limit(): number {
    return this.#limit;
  }

  [Symbol.iterator](): IterableIterator<TagCurve> {
    return this.#curves.values();
  }

  /** The first step of all finished points; Infinity if there is none. */
  get firstStep(): number {
    let first = Infinity;
    for (const { curve } of this) if (curve.length > 0) first = Math.min(first, curve.steps[0]!);
    return first;
  }

  /** From now on at most `limit` points a tag. */
  shrink(limit: number): void {
    this.#limit = limit;
    for (const { curve } of this) curve.compact(limit);
  }
}
