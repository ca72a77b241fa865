// What the event file of a bounded run has: its curves, and the events that are no scalars.

import { RecordBuffer } from "../wire/record-buffer.js";
import { encodeTfRecord, FOOTER_BYTES, HEADER_BYTES } from "../wire/tfrecord.js";
import type { FileSystem } from "./file-system.js";
import { headOf, startOf } from "./head.js";
import { thinned, type OtherEvent } from "./other-events.js";
import { TagCurves } from "./tag-curves.js";

/** What TensorBoard may show of a tag that is no scalar; it keeps 10 to 100 of them unless told otherwise. */
const MOST_OTHERS = 100;
const FEWEST_POINTS = 8;
/** Bytes of an event with one scalar, the tag's own not counted; at most. */
const SCALAR_BYTES = 56;

/** Everything that a bounded run shows. */
export class BoundedContent {
  readonly curves: TagCurves;
  /** In the order in which they came. */
  others: OtherEvent[] = [];
  /** The first step of anything that earlier files have; what is written anew makes all from there on void. */
  firstStep = Infinity;
  #mostOthers: number;
  #takeBack: (() => void)[] = [];
  #offsets: number[] = [];
  readonly #counts = new Map<string, number>();

  /** `maxPoints`: the most points a tag, from 8. */
  constructor(maxPoints: number) {
    this.curves = new TagCurves(maxPoints);
    this.#mostOthers = Math.min(maxPoints, MOST_OTHERS);
  }

  /** Whether there are more events of a tag than are kept. */
  get hasTooMany(): boolean {
    for (const count of this.#counts.values()) if (count > this.#mostOthers) return true;
    return false;
  }

  /** About as many bytes as `pieces` has, rather more than fewer. */
  get size(): number {
    let bytes = 256;
    for (const { tag, curve } of this.curves) bytes += curve.length * (SCALAR_BYTES + 3 * tag.length);
    for (const { length } of this.others) bytes += HEADER_BYTES + length + FOOTER_BYTES;
    return bytes;
  }

  addOther(event: OtherEvent): void {
    this.others.push(event);
    this.#counts.set(event.key, (this.#counts.get(event.key) ?? 0) + 1);
    this.firstStep = Math.min(this.firstStep, event.step);
  }

  /** Makes void what has `step` or a later one. */
  voidFrom(step: number): void {
    for (const { curve } of this.curves) curve.voidFrom(step);
    this.#setOthers(this.others.filter((event) => event.step < step));
  }

  /** Fewer events of each tag that has too many, so that there is room for as many again. */
  thin(): void {
    const most = this.#mostOthers;
    const half = Math.max(1, Math.floor(most / 2));
    const tooMany = this.others.filter(({ key }) => this.#counts.get(key)! > most);
    const kept = new Set(thinned(tooMany, half));
    this.#setOthers(this.others.filter((event) => this.#counts.get(event.key)! <= most || kept.has(event)));
  }

  /** Fewer points and events until `size` is at most `bytes`, or as few as there may be. */
  shrinkTo(bytes: number): void {
    while (this.size > bytes && (this.curves.limit > FEWEST_POINTS || this.#mostOthers > 1)) {
      this.curves.shrink(Math.max(FEWEST_POINTS, Math.floor(this.curves.limit / 2)));
      this.#mostOthers = Math.max(1, Math.floor(this.#mostOthers / 2));
      this.#setOthers(thinned(this.others, this.#mostOthers));
    }
  }

  /** A file's bytes with everything, behind STARTs that make void what earlier files have. `moveTo` or `takeBack` follows. */
  *pieces(wallTime: number, kind: string, fileSystem: FileSystem): IterableIterator<Uint8Array> {
    const buffer = new RecordBuffer(64 * 1024);
    buffer.append(headOf(wallTime, kind));
    this.firstStep = Math.min(this.firstStep, this.curves.firstStep);
    if (this.firstStep < Infinity)
      for (const start of startOf(wallTime, this.firstStep)) buffer.append(start);
    this.#takeBack = [...this.curves].map((curve) => curve.appendAll(buffer));
    yield buffer.bytes.subarray(0, buffer.length);
    let offset = buffer.length;
    this.#offsets = [];
    for (const event of this.others) {
      const record = encodeTfRecord(readBytes(event, fileSystem));
      yield record;
      this.#offsets.push(offset + HEADER_BYTES);
      offset += record.length;
    }
  }

  /** The last `pieces` are in the file `path`. */
  moveTo(path: string): void {
    this.others = this.others.map((event, i) => ({ ...event, path, offset: this.#offsets[i]! }));
  }

  /** The file is a new one with nothing in it, and the one before is gone: events that are no scalars are with it. */
  startOver(): void {
    for (const curve of this.curves) curve.forget();
    this.#setOthers([]);
  }

  /** Forgets everything. */
  clear(): void {
    this.voidFrom(-Infinity);
    this.firstStep = Infinity;
  }

  /** There is no file of the last `pieces` after all: the one before goes on. */
  takeBack(): void {
    for (const takeBack of this.#takeBack) takeBack();
    this.#takeBack = [];
  }

  #setOthers(others: OtherEvent[]): void {
    this.others = others;
    this.#counts.clear();
    for (const { key } of others) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
}

function readBytes({ path, offset, length }: OtherEvent, fs: FileSystem): Uint8Array {
  const bytes = new Uint8Array(length);
  const fd = fs.openSync(path, "r");
  try {
    for (let done = 0; done < length;) {
      const read = fs.readSync(fd, bytes, done, length - done, offset + done);
      if (read === 0)
        throw Object.assign(new Error(`${path} ends before byte ${offset + length}`), { code: "EIO" });
      done += read;
    }
  } finally {
    fs.closeSync(fd);
  }
  return bytes;
}
