// The archive's encoder, version 1, frozen: makes an event from its layout and what the columns have of it.

import type { ArchivedValue } from "./analyse-event.js";
import {
  childOf,
  elementBytesIn,
  FieldReader,
  Message,
  NOT_PLAIN,
  packedBytes,
  Role,
  roleOf,
} from "./fields.js";
import { MessageWriter } from "./message-writer.js";

const utf8 = new TextEncoder();

/** Makes events: the layout with what was taken out put back, lengths as short as they can be, everything in the layout's order. */
export class EventEncoder {
  readonly #out = new MessageWriter();
  #step = 0;
  #wallTime = 0;
  #values: readonly ArchivedValue[] = [];
  // The ordinal of the value at hand, and of its next number and piece of data.
  #value = -1;
  #number = 0;
  #piece = 0;
  // Of the tensor or histogram at hand.
  #elementBytes: 4 | 8 | undefined;
  #singles = 0;
  #lists = 0;

  /**
   * The bytes of the event, valid until the next call. `step`: an integer up to 2^53. `values`: those of the layout, in its order. `undefined` for a layout that
   * is none, or values that do not fit it.
   */
  encode(
    layout: Uint8Array,
    step: number,
    wallTime: number,
    values: readonly ArchivedValue[],
  ): Uint8Array | undefined {
    this.#out.clear();
    this.#step = step;
    this.#wallTime = wallTime;
    this.#values = values;
    this.#value = -1;
    try {
      this.#message(Message.EVENT, layout, 0, layout.length);
    } catch (error) {
      if (error === NOT_PLAIN) return undefined;
      throw error;
    }
    if (this.#value + 1 !== values.length) return undefined;
    return this.#out.bytes.subarray(0, this.#out.length);
  }

  #message(message: Message, layout: Uint8Array, from: number, to: number): void {
    const reader = new FieldReader(layout, from, to);
    if (message === Message.HISTO || message === Message.TENSOR) this.#count(message, layout, from, to);
    while (reader.next()) this.#field(message, reader);
  }

  #field(message: Message, reader: FieldReader): void {
    const { key, start, content, end, bytes } = reader;
    const role = roleOf(message, key, this.#elementBytes);
    const out = this.#out;
    if (role === Role.LITERAL || role === Role.METADATA) {
      out.append(bytes, start, end);
      return;
    }
    out.varint(key);
    if (role === Role.WALL_TIME) out.float64(this.#wallTime);
    else if (role === Role.STEP) out.signedVarint(this.#step);
    else if (role === Role.NUMBER) this.#write(this.#nextNumber(), end - content);
    else {
      const opened = out.open();
      if (role === Role.MESSAGE) this.#child(message, key, bytes, content, end);
      else this.#fill(role, packedBytes(message, key, this.#elementBytes));
      out.close(opened);
    }
  }

  #child(message: Message, key: number, layout: Uint8Array, from: number, to: number): void {
    const child = childOf(message, key >>> 3);
    if (child === Message.VALUE) {
      this.#value++;
      this.#number = this.#piece = 0;
      if (this.#value >= this.#values.length) throw NOT_PLAIN;
    } else if (child === Message.TENSOR) {
      this.#elementBytes = elementBytesIn(layout, from, to);
    }
    this.#message(child, layout, from, to);
  }

  // How many numbers stand alone, and how many lists there are, which are of one length.
  #count(message: Message, layout: Uint8Array, from: number, to: number): void {
    this.#singles = this.#lists = 0;
    const reader = new FieldReader(layout, from, to);
    while (reader.next()) {
      const role = roleOf(message, reader.key, this.#elementBytes);
      if (role === Role.NUMBER) this.#singles++;
      else if (role === Role.NUMBERS) this.#lists++;
    }
  }

  #fill(role: Role, size: 4 | 8): void {
    const out = this.#out;
    const { tag, value, text, numbers, data } = this.#values[this.#value]!;
    if (role === Role.TAG) out.append(utf8.encode(tag ?? ""));
    else if (text !== undefined) out.append(utf8.encode(text));
    else if (data !== undefined) out.append(this.#nextPiece(data));
    else if (value !== undefined) this.#write(this.#nextNumber(), size);
    else if (numbers !== undefined) {
      const count = (numbers.length - this.#singles) / this.#lists;
      if (!Number.isInteger(count) || count < 0) throw NOT_PLAIN;
      for (let i = 0; i < count; i++) this.#write(this.#nextNumber(), size);
    } else throw NOT_PLAIN;
  }

  #nextPiece(data: readonly Uint8Array[]): Uint8Array {
    const piece = data[this.#piece++];
    if (piece === undefined) throw NOT_PLAIN;
    return piece;
  }

  #nextNumber(): number {
    const { value, numbers } = this.#values[this.#value]!;
    const i = this.#number++;
    if (numbers === undefined) {
      if (value === undefined || i > 0) throw NOT_PLAIN;
      return value;
    }
    if (i >= numbers.length) throw NOT_PLAIN;
    return numbers[i]!;
  }

  #write(number: number, size: number): void {
    if (size === 4) this.#out.float32(number);
    else this.#out.float64(number);
  }
}
