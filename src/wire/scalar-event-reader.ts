// Reads the events of which a run has millions: plain scalars without metadata, as this package, torch, tensorboardX and TensorFlow 1 write
// them. It gives what `decodeEvent` gives, in a fraction of the time.

import type { Event } from "./event.js";
import type { SummaryValue } from "./summary.js";

const WALL_TIME = 0x09;
const STEP = 0x10;
const SUMMARY = 0x2a;
/** A value in a summary, and the tag in a value. */
const SUBMESSAGE = 0x0a;
const SIMPLE_VALUE = 0x15;
/** No tag of a program is longer; and a text is made of so many bytes at once. */
const MOST_TAG_BYTES = 1024;
/** A varint of more bytes may be no safe integer; negative ones have ten. */
const MOST_VARINT_BYTES = 7;

/** For the events of one file after another: it remembers what the tags were read from. */
export class ScalarEventReader {
  readonly #tags: { bytes: Uint8Array; tag: string }[] = [];
  readonly #eight = new Uint8Array(8);
  readonly #double = new Float64Array(this.#eight.buffer);
  readonly #single = new Float32Array(this.#eight.buffer);
  #bytes: Uint8Array = this.#eight;
  #at = 0;

  /** The event; `undefined` when `bytes` are anything but such an event: then `decodeEvent` tells. Never throws. */
  read(bytes: Uint8Array): Event | undefined {
    if (bytes.length < 9 || bytes[0] !== WALL_TIME) return undefined;
    this.#bytes = bytes;
    this.#copy(1, 8);
    const wallTime = this.#double[0]!;
    this.#at = 9;
    let step = 0;
    if (bytes[9] === STEP) {
      this.#at++;
      step = this.#varint();
    }
    if (step < 0 || bytes[this.#at++] !== SUMMARY) return undefined;
    const length = this.#varint();
    if (length <= 0 || this.#at + length !== bytes.length) return undefined;
    const summary: SummaryValue[] = [];
    while (this.#at < bytes.length) {
      const value = this.#value(summary.length);
      if (value === undefined) return undefined;
      summary.push(value);
    }
    return { wallTime, step, summary };
  }

  #value(i: number): SummaryValue | undefined {
    const bytes = this.#bytes;
    if (bytes[this.#at++] !== SUBMESSAGE) return undefined;
    const length = this.#varint();
    const end = this.#at + length;
    if (length < 0 || end > bytes.length || bytes[this.#at++] !== SUBMESSAGE) return undefined;
    const tagLength = this.#varint();
    if (
      tagLength < 0 ||
      tagLength > MOST_TAG_BYTES ||
      this.#at + tagLength + 5 !== end ||
      bytes[end - 5] !== SIMPLE_VALUE
    )
      return undefined;
    const tag = this.#tag(i, this.#at, end - 5);
    if (tag === undefined) return undefined;
    this.#copy(end - 4, 4);
    this.#at = end;
    return { tag, simpleValue: this.#single[0]! };
  }

  // The tag of the value `i`, which most often is that of the event before.
  #tag(i: number, from: number, to: number): string | undefined {
    const known = this.#tags[i];
    if (known !== undefined && this.#isAt(known.bytes, from, to)) return known.tag;
    const bytes = this.#bytes.slice(from, to);
    // What is more than ASCII may be broken.
    if (bytes.some((byte) => byte > 0x7f)) return undefined;
    const tag = String.fromCharCode(...bytes);
    this.#tags[i] = { bytes, tag };
    return tag;
  }

  #isAt(tag: Uint8Array, from: number, to: number): boolean {
    if (tag.length !== to - from) return false;
    for (let i = 0; i < tag.length; i++) if (tag[i] !== this.#bytes[from + i]) return false;
    return true;
  }

  /** -1 for one that is too large, or cut. */
  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < MOST_VARINT_BYTES; i++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return -1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    return -1;
  }

  #copy(from: number, length: number): void {
    for (let i = 0; i < length; i++) this.#eight[i] = this.#bytes[from + i]!;
  }
}
