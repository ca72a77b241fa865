// What an Event has, without making objects of it: for those who read millions of them. `decodeEvent` says the same, and all else.

import { decodeEvent, SessionStatus, type Event } from "./event.js";
import { EventField, fieldOf, formFieldOf, ValueField } from "./event-fields.js";
import { NameTable } from "./name-table.js";
import { decodeMetadata, encodeMetadata, type SummaryMetadata, type SummaryValue } from "./summary.js";
import { PlainTemplates } from "./plain-templates.js";
import { ScalarTensor } from "./scalar-tensor.js";
import { numberIn } from "./tensor-number.js";

const TWO_32 = 2 ** 32;
const FIRST_CAPACITY = 16;

/**
 * Parses one Event after another. What it tells is valid until the next `parse`; the numbers of tags and metadata stay.
 *
 * Events as the known programs write them are parsed here; whatever is unusual (unknown fields, fields twice, groups) by `decodeEvent`.
 */
export class EventParser {
  /** Which field says what the event is: one of `EventField`. */
  what: number = EventField.NONE;
  /** Of a session log, one of `SessionStatus`. */
  sessionStatus: number = SessionStatus.UNSPECIFIED;
  /** How many values there are. */
  count = 0;
  /** Of each value: its tag's number in `names`. */
  tags = new Int32Array(FIRST_CAPACITY);
  /** Of each value: the field with its data, one of `ValueField`. */
  forms = new Uint8Array(FIRST_CAPACITY);
  /** Of each value: 1 when it is one number, a plain one or a tensor with one element. */
  isScalar = new Uint8Array(FIRST_CAPACITY);
  /** Of each value: that number. */
  numbers = new Float64Array(FIRST_CAPACITY);
  /** Of each value: the number of its metadata in `metadataList`; -1 for none. */
  metadata = new Int32Array(FIRST_CAPACITY);
  /** Of each value: its bytes in the event. */
  sizes = new Int32Array(FIRST_CAPACITY);
  /** The tags there have been. */
  readonly names: string[] = [];
  /** The metadata there have been, each once. */
  readonly metadataList: SummaryMetadata[] = [];

  readonly #tagTable = new NameTable();
  readonly #metadataTable = new NameTable();
  readonly #tagNumbers: number[] = [];
  readonly #numberOfName = new Map<string, number>();
  readonly #metadataNumbers: number[] = [];
  readonly #tensor = new ScalarTensor();
  readonly #templates = new PlainTemplates();
  readonly #wallTime = new Float64Array(1);
  #stepLow = 0;
  #stepHigh = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #from = 0;
  #to = 0;
  #at = 0;
  #decoded: Event | undefined;

  /** Seconds since 1970-01-01 UTC. */
  get wallTime(): number {
    return this.#wallTime[0]!;
  }

  /** The step; beyond 2^53 the nearest number. */
  get step(): number {
    return this.#stepHigh * TWO_32 + (this.#stepLow >>> 0);
  }

  /** The step; a bigint where a number would not be exact. */
  get exactStep(): number | bigint {
    const { step } = this;
    if (Number.isSafeInteger(step)) return step;
    return (BigInt(this.#stepHigh) << 32n) | BigInt(this.#stepLow >>> 0);
  }

  /** Whether the event is a START, which makes earlier points void (`SessionLog`). */
  get isStart(): boolean {
    return this.what === EventField.SESSION_LOG && this.sessionStatus === SessionStatus.START;
  }

  /**
   * Parses `bytes[from, to)`. Returns false when they are no Event, as where a tag is no UTF-8; then nothing it tells is valid. Into values that are
   * no plain numbers it does not look: `event` does.
   */
  parse(bytes: Uint8Array, from = 0, to = bytes.length): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.#from = from;
    this.#to = to;
    if (this.#templates.expected > 0 && this.#parseExpected(from, to)) return true;
    this.#reset();
    if (this.#parseUsual(from, to)) return true;
    this.#reset();
    return this.#decodeUnusual();
  }

  /** The event that was parsed. Throws the codec's error when something in a value is no message. */
  event(): Event {
    if (this.#decoded !== undefined) return this.#decoded;
    if (this.what !== EventField.SUMMARY || !this.isPlain()) {
      this.#decoded = decodeEvent(this.#bytes.subarray(this.#from, this.#to));
      return this.#decoded;
    }
    const summary: SummaryValue[] = [];
    for (let i = 0; i < this.count; i++) {
      summary.push({ tag: this.names[this.tags[i]!]!, simpleValue: this.numbers[i]! });
    }
    return { wallTime: this.wallTime, step: this.exactStep, summary };
  }

  /** Whether all values are plain numbers without metadata: nearly all events of nearly all runs. */
  isPlain(): boolean {
    for (let i = 0; i < this.count; i++) {
      if (this.forms[i] !== ValueField.SIMPLE_VALUE || this.metadata[i]! >= 0) return false;
    }
    return true;
  }

  #reset(): void {
    this.what = EventField.NONE;
    this.count = 0;
    this.#wallTime[0] = 0;
    this.#stepLow = 0;
    this.#stepHigh = 0;
    this.#decoded = undefined;
  }

  // Wall time, step, and a summary that differs from an earlier one only in its numbers. It is found from its end.
  #parseExpected(from: number, to: number): boolean {
    const summary = to - this.#templates.expected;
    if (summary < from + 9 || this.#bytes[from] !== 0x09) return false;
    this.#at = from + 9;
    this.#stepLow = 0;
    this.#stepHigh = 0;
    if (summary > this.#at) {
      if (this.#bytes[this.#at++] !== 0x10 || !this.#readStep(summary) || this.#at !== summary) return false;
    }
    const count = this.#templates.read(this.#view, summary, this);
    if (count < 0) return false;
    this.#wallTime[0] = this.#view.getFloat64(from + 1, true);
    this.what = EventField.SUMMARY;
    this.count = count;
    this.#decoded = undefined;
    return true;
  }

  #parseUsual(from: number, to: number): boolean {
    const bytes = this.#bytes;
    let hasTime = false;
    let hasStep = false;
    this.#at = from;
    while (this.#at < to) {
      const key = bytes[this.#at++]!;
      if (key === 0x09 && !hasTime && this.#at + 8 <= to) {
        this.#wallTime[0] = this.#view.getFloat64(this.#at, true);
        this.#at += 8;
        hasTime = true;
      } else if (key === 0x10 && !hasStep) {
        if (!this.#readStep(to)) return false;
        hasStep = true;
      } else if ((key === 0x2a || key === 0x22 || key === 0x4a) && this.what === EventField.NONE) {
        this.what = key >> 3;
        const start = this.#at - 1;
        const length = this.#varint(to);
        const end = this.#at + length;
        if (length < 0 || end > to) return false;
        if (key === 0x2a) {
          if (!this.#parseSummary(end)) return false;
          if (end === to) this.#templates.offer(bytes, this.#view, start, to, this);
        }
        this.#at = end;
      } else {
        return false;
      }
    }
    return true;
  }

  #parseSummary(end: number): boolean {
    const bytes = this.#bytes;
    this.#templates.forget();
    while (this.#at < end) {
      if (bytes[this.#at++] !== 0x0a) return false;
      const length = this.#varint(end);
      const valueEnd = this.#at + length;
      if (length < 0 || valueEnd > end) return false;
      if (this.count === this.tags.length) this.#grow();
      this.sizes[this.count] = length;
      if (!this.#parseValue(valueEnd)) return false;
      this.count++;
    }
    return true;
  }

  #parseValue(end: number): boolean {
    const bytes = this.#bytes;
    const i = this.count;
    let tagFrom = -1;
    let tagTo = -1;
    let metadataFrom = -1;
    let metadataTo = -1;
    let form: number = ValueField.NONE;
    let dataFrom = 0;
    let dataTo = 0;
    while (this.#at < end) {
      const key = bytes[this.#at++]!;
      if (key === 0x15) {
        if (form !== ValueField.NONE || this.#at + 4 > end) return false;
        form = ValueField.SIMPLE_VALUE;
        dataFrom = this.#at;
        this.#at += 4;
        continue;
      }
      const length = this.#varint(end);
      const from = this.#at;
      const to = from + length;
      if (length < 0 || to > end) return false;
      this.#at = to;
      if (key === 0x0a && tagFrom < 0) {
        tagFrom = from;
        tagTo = to;
      } else if (key === 0x4a && metadataFrom < 0) {
        metadataFrom = from;
        metadataTo = to;
      } else if (isDataKey(key) && form === ValueField.NONE) {
        form = key >> 3;
        dataFrom = from;
        dataTo = to;
      } else {
        return false;
      }
    }
    const tag = this.#numberOfTag(tagFrom, tagTo);
    if (tag < 0) return false;
    this.tags[i] = tag;
    this.forms[i] = form;
    this.metadata[i] = -1;
    if (metadataFrom >= 0) {
      const number = this.#numberOfMetadata(metadataFrom, metadataTo);
      if (number < 0) return false;
      this.metadata[i] = number;
    }
    this.isScalar[i] = 0;
    if (form === ValueField.SIMPLE_VALUE) {
      this.numbers[i] = this.#view.getFloat32(dataFrom, true);
      this.isScalar[i] = 1;
    } else if (form === ValueField.TENSOR && this.#tensor.read(bytes, this.#view, dataFrom, dataTo)) {
      this.numbers[i] = this.#tensor.number;
      this.isScalar[i] = 1;
    }
    return true;
  }

  /** -1 for bytes that are no UTF-8. */
  #numberOfTag(from: number, to: number): number {
    const place = this.#tagTable.number(this.#bytes, Math.max(from, 0), Math.max(to, 0));
    const known = this.#tagNumbers[place];
    if (known !== undefined) return known;
    const text = this.#tagTable.texts[place];
    const number = text === undefined ? -1 : this.#numberOf(text);
    this.#tagNumbers[place] = number;
    return number;
  }

  #numberOf(name: string): number {
    const known = this.#numberOfName.get(name);
    if (known !== undefined) return known;
    this.names.push(name);
    this.#numberOfName.set(name, this.names.length - 1);
    return this.names.length - 1;
  }

  /** -1 for bytes that are no metadata. */
  #numberOfMetadata(from: number, to: number): number {
    const place = this.#metadataTable.number(this.#bytes, from, to);
    const known = this.#metadataNumbers[place];
    if (known !== undefined) return known;
    const metadata = metadataOf(this.#metadataTable.bytesOf(place));
    const number = metadata === undefined ? -1 : this.metadataList.push(metadata) - 1;
    this.#metadataNumbers[place] = number;
    return number;
  }

  #decodeUnusual(): boolean {
    this.#templates.forget();
    let event: Event;
    try {
      event = decodeEvent(this.#bytes.subarray(this.#from, this.#to));
    } catch {
      return false;
    }
    this.#decoded = event;
    this.#wallTime[0] = event.wallTime;
    const step = BigInt(event.step);
    this.#stepLow = Number(BigInt.asIntN(32, step));
    this.#stepHigh = Number(BigInt.asIntN(32, step >> 32n));
    this.what = fieldOf(event);
    this.sessionStatus = event.sessionLog?.status ?? SessionStatus.UNSPECIFIED;
    for (const value of event.summary ?? []) this.#addDecoded(value, event.summary!.length);
    return true;
  }

  #addDecoded(value: SummaryValue, count: number): void {
    if (this.count === this.tags.length) this.#grow();
    const i = this.count++;
    this.tags[i] = this.#numberOf(value.tag);
    this.forms[i] = formFieldOf(value);
    this.sizes[i] = Math.floor((this.#to - this.#from) / count);
    this.metadata[i] = -1;
    if (value.metadata !== undefined) {
      const bytes = encodeMetadata(value.metadata);
      const place = this.#metadataTable.number(bytes, 0, bytes.length);
      this.#metadataNumbers[place] ??= this.metadataList.push(value.metadata) - 1;
      this.metadata[i] = this.#metadataNumbers[place];
    }
    const number = value.simpleValue ?? (value.tensor && numberIn(value.tensor));
    this.isScalar[i] = number === undefined ? 0 : 1;
    this.numbers[i] = number ?? Number.NaN;
  }

  #grow(): void {
    const size = this.tags.length * 2;
    this.tags = copyTo(new Int32Array(size), this.tags);
    this.forms = copyTo(new Uint8Array(size), this.forms);
    this.isScalar = copyTo(new Uint8Array(size), this.isScalar);
    this.numbers = copyTo(new Float64Array(size), this.numbers);
    this.metadata = copyTo(new Int32Array(size), this.metadata);
    this.sizes = copyTo(new Int32Array(size), this.sizes);
  }

  #readStep(end: number): boolean {
    const bytes = this.#bytes;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70 && this.#at < end; shift += 7) {
      const byte = bytes[this.#at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#stepLow = low;
        this.#stepHigh = high;
        return true;
      }
    }
    return false;
  }

  /** A length; -1 for one that is cut or beyond any buffer. */
  #varint(end: number): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let shift = 0; shift < 28 && this.#at < end; shift += 7) {
      const byte = bytes[this.#at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return -1;
  }
}

/** Of messages and bytes. */
function isDataKey(key: number): boolean {
  return key === 0x42 || key === 0x22 || key === 0x2a || key === 0x32 || key === 0x1a;
}

function metadataOf(bytes: Uint8Array): SummaryMetadata | undefined {
  try {
    return decodeMetadata(bytes);
  } catch {
    return undefined;
  }
}

function copyTo<T extends Int32Array | Uint8Array | Float64Array>(larger: T, old: T): T {
  larger.set(old);
  return larger;
}
