// A large event without what makes it large: pictures, sounds, tensors and graphs are jumped over and never read.

import type { FileWindow } from "./file-window.js";

/** Field numbers of an Event and of a Summary.Value (tensorboard/compat/proto/event.proto, summary.proto). */
const SUMMARY = 5;
const VALUE = 1;
const TAG = 1;
const METADATA = 9;
/** Wire types. */
const VARINT = 0;
const EIGHT_BYTES = 1;
const BYTES = 2;
const FOUR_BYTES = 5;
/** A field of this size or less is kept as it is. */
const KEPT_BYTES = 1024;

/** A large event, made small. */
export interface Outline {
  /** An Event that has the same fields; those with much in them are empty. */
  readonly bytes: Uint8Array;
  /** How many bytes each of its values takes in the file. */
  readonly valueBytes: readonly number[];
}

/**
 * The outline of the Event at the bytes from `from` to `to` of a file. The tags of its values and their metadata are kept whole. `undefined`
 * when it is no Event, or the file is shorter than it was. Throws what the window's source does.
 */
export function outlineOf(window: FileWindow, from: number, to: number): Outline | undefined {
  const valueBytes: number[] = [];
  const out: Uint8Array[] = [];
  const isWhole = eachField(window, from, to, (field, start, dataStart, end) => {
    if (field !== SUMMARY) return addField(out, window, start, dataStart, end, false);
    const values: Uint8Array[] = [];
    const isSummary = eachField(window, dataStart, end, (inner, innerStart, innerData, innerEnd) => {
      if (inner !== VALUE) return addField(values, window, innerStart, innerData, innerEnd, false);
      valueBytes.push(innerEnd - innerData);
      const parts: Uint8Array[] = [];
      const isValue = eachField(window, innerData, innerEnd, (part, partStart, partData, partEnd) =>
        addField(parts, window, partStart, partData, partEnd, part === TAG || part === METADATA),
      );
      if (isValue) addMessage(values, VALUE, parts);
      return isValue;
    });
    if (isSummary) addMessage(out, SUMMARY, values);
    return isSummary;
  });
  return isWhole ? { bytes: Buffer.concat(out), valueBytes } : undefined;
}

/** Goes through the fields of a message. `dataStart` is behind a field's key and, of a field of bytes, behind its length. False: no message. */
function eachField(
  window: FileWindow,
  from: number,
  to: number,
  visit: (field: number, start: number, dataStart: number, end: number) => boolean,
): boolean {
  for (let at = from; at < to;) {
    const start = at;
    const key = readVarint(window, at, to);
    if (key === undefined) return false;
    at = key.end;
    let dataStart = at;
    let end: number;
    switch (key.value & 7) {
      case VARINT: {
        const varint = readVarint(window, at, to);
        if (varint === undefined) return false;
        end = varint.end;
        break;
      }
      case EIGHT_BYTES:
        end = at + 8;
        break;
      case FOUR_BYTES:
        end = at + 4;
        break;
      case BYTES: {
        const length = readVarint(window, at, to);
        if (length === undefined) return false;
        dataStart = length.end;
        end = dataStart + length.value;
        break;
      }
      default:
        return false;
    }
    const field = Math.floor(key.value / 8);
    if (field === 0 || end > to || !visit(field, start, dataStart, end)) return false;
    at = end;
  }
  return true;
}

/** Adds a field as it stands in the file, or empty when it is large. False: the file is shorter than it was. */
function addField(
  out: Uint8Array[],
  window: FileWindow,
  start: number,
  dataStart: number,
  end: number,
  isKept: boolean,
): boolean {
  const isWhole = isKept || end - dataStart <= KEPT_BYTES;
  const last = isWhole ? end : dataStart;
  const at = window.need(start, last - start);
  if (at < 0) return false;
  const copy = window.bytes.slice(at, at + last - start);
  if (isWhole) out.push(copy);
  else {
    // Only a field of bytes can be large: its key, and a length of 0.
    let keyEnd = 0;
    while (copy[keyEnd]! >= 0x80) keyEnd++;
    out.push(copy.subarray(0, keyEnd + 1), Uint8Array.of(0));
  }
  return true;
}

function addMessage(out: Uint8Array[], field: number, parts: readonly Uint8Array[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [(field << 3) | BYTES];
  let rest = length;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) head.push((rest & 0x7f) | 0x80);
  head.push(rest);
  out.push(Uint8Array.from(head), ...parts);
}

/** A varint and the place behind it. The value of one of more than eight bytes, such as a negative number's, is not exact. */
function readVarint(window: FileWindow, at: number, to: number): { value: number; end: number } | undefined {
  let value = 0;
  let factor = 1;
  for (let i = 0; i < 10 && at + i < to; i++) {
    const place = window.need(at + i, 1);
    if (place < 0) return undefined;
    const byte = window.bytes[place]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: at + i + 1 };
    factor *= 128;
  }
  return undefined;
}
