// Finds the next whole record behind damage.

import { addToCrc, maskCrc, maskedCrc32cSigned } from "../../wire/crc32c.js";
import { FOOTER_BYTES, HEADER_BYTES, MAX_RECORD_BYTES } from "../../wire/tfrecord.js";
import type { ByteSource } from "./byte-source.js";

const CHUNK_BYTES = 64 * 1024;
const FEWEST_BYTES = 256;
/** The masked checksum of a length of zero. */
const CRC_OF_ZERO = maskedCrc32cSigned(new Uint8Array(8), new DataView(new ArrayBuffer(8)), 0, 8);
/** Beyond so many times the file's bytes of wrong candidates, only short ones are looked at. */
const MOST_WASTE = 8;
const SHORT_BYTES = 4096;

/**
 * Searches a file for whole records: places where a length has its checksum, and the data so far behind it have theirs, two times 32 bits. It
 * goes from byte to byte, in constant memory, and its time is bounded also where somebody made places that only look like records.
 */
export class RecordSearch {
  readonly #source: ByteSource;
  readonly #chunk: Uint8Array;
  readonly #view: DataView;
  readonly #data: Uint8Array;
  readonly #dataView: DataView;
  #wasted = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    const size = Math.min(CHUNK_BYTES, Math.max(source.size(), FEWEST_BYTES));
    this.#chunk = new Uint8Array(size);
    this.#view = new DataView(this.#chunk.buffer);
    this.#data = new Uint8Array(size);
    this.#dataView = new DataView(this.#data.buffer);
  }

  /**
   * The first whole record that begins at `from` or behind it, and before `limit`: `found` is true, and `at` is its place. Otherwise `at` is where to
   * go on when there are more bytes: with `isFinal` the file's end or the limit, since there will be none.
   */
  find(from: number, isFinal: boolean, limit = Infinity): { found: boolean; at: number } {
    const size = this.#source.size();
    for (let base = from; ;) {
      const bytes = this.#source.read(this.#chunk, 0, this.#chunk.length, base);
      const last = bytes - HEADER_BYTES;
      for (let i = 0; i <= last; i++) {
        if (base + i >= limit) return { found: false, at: limit };
        const length = this.#lengthAt(i);
        if (length < 0) continue;
        const end = base + i + HEADER_BYTES + length + FOOTER_BYTES;
        if (end > size) {
          if (isFinal) continue;
          return { found: false, at: base + i };
        }
        if (this.#isIntact(base + i + HEADER_BYTES, length, size)) return { found: true, at: base + i };
      }
      if (last < 0) return { found: false, at: isFinal ? Math.min(size, limit) : base };
      base += last + 1;
    }
  }

  /** Whether a record may begin at `at`: whether a possible length with its checksum is there. */
  isHeader(at: number): boolean {
    const bytes = this.#source.read(this.#chunk, 0, HEADER_BYTES, at);
    return bytes === HEADER_BYTES && this.#lengthAt(0) >= 0;
  }

  /** The length of a record whose header is at `i` of the chunk; -1 when there is none. */
  #lengthAt(i: number): number {
    const view = this.#view;
    // Most bytes are out by this already.
    if (view.getInt32(i + 4, true) !== 0) return -1;
    const length = view.getUint32(i, true);
    if (length > MAX_RECORD_BYTES) return -1;
    const stored = view.getInt32(i + 8, true);
    if (length === 0) return stored === CRC_OF_ZERO ? 0 : -1;
    return maskedCrc32cSigned(this.#chunk, view, i, i + 8) === stored ? length : -1;
  }

  #isIntact(from: number, length: number, size: number): boolean {
    if (length > SHORT_BYTES && this.#wasted > MOST_WASTE * size) return false;
    let sum = -1;
    for (let at = from; at < from + length;) {
      const bytes = this.#source.read(this.#data, 0, Math.min(this.#data.length, from + length - at), at);
      if (bytes === 0) return false;
      sum = addToCrc(sum, this.#data, this.#dataView, 0, bytes);
      at += bytes;
    }
    const bytes = this.#source.read(this.#data, 0, FOOTER_BYTES, from + length);
    const isRight = bytes === FOOTER_BYTES && this.#dataView.getInt32(0, true) === maskCrc(sum);
    if (!isRight) this.#wasted += length;
    return isRight;
  }
}
