// Which fields of an Event the archive keeps in columns, and how bytes of messages are read and written.

/** Kinds of fields by what the bytes behind the key are (protobuf encoding). */
export const Wire = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const;

/** The messages in which there is something that the archive keeps in columns. */
export const Message = { EVENT: 0, SUMMARY: 1, VALUE: 2, IMAGE: 3, AUDIO: 4, HISTO: 5, TENSOR: 6 } as const;
export type Message = (typeof Message)[keyof typeof Message];

/** What becomes of a field. */
export const Role = {
  /** It stays in the layout. */
  LITERAL: 0,
  /** It is a message in which there may be more. */
  MESSAGE: 1,
  WALL_TIME: 2,
  STEP: 3,
  TAG: 4,
  /** A number of 4 or 8 bytes. */
  NUMBER: 5,
  /** Numbers of 4 or 8 bytes, one behind the other. */
  NUMBERS: 6,
  /** Bytes: an encoded picture or sound, a tensor's elements. */
  DATA: 7,
  TEXT: 8,
  /** A summary's metadata: it stays, and says which dashboard a value is for. */
  METADATA: 9,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

const { VARINT, FIXED64, BYTES, FIXED32 } = Wire;
const key = (field: number, wire: number): number => field * 8 + wire;

// Field numbers: tensorboard/compat/proto/{event,summary,histogram,tensor}.proto.
const ROLES: readonly ReadonlyMap<number, Role>[] = [
  new Map<number, Role>([
    [key(1, FIXED64), Role.WALL_TIME],
    [key(2, VARINT), Role.STEP],
    [key(5, BYTES), Role.MESSAGE],
  ]),
  new Map<number, Role>([[key(1, BYTES), Role.MESSAGE]]),
  new Map<number, Role>([
    [key(1, BYTES), Role.TAG],
    [key(2, FIXED32), Role.NUMBER],
    [key(4, BYTES), Role.MESSAGE],
    [key(5, BYTES), Role.MESSAGE],
    [key(6, BYTES), Role.MESSAGE],
    [key(8, BYTES), Role.MESSAGE],
    [key(9, BYTES), Role.METADATA],
  ]),
  new Map<number, Role>([[key(4, BYTES), Role.DATA]]),
  new Map<number, Role>([[key(4, BYTES), Role.DATA]]),
  new Map<number, Role>([
    [key(1, FIXED64), Role.NUMBER],
    [key(2, FIXED64), Role.NUMBER],
    [key(3, FIXED64), Role.NUMBER],
    [key(4, FIXED64), Role.NUMBER],
    [key(5, FIXED64), Role.NUMBER],
    [key(6, FIXED64), Role.NUMBER],
    [key(7, FIXED64), Role.NUMBER],
    [key(6, BYTES), Role.NUMBERS],
    [key(7, BYTES), Role.NUMBERS],
  ]),
  new Map<number, Role>([
    // Of floats and doubles; of other types DATA.
    [key(4, BYTES), Role.NUMBERS],
    [key(5, BYTES), Role.NUMBERS],
    [key(5, FIXED32), Role.NUMBER],
    [key(6, BYTES), Role.NUMBERS],
    [key(6, FIXED64), Role.NUMBER],
    [key(7, BYTES), Role.DATA],
    [key(8, BYTES), Role.TEXT],
    [key(10, BYTES), Role.DATA],
    [key(11, BYTES), Role.DATA],
    [key(13, BYTES), Role.DATA],
    [key(16, BYTES), Role.DATA],
    [key(17, BYTES), Role.DATA],
  ]),
];

const CHILDREN: ReadonlyMap<number, Message> = new Map<number, Message>([
  [Message.EVENT * 256 + 5, Message.SUMMARY],
  [Message.SUMMARY * 256 + 1, Message.VALUE],
  [Message.VALUE * 256 + 4, Message.IMAGE],
  [Message.VALUE * 256 + 5, Message.HISTO],
  [Message.VALUE * 256 + 6, Message.AUDIO],
  [Message.VALUE * 256 + 8, Message.TENSOR],
]);

/**
 * What becomes of the field with this key (its number times 8 and its wire type). `elementBytes`: of the tensor that it is in, as `elementBytesIn`.
 */
export function roleOf(message: Message, fieldKey: number, elementBytes: 4 | 8 | undefined): Role {
  if (message === Message.TENSOR && fieldKey === TENSOR_CONTENT_KEY && elementBytes === undefined)
    return Role.DATA;
  return ROLES[message]!.get(fieldKey) ?? Role.LITERAL;
}

/** The message that a field of role `MESSAGE` has. */
export function childOf(message: Message, field: number): Message {
  return CHILDREN.get(message * 256 + field)!;
}

const TENSOR_CONTENT_KEY = key(4, BYTES);
const FLOAT_VAL_KEY = key(5, BYTES);
const DTYPE_KEY = key(1, VARINT);
const DT_FLOAT = 1;
const DT_DOUBLE = 2;

/** The bytes of an element in a tensor's `tensor_content`, if its type is one of those whose elements are numbers in columns. */
export function elementBytesIn(tensor: Uint8Array, from: number, to: number): 4 | 8 | undefined {
  const reader = new FieldReader(tensor, from, to);
  while (reader.next()) {
    if (reader.key !== DTYPE_KEY) continue;
    const type = tensor[reader.content]!;
    return type === DT_FLOAT ? 4 : type === DT_DOUBLE ? 8 : undefined;
  }
  return undefined;
}

/** The bytes of each number in a field of role `NUMBERS`. */
export function packedBytes(message: Message, fieldKey: number, elementBytes: 4 | 8 | undefined): 4 | 8 {
  if (message === Message.HISTO) return 8;
  if (fieldKey === TENSOR_CONTENT_KEY) return elementBytes!;
  return fieldKey === FLOAT_VAL_KEY ? 4 : 8;
}

/** More numbers of one tensor stay bytes. */
export const MOST_NUMBERS = 65_536;

/** The fields of a message, one after another. */
export class FieldReader {
  /** Of the current field: its key, and where it begins, where what is behind the key (and a length) begins, and where it ends. */
  key = 0;
  start = 0;
  content = 0;
  end = 0;
  readonly bytes: Uint8Array;
  readonly #to: number;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.bytes = bytes;
    this.end = from;
    this.#to = to;
  }

  /** Goes to the next field. False at the end of the message; throws `NOT_PLAIN` where there is none. */
  next(): boolean {
    if (this.end >= this.#to) return false;
    this.start = this.end;
    this.content = this.start;
    this.key = this.#varint();
    switch (this.key & 7) {
      case VARINT:
        this.end = this.content;
        while (this.end < this.#to && this.bytes[this.end]! >= 0x80) this.end++;
        this.end++;
        break;
      case FIXED64:
        this.end = this.content + 8;
        break;
      case FIXED32:
        this.end = this.content + 4;
        break;
      case BYTES: {
        const length = this.#varint();
        this.end = this.content + length;
        break;
      }
      default:
        throw NOT_PLAIN;
    }
    if (this.end > this.#to) throw NOT_PLAIN;
    return true;
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (this.content >= this.#to) throw NOT_PLAIN;
      const byte = this.bytes[this.content++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    // Five bytes: up to 2^31.
    const byte = this.bytes[this.content++] ?? 0xff;
    if (byte > 0x07) throw NOT_PLAIN;
    return value + byte * 2 ** 28;
  }
}

/** Thrown for bytes that the layout encoder does not make: such a record is kept as it is. */
export const NOT_PLAIN = new Error("not a plain event");
