// The one hand-written encoder: an Event with one or several scalars under fixed tags, straight into a record buffer.
//
//   09 <wall time, double>            Event.wall_time
//   10 <step, varint>                 Event.step; left out when 0, as protobuf does
//   2a <size> {                       Event.summary
//     0a <size> {                       Summary.value, once per tag
//       0a <size> <tag, UTF-8>            Value.tag
//       15 <value, float>                 Value.simple_value; written when 0 too, since it is in a oneof
//     } }
//
// A property test holds it equal, byte for byte, to the generated codec.

import type { RecordBuffer } from "./record-buffer.js";

const WALL_TIME_BYTES = 9;
const MAX_STEP_BYTES = 11;
const TWO_32 = 2 ** 32;

/** The parts of an Event that do not change from step to step: everything but wall time, step and the values. */
export class ScalarEventEncoder {
  /** The tags, in the order of the values. */
  readonly tags: readonly string[];
  readonly #summary: Uint8Array;
  // The same bytes as little-endian words, as far as they fill one.
  readonly #words: Int32Array;
  readonly #valueAt: Int32Array;

  constructor(tags: readonly string[]) {
    this.tags = [...tags];
    const values = this.tags.map(encodeValueHead);
    const body = values.reduce((sum, value) => sum + value.length + 4, 0);
    const head = [0x2a, ...varint(body)];
    this.#summary = new Uint8Array(head.length + body);
    this.#summary.set(head);
    this.#valueAt = new Int32Array(values.length);
    let at = head.length;
    for (const [i, value] of values.entries()) {
      this.#summary.set(value, at);
      at += value.length;
      this.#valueAt[i] = at;
      at += 4;
    }
    const view = new DataView(this.#summary.buffer);
    this.#words = Int32Array.from({ length: at >> 2 }, (_, i) => view.getInt32(4 * i, true));
  }

  /**
   * Writes one Event with `values[from + i]` under `tags[i]`.
   *
   * `time[0]` is the wall time in seconds and must be finite (in a cell, because a number that is passed on and on may be put on the heap
   * each time); `step` must be a safe integer. Values are stored as float32.
   */
  write(buffer: RecordBuffer, time: Float64Array, step: number, values: ArrayLike<number>, from = 0): void {
    const at = this.#writeHead(buffer, time, step);
    const { view } = buffer;
    const valueAt = this.#valueAt;
    for (let i = 0; i < valueAt.length; i++) view.setFloat32(at + valueAt[i]!, values[from + i]!, true);
    buffer.finish(at + this.#summary.length);
  }

  /** Writes one Event with one value under the first tag: `write` without an array, for encoders of one tag. */
  writeOne(buffer: RecordBuffer, time: Float64Array, step: number, value: number): void {
    const at = this.#writeHead(buffer, time, step);
    buffer.view.setFloat32(at + this.#valueAt[0]!, value, true);
    buffer.finish(at + this.#summary.length);
  }

  #writeHead(buffer: RecordBuffer, time: Float64Array, step: number): number {
    const summary = this.#summary;
    let at = buffer.begin(WALL_TIME_BYTES + MAX_STEP_BYTES + summary.length);
    const { bytes, view } = buffer;
    bytes[at] = 0x09;
    view.setFloat64(at + 1, time[0]!, true);
    at += WALL_TIME_BYTES;
    if (step !== 0) {
      bytes[at] = 0x10;
      at = writeVarint(bytes, at + 1, step);
    }
    // By words, because `set` costs more than it saves for some tens of bytes.
    const words = this.#words;
    for (let i = 0; i < words.length; i++) view.setInt32(at + 4 * i, words[i]!, true);
    for (let i = 4 * words.length; i < summary.length; i++) bytes[at + i] = summary[i]!;
    return at;
  }
}

/** Writes a safe integer as a protobuf int64 and returns the position behind it. Negative numbers take ten bytes. */
function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  if (value >= 0 && value < TWO_32) {
    let low = value >>> 0;
    for (; low > 127; low >>>= 7) bytes[at++] = (low & 127) | 128;
    bytes[at++] = low;
    return at;
  }
  let low = value >>> 0;
  let high = Math.floor(value / TWO_32) >>> 0;
  while (high !== 0 || low > 127) {
    bytes[at++] = (low & 127) | 128;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  bytes[at++] = low;
  return at;
}

function encodeValueHead(tag: string): Uint8Array {
  const name = new TextEncoder().encode(tag);
  const tagField = [0x0a, ...varint(name.length), ...name];
  const floatField = 5;
  return Uint8Array.from([0x0a, ...varint(tagField.length + floatField), ...tagField, 0x15]);
}

function varint(value: number): number[] {
  const bytes = new Uint8Array(MAX_STEP_BYTES);
  return Array.from(bytes.subarray(0, writeVarint(bytes, 0, value)));
}
