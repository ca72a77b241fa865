// Any array of numbers, encode and decode. No dashboard shows it; it is there for programs that read the file.

import { ArgumentError } from "../errors.js";
import { DataClass, type SummaryValue } from "../wire/summary.js";
import { DataType, type Tensor } from "../wire/tensor.js";
import { toArray, type ArrayInput, type TypedArray } from "./arrays.js";
import { elementType, firstElement } from "./element-type.js";
import type { TagDescription } from "./scalar.js";
import { tagMetadata } from "./tag-metadata.js";
import { numbersOf, numberTensor, stringsOf } from "./tensor-values.js";

/** What the elements of a tensor are. */
export type ElementType =
  | "float16"
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint32"
  | "uint64"
  | "bool";

/** The elements of a tensor, row by row, and its shape; 64-bit integers are bigints. */
export interface TensorValue {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: TypedArray | BigInt64Array | BigUint64Array;
}

/** Byte strings, row by row, and their shape. */
export interface StringTensor {
  readonly dtype: "string";
  readonly shape: readonly number[];
  readonly data: readonly Uint8Array[];
}

interface Kind {
  readonly code: number;
  /** The least and the greatest whole number; none for real numbers. */
  readonly range?: readonly [number | bigint, number | bigint];
  /** Holds each element as it is. */
  readonly array: new (elements: Float64Array) => TypedArray;
}

const wholeNumbers = (bits: number, signed: boolean): readonly [number, number] =>
  signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];

const KINDS: Readonly<Record<Exclude<ElementType, "int64" | "uint64">, Kind>> = {
  float16: { code: DataType.HALF, array: Float32Array },
  float32: { code: DataType.FLOAT, array: Float32Array },
  float64: { code: DataType.DOUBLE, array: Float64Array },
  int8: { code: DataType.INT8, range: wholeNumbers(8, true), array: Int8Array },
  int16: { code: DataType.INT16, range: wholeNumbers(16, true), array: Int16Array },
  int32: { code: DataType.INT32, range: wholeNumbers(32, true), array: Int32Array },
  uint8: { code: DataType.UINT8, range: wholeNumbers(8, false), array: Uint8Array },
  uint32: { code: DataType.UINT32, range: wholeNumbers(32, false), array: Uint32Array },
  bool: { code: DataType.BOOL, range: [0, 1], array: Uint8Array },
};

const LONG_KINDS = {
  int64: { code: DataType.INT64, min: -(2n ** 63n), max: 2n ** 63n - 1n },
  uint64: { code: DataType.UINT64, min: 0n, max: 2n ** 64n - 1n },
} as const;

/** Each typed array's elements; 16 bits without a sign have no type in both loaders, and fit into 32. */
const OF_ARRAYS: Readonly<Record<string, ElementType>> = {
  Float16Array: "float16",
  Float32Array: "float32",
  Float64Array: "float64",
  Int8Array: "int8",
  Int16Array: "int16",
  Int32Array: "int32",
  BigInt64Array: "int64",
  Uint8Array: "uint8",
  Uint8ClampedArray: "uint8",
  Uint16Array: "int32",
  Uint32Array: "uint32",
  BigUint64Array: "uint64",
};

/**
 * An array of any shape as a summary value. Its elements are of the type `dtype`; unless given of that of the typed array, int64 for
 * bigints, bool for booleans, and float64 for plain numbers. Real numbers are rounded to it.
 *
 * Throws an `ArgumentError` for rows of different lengths, and for an integer that is none or does not fit.
 */
export function encodeTensor(
  tag: string,
  values: ArrayInput,
  dtype: ElementType = typeOf(values),
  description: TagDescription = {},
): SummaryValue {
  return {
    tag,
    metadata: tagMetadata("tensor", DataClass.TENSOR, description),
    tensor: isLong(dtype) ? longTensor(values, dtype) : shortTensor(values, dtype),
  };
}

/** The elements of a tensor of numbers, whatever plugin it belongs to; `undefined` for every other value. */
export function decodeTensor({ tensor }: SummaryValue): TensorValue | undefined {
  if (tensor === undefined) return undefined;
  const long = Object.entries(LONG_KINDS).find(([, { code }]) => code === tensor.dtype);
  const numbers = numbersOf(tensor);
  if (numbers === undefined) return undefined;
  if (long !== undefined) {
    const dtype = long[0] as keyof typeof LONG_KINDS;
    return { dtype, shape: numbers.shape, data: longElements(tensor, dtype, numbers.data.length) };
  }
  const kind = Object.entries(KINDS).find(([, { code }]) => code === tensor.dtype);
  if (kind === undefined) return undefined;
  const [dtype, { array: TypedElements }] = kind as [ElementType, Kind];
  return { dtype, shape: numbers.shape, data: new TypedElements(numbers.data) };
}

/** The elements of a tensor of byte strings, whatever plugin it belongs to; `undefined` for every other value. */
export function decodeStrings({ tensor }: SummaryValue): StringTensor | undefined {
  const strings = tensor && stringsOf(tensor);
  return strings && { dtype: "string", ...strings };
}

function isLong(dtype: ElementType): dtype is keyof typeof LONG_KINDS {
  return typeof dtype === "string" && Object.hasOwn(LONG_KINDS, dtype);
}

function typeOf(values: ArrayInput): ElementType {
  const array = elementType(values);
  if (array !== undefined && array in OF_ARRAYS) return OF_ARRAYS[array]!;
  const first = firstElement(values);
  if (typeof first === "bigint") return "int64";
  return typeof first === "boolean" ? "bool" : "float64";
}

function shortTensor(values: ArrayInput, dtype: Exclude<ElementType, "int64" | "uint64">): Tensor {
  const kind = typeof dtype === "string" && Object.hasOwn(KINDS, dtype) ? KINDS[dtype] : undefined;
  if (kind === undefined) {
    const known = [...Object.keys(KINDS), ...Object.keys(LONG_KINDS)].join(", ");
    throw new ArgumentError("dtype", `one of ${known}`, dtype);
  }
  const { shape, data } = toArray(values, "values");
  if (kind.range !== undefined) {
    const [min, max] = kind.range;
    const bad = (data as Float64Array).findIndex(
      (value) => !(Number.isInteger(value) && value >= min && value <= max),
    );
    if (bad >= 0) throw outOfRange(bad, data[bad], min, max);
  }
  return numberTensor(kind.code, shape, data);
}

function longTensor(values: ArrayInput, dtype: keyof typeof LONG_KINDS): Tensor {
  const { code, min, max } = LONG_KINDS[dtype];
  // The shape is checked there; the elements would lose what is beyond 2^53.
  const { shape, data } = toArray(values, "values");
  const content = new Uint8Array(8 * data.length);
  const view = new DataView(content.buffer);
  let at = 0;
  for (const value of elementsOf(values)) {
    const whole =
      typeof value === "bigint" ? value : Number.isInteger(Number(value)) ? BigInt(Number(value)) : undefined;
    if (whole === undefined || whole < min || whole > max) throw outOfRange(at / 8, value, min, max);
    view.setBigInt64(at, BigInt.asIntN(64, whole), true);
    at += 8;
  }
  return { dtype: code, shape, content };
}

function* elementsOf(values: unknown): Generator<unknown> {
  if (Array.isArray(values) || ArrayBuffer.isView(values)) {
    for (const value of values as unknown as Iterable<unknown>) yield* elementsOf(value);
  } else if (typeof values === "object" && values !== null && "data" in values) {
    yield* elementsOf(values.data);
  } else yield values;
}

function outOfRange(
  index: number,
  value: unknown,
  min: number | bigint,
  max: number | bigint,
): ArgumentError {
  return new ArgumentError(
    "values",
    `whole numbers from ${min} to ${max}`,
    value,
    `${String(value)} at place ${index}`,
  );
}

function longElements(
  tensor: Tensor,
  dtype: keyof typeof LONG_KINDS,
  count: number,
): BigInt64Array | BigUint64Array {
  const elements = dtype === "int64" ? new BigInt64Array(count) : new BigUint64Array(count);
  const { content, int64Val, uint64Val } = tensor;
  const view = content && new DataView(content.buffer, content.byteOffset, content.length);
  const list = int64Val ?? uint64Val ?? [];
  for (let i = 0; i < count; i++) {
    elements[i] = view?.getBigInt64(8 * i, true) ?? BigInt(list[Math.min(i, list.length - 1)]!);
  }
  return elements;
}
