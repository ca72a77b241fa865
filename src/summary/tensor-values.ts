// The elements of the tensors that dashboards are made of: to raw bytes, and back from any of the forms that writers use.

import { DataType, type Tensor } from "../wire/tensor.js";
import { wellFormed } from "../wire/text.js";
import { sizeOf, type TypedArray } from "./arrays.js";

/** The number types of a file, with how wide they are and how their bytes are read and written. */
interface Format {
  readonly size: number;
  read(view: DataView, at: number): number;
  write(view: DataView, at: number, value: number): void;
}

const FORMATS: Readonly<Record<number, Format>> = {
  [DataType.FLOAT]: {
    size: 4,
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, value) => view.setFloat32(at, value, true),
  },
  [DataType.DOUBLE]: {
    size: 8,
    read: (view, at) => view.getFloat64(at, true),
    write: (view, at, value) => view.setFloat64(at, value, true),
  },
  [DataType.INT32]: {
    size: 4,
    read: (view, at) => view.getInt32(at, true),
    write: (view, at, value) => view.setInt32(at, value, true),
  },
  [DataType.UINT32]: {
    size: 4,
    read: (view, at) => view.getUint32(at, true),
    write: (view, at, value) => view.setUint32(at, value, true),
  },
  [DataType.INT16]: {
    size: 2,
    read: (view, at) => view.getInt16(at, true),
    write: (view, at, value) => view.setInt16(at, value, true),
  },
  [DataType.INT8]: {
    size: 1,
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, value),
  },
  [DataType.UINT8]: {
    size: 1,
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, value),
  },
  [DataType.INT64]: {
    size: 8,
    read: (view, at) => Number(view.getBigInt64(at, true)),
    write: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  },
  [DataType.UINT64]: {
    size: 8,
    read: (view, at) => Number(view.getBigUint64(at, true)),
    write: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  },
  [DataType.BOOL]: {
    size: 1,
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1),
  },
  [DataType.HALF]: {
    size: 2,
    read: (view, at) => fromHalf(view.getUint16(at, true)),
    write: (view, at, value) => view.setUint16(at, toHalf(value), true),
  },
};

/** The elements of a tensor and its shape. */
export interface Elements<T> {
  readonly shape: readonly number[];
  /** Row by row: the last dimension fastest. */
  readonly data: T;
}

/** A tensor of numbers; `dtype` is one of `DataType`, and each number must fit in it. */
export function numberTensor(dtype: number, shape: readonly number[], data: TypedArray): Tensor {
  const { size, write } = FORMATS[dtype] as Format;
  const content = new Uint8Array(size * data.length);
  const view = new DataView(content.buffer);
  for (let i = 0; i < data.length; i++) write(view, size * i, data[i] as number);
  return { dtype, shape, content };
}

/** A tensor of texts. Half a surrogate pair in one becomes U+FFFD. */
export function textTensor(shape: readonly number[], texts: readonly string[]): Tensor {
  const stringVal = texts.map((text) => new TextEncoder().encode(wellFormed(text)));
  return { dtype: DataType.STRING, shape, stringVal };
}

/**
 * The numbers of a tensor: from raw bytes, or from a list, whose last element stands for all that follow. `undefined` when it has
 * no numbers, or not as many as its shape says.
 */
export function numbersOf(tensor: Tensor): Elements<Float64Array> | undefined {
  const { dtype, shape, content } = tensor;
  const format = FORMATS[dtype];
  const count = sizeOf(shape);
  if (format === undefined || !Number.isSafeInteger(count)) return undefined;
  if (content !== undefined) {
    if (content.length !== count * format.size) return undefined;
    const view = new DataView(content.buffer, content.byteOffset, content.length);
    return {
      shape,
      data: Float64Array.from({ length: count }, (_, i) => format.read(view, i * format.size)),
    };
  }
  const list = listOf(tensor);
  if (!canFill(count, list.length)) return undefined;
  const data = new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = Number(list[Math.min(i, list.length - 1)]);
  return { shape, data };
}

/** The byte strings of a tensor; one that stands for several is repeated. `undefined` as for `numbersOf`. */
export function stringsOf(tensor: Tensor): Elements<readonly Uint8Array[]> | undefined {
  const { dtype, shape, stringVal = [] } = tensor;
  const count = sizeOf(shape);
  if (dtype !== DataType.STRING || !canFill(count, stringVal.length)) return undefined;
  if (stringVal.length === count) return { shape, data: stringVal };
  return {
    shape,
    data: Array.from({ length: count }, (_, i) => stringVal[Math.min(i, stringVal.length - 1)]!),
  };
}

/** What a writer of another program may mean by fewer elements than the shape says; no file means more than this. */
const MAX_REPEATED = 1e7;

/** Whether a list can be the elements of a shape: a shape is a few bytes, and must not cost more memory than a file has. */
function canFill(count: number, listed: number): boolean {
  return count === listed || (listed > 0 && listed < count && count <= MAX_REPEATED);
}

function listOf(tensor: Tensor): readonly (number | bigint | boolean)[] {
  const { dtype, floatVal, doubleVal, intVal, int64Val, uint32Val, uint64Val, boolVal, halfVal } = tensor;
  if (dtype === DataType.HALF) return (halfVal ?? []).map(fromHalf);
  return floatVal ?? doubleVal ?? intVal ?? int64Val ?? uint32Val ?? uint64Val ?? boolVal ?? [];
}

/** The number of a half-precision number's 16 bits: sign, 5 bits of exponent, 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The 16 bits of the half-precision number next to this one, of two as near the even one. */
function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  // Half way from the greatest number to the one behind it.
  if (size >= 65_520) return sign | 0x7c00;
  // Below, numbers are as far apart as the least one is from 0.
  const exponent = Math.max(-14, exponentOf(size));
  const steps = roundToEven(size / 2 ** (exponent - 10));
  // With the implied bit of the fraction, which adds one to the exponent; and so does a fraction that was rounded up to the next power.
  return sign | ((exponent + 14) * 1024 + steps);
}

/** The power of two at or below a positive number of at least 2^-1022. */
function exponentOf(size: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  return ((view.getUint16(0) >> 4) & 0x7ff) - 1023;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
