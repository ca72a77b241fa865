// Takes an event apart: what goes into columns, and the layout, which is what is left.

import { isExact32, isExact64 } from "./exact-numbers.js";
import {
  childOf,
  elementBytesIn,
  FieldReader,
  Message,
  MOST_NUMBERS,
  NOT_PLAIN,
  packedBytes,
  Role,
  roleOf,
  Wire,
} from "./fields.js";
import { MessageWriter } from "./message-writer.js";

/** What the columns have of one value. Of the last four at most one is there. */
export interface ArchivedValue {
  /** `undefined` where the value has none. */
  tag: string | undefined;
  value: number | undefined;
  text: string | undefined;
  numbers: Float64Array | undefined;
  data: Uint8Array[] | undefined;
}

/** What a field of a value says of the dashboard it is for. */
export interface ValueOrigin {
  /** The name in the value's metadata; `undefined` where it has none. */
  readonly pluginName: string | undefined;
  /** The message that has the data; `Message.VALUE` for a plain number or nothing. */
  readonly message: Message;
  readonly hasNumber: boolean;
}

/** Bytes of a record at which a number of a fixed size stands. */
export interface Hole {
  readonly role: typeof Role.WALL_TIME | typeof Role.STEP | typeof Role.NUMBER;
  /** From the event's first byte on. */
  readonly at: number;
  readonly size: number;
  /** The ordinal of the value; -1 for the event's own. */
  readonly value: number;
}

/** An event taken apart. */
export interface AnalysedEvent {
  /** Exact also beyond 2^53. */
  step: number | bigint;
  wallTime: number;
  /** Whether all numbers come back from columns with the bits that they have. */
  isExact: boolean;
  /** The event with all that is in columns emptied. */
  layout: Uint8Array;
  values: ArchivedValue[];
  origins: ValueOrigin[];
  /** Where the numbers stand, in the order of the bytes; `undefined` where something has no fixed size but the step. */
  holes: Hole[] | undefined;
}

/** A longer layout is not worth being one: such an event is kept as it is. */
const MOST_LAYOUT_BYTES = 4096;
const PLUGIN_DATA = 1 * 8 + Wire.BYTES;
const PLUGIN_NAME = 1 * 8 + Wire.BYTES;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Takes events apart; what it returns is valid until the next call but for `layout` and the values, which are of their own. */
export class EventAnalyser {
  readonly #layout = new MessageWriter();
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #from = 0;
  #event: AnalysedEvent = emptyEvent();
  #hasWallTime = false;
  #hasStep = false;
  #hasSummary = false;
  // Of the value at hand.
  #value: ArchivedValue = emptyValue();
  #numbers: number[] = [];
  #payloads: Uint8Array[] = [];
  #isText = true;
  #hasNumbers = false;
  #elementBytes: 4 | 8 | undefined;

  /**
   * The event in `bytes[from, to)`; `undefined` where the layout encoder could not make it: groups, fields that come twice, a layout that is too long. Whether the encoder makes the very same bytes is for the caller to try.
   */
  analyse(bytes: Uint8Array, from: number, to: number): AnalysedEvent | undefined {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#from = from;
    this.#event = emptyEvent();
    this.#hasWallTime = this.#hasStep = this.#hasSummary = false;
    this.#layout.clear();
    try {
      this.#message(Message.EVENT, from, to);
    } catch (error) {
      if (error === NOT_PLAIN) return undefined;
      throw error;
    }
    if (this.#layout.length > MOST_LAYOUT_BYTES) return undefined;
    this.#event.layout = this.#layout.copy();
    return this.#event;
  }

  #message(message: Message, from: number, to: number): void {
    const reader = new FieldReader(this.#bytes, from, to);
    while (reader.next()) this.#field(message, reader);
  }

  #field(message: Message, reader: FieldReader): void {
    const { key, start, content, end } = reader;
    const role = roleOf(message, key, this.#elementBytes);
    const out = this.#layout;
    if (role === Role.LITERAL || role === Role.METADATA) {
      if (end - start > MOST_LAYOUT_BYTES) throw NOT_PLAIN;
      out.append(this.#bytes, start, end);
      if (role === Role.METADATA) this.#origin({ pluginName: pluginNameIn(this.#bytes, content, end) });
      return;
    }
    out.varint(key);
    if (role === Role.MESSAGE) this.#child(message, key, content, end);
    else if (role === Role.WALL_TIME) this.#wallTime(content);
    else if (role === Role.STEP) this.#step(content, end);
    else if (role === Role.NUMBER) this.#number(message, content, end);
    else {
      out.varint(0);
      this.#filled(role, packedBytes(message, key, this.#elementBytes), content, end);
    }
  }

  #child(message: Message, key: number, content: number, end: number): void {
    const child = childOf(message, key >>> 3);
    const out = this.#layout;
    const opened = out.open();
    if (child === Message.VALUE) {
      this.#valueIn(content, end);
    } else {
      if (child === Message.SUMMARY) {
        if (this.#hasSummary) throw NOT_PLAIN;
        this.#hasSummary = true;
      } else {
        this.#origin({ message: child });
        if (child === Message.TENSOR) this.#elementBytes = elementBytesIn(this.#bytes, content, end);
      }
      this.#message(child, content, end);
    }
    out.close(opened);
  }

  #valueIn(from: number, to: number): void {
    this.#value = emptyValue();
    this.#numbers = [];
    this.#payloads = [];
    this.#hasNumbers = false;
    this.#isText = true;
    const event = this.#event;
    event.values.push(this.#value);
    event.origins.push({ pluginName: undefined, message: Message.VALUE, hasNumber: false });
    this.#message(Message.VALUE, from, to);
    if (this.#payloads.length > 0) {
      if (this.#hasNumbers) throw NOT_PLAIN;
      event.holes = undefined;
      this.#placePayloads();
    }
    if (this.#hasNumbers) this.#placeNumbers();
  }

  #placePayloads(): void {
    const [first, ...others] = this.#payloads;
    const text = this.#isText && others.length === 0 ? textOf(first!) : undefined;
    if (text === undefined) this.#value.data = this.#payloads;
    else this.#value.text = text;
  }

  #placeNumbers(): void {
    // A histogram is never a number, though one with zeros left out may have just one.
    if (this.#numbers.length === 1 && this.#event.origins.at(-1)!.message !== Message.HISTO) {
      this.#value.value = this.#numbers[0];
      this.#origin({ hasNumber: true });
    } else {
      this.#value.numbers = Float64Array.from(this.#numbers);
      this.#event.holes = undefined;
    }
  }

  #origin(change: Partial<ValueOrigin>): void {
    const { origins } = this.#event;
    origins[origins.length - 1] = { ...origins.at(-1)!, ...change };
  }

  #wallTime(at: number): void {
    if (this.#hasWallTime) throw NOT_PLAIN;
    this.#hasWallTime = true;
    this.#event.wallTime = this.#float(at, 8);
    this.#hole(Role.WALL_TIME, at, 8, -1);
    this.#layout.zeros(8);
  }

  #step(at: number, end: number): void {
    if (this.#hasStep || end - at > 10) throw NOT_PLAIN;
    this.#hasStep = true;
    this.#event.step = varintAt(this.#bytes, at, end);
    if (typeof this.#event.step === "bigint") this.#event.isExact = false;
    this.#hole(Role.STEP, at, end - at, -1);
    this.#layout.zeros(1);
  }

  #number(message: Message, at: number, end: number): void {
    if (message === Message.VALUE && this.#hasNumbers) throw NOT_PLAIN;
    const size = end - at;
    this.#hole(Role.NUMBER, at, size, this.#event.values.length - 1);
    this.#layout.zeros(size);
    this.#hasNumbers = true;
    this.#numbers.push(this.#float(at, size));
  }

  #filled(role: Role, size: 4 | 8, at: number, end: number): void {
    const value = this.#value;
    if (role === Role.TAG) {
      if (value.tag !== undefined) throw NOT_PLAIN;
      value.tag = textOf(this.#bytes.subarray(at, end));
      if (value.tag === undefined) throw NOT_PLAIN;
      return;
    }
    if (role === Role.NUMBERS) {
      const count = (end - at) / size;
      if (Number.isInteger(count) && count <= MOST_NUMBERS) {
        this.#addNumbers(at, count, size);
        return;
      }
    }
    if (role !== Role.TEXT) this.#isText = false;
    this.#payloads.push(this.#bytes.slice(at, end));
  }

  #addNumbers(at: number, count: number, size: 4 | 8): void {
    this.#hasNumbers = true;
    for (let i = 0; i < count; i++) {
      this.#numbers.push(this.#float(at + i * size, size));
    }
    if (count === 1) this.#hole(Role.NUMBER, at, size, this.#event.values.length - 1);
    else this.#event.holes = undefined;
  }

  #float(at: number, size: number): number {
    const view = this.#view;
    const number = size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
    const isExact = size === 4 ? isExact32(number, view, at) : isExact64(number, view, at);
    if (!isExact) this.#event.isExact = false;
    return number;
  }

  #hole(role: Hole["role"], at: number, size: number, value: number): void {
    this.#event.holes?.push({ role, at: at - this.#from, size, value });
  }
}

function emptyEvent(): AnalysedEvent {
  return { step: 0, wallTime: 0, isExact: true, layout: NO_BYTES, values: [], origins: [], holes: [] };
}

const NO_BYTES = new Uint8Array(0);

function emptyValue(): ArchivedValue {
  return { tag: undefined, value: undefined, text: undefined, numbers: undefined, data: undefined };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A step; a number where it is one exactly. */
function varintAt(bytes: Uint8Array, from: number, to: number): number | bigint {
  if (to - from <= 7) {
    let value = 0;
    for (let i = to - 1; i >= from; i--) value = value * 0x80 + (bytes[i]! & 0x7f);
    return value;
  }
  let value = 0n;
  for (let i = to - 1; i >= from; i--) value = (value << 7n) | BigInt(bytes[i]! & 0x7f);
  const signed = BigInt.asIntN(64, value);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}

/** The plugin's name in a summary's metadata. */
function pluginNameIn(bytes: Uint8Array, from: number, to: number): string | undefined {
  const metadata = new FieldReader(bytes, from, to);
  while (metadata.next()) {
    if (metadata.key !== PLUGIN_DATA) continue;
    const plugin = new FieldReader(bytes, metadata.content, metadata.end);
    while (plugin.next()) {
      if (plugin.key !== PLUGIN_NAME) continue;
      return textOf(bytes.subarray(plugin.content, plugin.end));
    }
  }
  return undefined;
}
