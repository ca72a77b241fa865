// State dicts as JSON and back, to the last bit: JSON has no typed arrays, no NaN, no -0, no bigint, no undefined.

import { endianness } from "node:os";
import { ArgumentError } from "../errors.js";

/** Marks an object that stands for something else: `{"$":"bigint","value":"12"}`. */
const TAG = "$";

const TYPED_ARRAYS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
} as const;

type TypedArrayName = keyof typeof TYPED_ARRAYS;

/**
 * `value` as JSON text. Null, booleans, strings, numbers of any kind, bigints, `undefined`, arrays, plain objects and typed arrays (as their
 * little-endian bytes in base64) come back as they were. Throws an `ArgumentError` that says where something else is: `name` is what the
 * value is called there.
 */
export function toPlainJson(value: unknown, name: string): string {
  return JSON.stringify(encode(value, name, []));
}

/** What `toPlainJson` made `text` of. Throws a `SyntaxError` for text that it did not make. */
export function fromPlainJson(text: string): unknown {
  return decode(JSON.parse(text));
}

function encode(value: unknown, at: string, parents: readonly object[]): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : tagged("number", numberText(value));
    case "bigint":
      return tagged("bigint", String(value));
    case "undefined":
      return tagged("undefined", null);
    case "object":
      if (value === null) return null;
      break;
    default:
      throw notPlain(at, value);
  }
  if (parents.includes(value)) throw new ArgumentError(at, "without a circle", value);
  if (ArrayBuffer.isView(value)) return encodeBytes(value, at);
  const inner = [...parents, value];
  // `Array.from`, because a hole is skipped by `map`.
  if (Array.isArray(value)) return Array.from(value, (item, i) => encode(item, `${at}[${i}]`, inner));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notPlain(at, value);
  const entries = Object.entries(value).map(([key, item]) => [key, encode(item, `${at}.${key}`, inner)]);
  // An object of the caller's that looks like one of these, or has a key that would be taken for a prototype.
  const isPlain = entries.every(([key]) => key !== TAG && key !== "__proto__");
  return isPlain ? Object.fromEntries(entries) : tagged("object", entries);
}

function decode(json: unknown): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(decode);
  if (!(TAG in json))
    return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, decode(item)]));
  const { [TAG]: type, value } = json as { [TAG]: string; value: unknown };
  switch (type) {
    case "number":
      return Number(value);
    case "bigint":
      return BigInt(value as string);
    case "undefined":
      return undefined;
    case "object":
      return Object.fromEntries((value as [string, unknown][]).map(([key, item]) => [key, decode(item)]));
    default:
      if (!(type in TYPED_ARRAYS)) throw new SyntaxError(`There is no ${type} in a checkpoint`);
      return decodeBytes(type as TypedArrayName, value as string);
  }
}

function tagged(type: string, value: unknown): unknown {
  return { [TAG]: type, value };
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function encodeBytes(view: ArrayBufferView, at: string): unknown {
  // The name by its tag and not by its class, so that a Buffer is the Uint8Array that it is.
  const name = (view as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? "";
  if (!(name in TYPED_ARRAYS)) throw notPlain(at, view);
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return tagged(name, littleEndian(bytes, name as TypedArrayName).toString("base64"));
}

function decodeBytes(name: TypedArrayName, base64: string): unknown {
  const bytes = littleEndian(Buffer.from(base64, "base64"), name);
  // A buffer of its own, since that of small ones is shared and at any place in it.
  return new TYPED_ARRAYS[name](new Uint8Array(bytes).buffer);
}

function littleEndian(bytes: Buffer, name: TypedArrayName): Buffer {
  const size = TYPED_ARRAYS[name].BYTES_PER_ELEMENT;
  if (endianness() === "LE" || size === 1) return bytes;
  const copy = Buffer.from(bytes);
  if (size === 2) return copy.swap16();
  return size === 4 ? copy.swap32() : copy.swap64();
}

function notPlain(at: string, value: unknown): ArgumentError {
  return new ArgumentError(at, "a plain value or a typed array", value);
}
