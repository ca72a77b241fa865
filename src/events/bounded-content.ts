// What the event file of a bounded run has: its curves, and the events that are no scalars.

import { RecordBuffer } from "../wire/record-buffer.js";
import { FOOTER_BYTES, HEADER_BYTES } from "../wire/tfrecord.js";
import { canBeVoid, voidings, type VoidTag } from "./continuation-plan.js";
import { boundedHeadOf, type Coverage } from "./coverage.js";
import type { FileSystem } from "./file-system.js";
import { startOf } from "./head.js";
import { countByKey, OtherEventReader, TAG_KEY, thinned, type OtherEvent } from "./other-events.js";
import { TagCurves } from "./tag-curves.js";

/** What TensorBoard may show of a tag that is no scalar; it keeps 10 to 100 of them unless told otherwise. */
const MOST_OTHERS = 100;
const FEWEST_POINTS = 8;
/** A tag has metadata with its first event, and shows its last. */
const FEWEST_OTHERS = 2;
/** A new file has room for a while: what is fuller than this goes down to a half. */
const FULL = 3 / 4;
const PIECE_BYTES = 64 * 1024;

/** Everything that a bounded run shows. */
export class BoundedContent {
  readonly curves: TagCurves;
  /** In the order in which they came. */
  others: readonly OtherEvent[] = [];
  /** The first step of anything that earlier files have; what is written anew makes all from there on void. */
  firstStep = Infinity;
  /** What tags earlier files have, from which step on, whatever became of it: for the next `pieces`. */
  voidTags: readonly VoidTag[] = [];
  /** When the run began, in seconds: TensorBoard sorts runs by the wall time of their first event. */
  startedAt: number | undefined;
  #mostOthers: number;
  #counts = new Map<string, number>();
  // Of the last `pieces`: what takes it back, and which events are where.
  #takeBack: (() => void)[] = [];
  #copies: { event: OtherEvent; offset: number; length: number }[] = [];

  /** `maxPoints`: the most points a tag, from 8. */
  constructor(maxPoints: number) {
    this.curves = new TagCurves(maxPoints);
    this.#mostOthers = Math.min(maxPoints, MOST_OTHERS);
  }

  /** What makes void all from the first step on that earlier files have. `wallTime` in seconds. */
  starts(wallTime: number): readonly Uint8Array[] {
    const { firstStep } = this;
    if (firstStep === Infinity) return [];
    // Of an event that is no scalar a step may be beyond what is exact in a number: then a START before it will do.
    if (firstStep < Number.MIN_SAFE_INTEGER) return startOf(wallTime, -(2n ** 63n));
    return startOf(wallTime, Math.min(firstStep, Number.MAX_SAFE_INTEGER));
  }

  /** Whether the file cannot have more of it by adding to it. */
  get needsNewFile(): boolean {
    for (const count of this.#counts.values()) if (count > this.#mostOthers) return true;
    for (const curve of this.curves) if (!curve.fits) return true;
    return false;
  }

  /** About as many bytes as `pieces` has, rather more than fewer. */
  get size(): number {
    let bytes = 256;
    for (const curve of this.curves) bytes += curve.size;
    for (const { length } of this.others) bytes += HEADER_BYTES + length + FOOTER_BYTES;
    return bytes;
  }

  addOther(event: OtherEvent): void {
    (this.others as OtherEvent[]).push(event);
    this.#counts.set(event.key, (this.#counts.get(event.key) ?? 0) + 1);
    this.firstStep = Math.min(this.firstStep, event.step);
  }

  /** Makes void what has `step` or a later one. */
  voidFrom(step: number): void {
    for (const { curve } of this.curves) curve.voidFrom(step);
    this.#setOthers(this.others.filter((event) => event.step < step));
  }

  /** Finishes all curves: every point that they have may be shown. */
  finishCurves(): void {
    for (const { curve } of this.curves) curve.finish();
  }

  /**
   * Fewer points and events of each tag that has many, so that there is room for more; fewer of all until `size` is at most `maxBytes`. What is
   * left of each curve ends with its last point when it is finished behind this.
   */
  makeRoom(maxBytes = Infinity): void {
    for (const { fits, curve } of this.curves) {
      if (curve.length > curve.limit * (fits ? FULL : 1 / 2)) curve.compact();
    }
    const many = this.others.filter(({ key }) => this.#counts.get(key)! > this.#mostOthers * FULL);
    const kept = new Set(thinned(many, Math.max(FEWEST_OTHERS, Math.floor(this.#mostOthers / 2))));
    const isMany = new Set(many);
    this.#setOthers(this.others.filter((event) => !isMany.has(event) || kept.has(event)));
    this.#shrinkTo(maxBytes);
  }

  /**
   * A file's bytes with everything, behind STARTs that make void what earlier files have. `moveTo` or `takeBack` follows. An event that is no
   * scalar and whose file is gone is left out. Throws the system's error.
   */
  *pieces(wallTime: number, fs: FileSystem, coverage?: Coverage): IterableIterator<Uint8Array> {
    this.#takeBack = [];
    this.#copies = [];
    const buffer = new RecordBuffer(2 * PIECE_BYTES);
    const taken = (): Uint8Array => {
      const bytes = buffer.bytes.subarray(0, buffer.length);
      buffer.length = 0;
      return bytes;
    };
    this.startedAt ??= wallTime;
    buffer.append(boundedHeadOf(this.startedAt));
    this.firstStep = Math.min(this.firstStep, this.curves.firstStep);
    for (const voiding of voidings(this.#tagsToVoid(), wallTime)) buffer.append(voiding);
    for (const start of this.starts(wallTime)) buffer.append(start);
    let offset = 0;
    for (const curve of this.curves) {
      this.#takeBack.push(curve.appendAll(buffer));
      if (buffer.length < PIECE_BYTES) continue;
      offset += buffer.length;
      yield taken();
    }
    offset += buffer.length;
    yield taken();
    const reader = new OtherEventReader(fs);
    try {
      for (const event of this.others) {
        const record = reader.read(event);
        if (record === undefined) continue;
        const length = record.length - HEADER_BYTES - FOOTER_BYTES;
        this.#copies.push({ event, offset: offset + HEADER_BYTES, length });
        offset += record.length;
        yield record;
      }
    } finally {
      reader.close();
    }
    if (coverage === undefined) return;
    buffer.append(boundedHeadOf(wallTime, coverage));
    yield taken();
  }

  /** The last `pieces` are in the file `path`. Returns how many events it could not have. */
  moveTo(path: string): number {
    const gone = this.others.length - this.#copies.length;
    this.#setOthers(
      this.#copies.map(({ event, offset, length }) => ({ ...event, path, offset, length, scalars: [] })),
    );
    this.#takeBack = [];
    this.voidTags = [];
    return gone;
  }

  /** There is no file of the last `pieces` after all: the one before goes on. */
  takeBack(): void {
    for (const takeBack of this.#takeBack) takeBack();
    this.#takeBack = [];
  }

  /** Forgets everything. */
  clear(): void {
    this.voidFrom(-Infinity);
    this.firstStep = Infinity;
    this.startedAt = undefined;
  }

  // The first point of a curve makes void what its tag has from there on, and so does the first of other events.
  #tagsToVoid(): VoidTag[] {
    const first = new Map<string, number>();
    for (const { tag, curve } of this.curves) if (curve.length > 0) first.set(tag, curve.steps[0]!);
    for (const { key, step } of this.others) {
      if (!key.startsWith(TAG_KEY)) continue;
      for (const tag of key.slice(TAG_KEY.length).split("\n")) if (!first.has(tag)) first.set(tag, step);
    }
    return this.voidTags.filter(({ tag, step, form }) => {
      const its = first.get(tag);
      return (its === undefined || its > step) && canBeVoid(form, its !== undefined);
    });
  }

  #shrinkTo(bytes: number): void {
    while (this.size > bytes && (this.curves.limit > FEWEST_POINTS || this.#mostOthers > FEWEST_OTHERS)) {
      this.curves.shrink(Math.max(FEWEST_POINTS, Math.floor(this.curves.limit / 2)));
      this.#mostOthers = Math.max(FEWEST_OTHERS, Math.floor(this.#mostOthers / 2));
      this.#setOthers(thinned(this.others, this.#mostOthers));
    }
  }

  #setOthers(others: readonly OtherEvent[]): void {
    this.others = [...others];
    this.#counts = countByKey(others);
  }
}
