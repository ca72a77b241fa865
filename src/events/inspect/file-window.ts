// A window on a file: what is looked at is read, and what is jumped over is not.

import type { ByteSource } from "../reading/byte-source.js";

/** What is read at once where the file is read on. */
const MOST_BYTES = 256 * 1024;
/** What is read behind a jump: a record's head and its tags, most often. */
const LEAST_BYTES = 4096;

/** Bytes of a file around a place that moves on. */
export class FileWindow {
  /** What is loaded. Replaced or overwritten when `need` reads: take it anew behind each call. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Of `bytes`. */
  view: DataView<ArrayBuffer>;
  /** How many of `bytes` are loaded, and the place of the first one in the file. */
  #filled = 0;
  #start = 0;
  #ahead = MOST_BYTES;
  /** Bytes that were read, for those who measure. */
  bytesRead = 0;
  readonly #source: ByteSource;
  readonly #size: number;

  /** `size`: where the file ends for the reader; what is written behind it meanwhile is not looked at. */
  constructor(source: ByteSource, size: number) {
    this.#source = source;
    this.#size = size;
    this.bytes = new Uint8Array(Math.max(64, Math.min(MOST_BYTES, size)));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Where in `bytes` the byte `position` of the file is, with at least `length` bytes from it on; -1 when the file ends before. Throws what the source does. */
  need(position: number, length: number): number {
    const at = position - this.#start;
    if (at >= 0 && at + length <= this.#filled) return at;
    return this.#load(position, length);
  }

  #load(position: number, length: number): number {
    if (position + length > this.#size) return -1;
    const at = position - this.#start;
    const isNext = at >= 0 && at <= this.#filled;
    // As an operating system reads ahead: more and more where no jump is made.
    this.#ahead = isNext ? Math.min(this.#ahead * 4, MOST_BYTES) : LEAST_BYTES;
    const kept = isNext ? this.#filled - at : 0;
    const wanted = Math.min(Math.max(length, kept + this.#ahead), this.#size - position);
    if (wanted > this.bytes.length) {
      const larger = new Uint8Array(wanted);
      larger.set(this.bytes.subarray(at, at + kept));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    } else if (kept > 0) this.bytes.copyWithin(0, at, at + kept);
    this.#start = position;
    this.#filled = kept;
    while (this.#filled < length) {
      const from = this.#start + this.#filled;
      const count = this.#source.read(this.bytes, this.#filled, wanted - this.#filled, from);
      // It was cut meanwhile.
      if (count === 0) return -1;
      this.#filled += count;
      this.bytesRead += count;
    }
    return 0;
  }
}
