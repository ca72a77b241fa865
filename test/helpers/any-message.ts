// Messages as no sane program encodes an Event: fields in any order, twice, unknown, of a wrong type, with varints that are longer than they must be.
import * as fc from "fast-check";
import { concat } from "./bytes.js";

/** A varint in `size` more bytes than it needs. */
function varint(value: bigint, more: number): Uint8Array {
  const digits: number[] = [];
  for (let rest = BigInt.asUintN(64, value); digits.length === 0 || rest > 0n; rest >>= 7n) {
    digits.push(Number(rest & 0x7fn));
  }
  for (let i = 0; i < more && digits.length < 10; i++) digits.push(0);
  return Uint8Array.from(digits, (digit, i) => (i < digits.length - 1 ? digit | 0x80 : digit));
}

const number64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 300n }),
  fc.bigInt({ min: 2n ** 53n - 2n, max: 2n ** 53n + 2n }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const more = fc.oneof({ weight: 30, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 }));
/** Bytes of a float or a double; also such of NaN that no arithmetic gives. */
const fixed = (size: number) =>
  fc.oneof(
    fc.uint8Array({ minLength: size, maxLength: size }),
    fc.constantFrom(...["0000c07f", "0100a07f", "0000c0ff", "010080ff", "00000080"]).map((hex) => {
      const end = Buffer.from(hex, "hex");
      return concat(new Uint8Array(size - 4), end);
    }),
  );
const text = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom("loss", "scalars", "", "brain.Event:2", "ü").map((each) => Buffer.from(each)),
  },
  fc.uint8Array({ maxLength: 6 }),
);

function sized(data: Uint8Array, size: number): Uint8Array {
  return concat(varint(BigInt(data.length), size), data);
}

const number = fc.tuple(number64, more).map(([value, size]) => varint(value, size));
const junk = fc.oneof(
  fc.tuple(fc.constant(0), number),
  fc.tuple(fc.constant(1), fixed(8)),
  fc.tuple(
    fc.constant(2),
    fc.tuple(text, more).map(([data, size]) => sized(data, size)),
  ),
  fc.tuple(fc.constant(5), fixed(4)),
);
/** Fields that no message has, and those of another type than the message's. */
const strangeField = fc
  .tuple(fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constantFrom(11, 15, 16, 500)), more, junk)
  .map(([its, size, [type, data]]) => fieldOf(its, type, data, size));

/** Field numbers, and what stands there: a type, or a message. */
interface Fields {
  readonly [field: string]: keyof typeof WIRE_TYPES | Fields;
}

const WIRE_TYPES = { varint: 0, fixed64: 1, text: 2, fixed32: 5 } as const;
const METADATA: Fields = { 1: { 1: "text", 2: "text" }, 2: "text", 3: "text", 4: "varint" };
const TENSOR: Fields = {
  1: "varint",
  2: { 2: { 1: "varint" } },
  4: "text",
  5: "fixed32",
  6: "fixed64",
  8: "text",
};
const VALUE: Fields = { 1: "text", 2: "fixed32", 7: "text", 8: TENSOR, 9: METADATA };
const EVENT: Fields = {
  1: "fixed64",
  2: "varint",
  3: "text",
  5: { 1: VALUE },
  7: { 1: "varint" },
  10: { 1: "text" },
};

function fieldOf(its: number, type: number, data: Uint8Array, size: number): Uint8Array {
  return concat(varint(BigInt(its * 8 + type), size), data);
}

/** A message with some of these fields, in any order. */
function messageOf(fields: Fields): fc.Arbitrary<Uint8Array> {
  const known = Object.entries(fields).map(([its, content]) => {
    const data = dataOf(content);
    const type = typeof content === "string" ? WIRE_TYPES[content] : 2;
    return fc.tuple(data, more).map(([bytes, size]) => fieldOf(Number(its), type, bytes, size));
  });
  const field = fc.oneof(
    { weight: 40, arbitrary: fc.oneof(...known) },
    { weight: 1, arbitrary: strangeField },
  );
  return fc.array(field, { minLength: 1, maxLength: 5 }).map((all) => concat(...all));
}

function dataOf(content: Fields[string]): fc.Arbitrary<Uint8Array> {
  if (content === "varint") return number;
  if (content === "fixed32") return fixed(4);
  if (content === "fixed64") return fixed(8);
  const inner: fc.Arbitrary<Uint8Array> = content === "text" ? text : messageOf(content);
  return fc.tuple(inner, more).map(([data, size]) => sized(data, size));
}

/** Bytes that are a message of protobuf, and often a strange Event. */
export const anyMessage: fc.Arbitrary<Uint8Array> = messageOf(EVENT);
