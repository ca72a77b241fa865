// The scalars of a run as curves of bounded size, and which of their points the run's event file has.

import { BoundedCurve } from "../math/bounded-curve.js";
import type { RecordBuffer } from "../wire/record-buffer.js";
import { ScalarEventEncoder } from "../wire/scalar-event.js";
import { encodeEvent } from "../wire/event.js";
import type { SummaryMetadata } from "../wire/summary.js";

/** A tag's curve. */
export class TagCurve {
  readonly tag: string;
  metadata: SummaryMetadata | undefined;
  readonly curve: BoundedCurve;
  readonly #encoder: ScalarEventEncoder;
  readonly #time = new Float64Array(1);
  // The last step that the file has of the tag, how many points it has, and after how many rewinds of the curve it was begun.
  #writtenTo = -Infinity;
  #written = 0;
  #rewinds = 0;

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
    return this.#rewinds === this.curve.rewinds && this.#written + this.unwritten <= this.curve.limit;
  }

  /** Adds the finished points that the file has not. */
  append(buffer: RecordBuffer): void {
    for (let i = this.#firstUnwritten(); i < this.curve.length; i++) this.#write(buffer, i);
  }

  /** Adds all finished points, for a new file. Returns what takes that back, should there be none. */
  appendAll(buffer: RecordBuffer): () => void {
    const [to, written, rewinds] = [this.#writtenTo, this.#written, this.#rewinds];
    this.#writtenTo = -Infinity;
    this.#written = 0;
    this.#rewinds = this.curve.rewinds;
    this.append(buffer);
    return () => {
      this.#writtenTo = to;
      this.#written = written;
      this.#rewinds = rewinds;
    };
  }

  /** The file is a new one, that has nothing of the tag. */
  forget(): void {
    this.#writtenTo = -Infinity;
    this.#written = 0;
    this.#rewinds = this.curve.rewinds;
  }

  // Strides that were doubled since have other points before that step; the file's are finer.
  #firstUnwritten(): number {
    const { steps, length } = this.curve;
    let i = length;
    while (i > 0 && steps[i - 1]! > this.#writtenTo) i--;
    return i;
  }

  #write(buffer: RecordBuffer, i: number): void {
    const { steps, wallTimes, values } = this.curve;
    const { tag, metadata } = this;
    if (this.#written === 0 && metadata !== undefined) {
      const summary = [{ tag, simpleValue: values[i]!, metadata }];
      buffer.append(encodeEvent({ wallTime: wallTimes[i]!, step: steps[i]!, summary }));
    } else {
      this.#time[0] = wallTimes[i]!;
      this.#encoder.writeOne(buffer, this.#time, steps[i]!, values[i]!);
    }
    this.#written++;
    this.#writtenTo = steps[i]!;
  }
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
