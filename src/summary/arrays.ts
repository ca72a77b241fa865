// Numbers as a program has them, nested or typed, as one shape and one flat array.

import { ArgumentError } from "../errors.js";

/** Any array of JavaScript whose elements are numbers. */
export type TypedArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | Uint8ClampedArray;

/** Elements in their order, the last dimension fastest, and the sizes of the dimensions; `[]` for a single number. */
export interface NumericArray {
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/**
 * One number, or numbers in arrays of any depth whose rows are equally long; `true` is 1, `false` 0. Or a flat array with its
 * shape, such as `{ shape: [2, 3], data }`. 64-bit integers become the nearest number.
 */
export type ArrayInput =
  | number
  | bigint
  | boolean
  | TypedArray
  | BigInt64Array
  | BigUint64Array
  | readonly ArrayInput[]
  | { readonly shape: readonly number[]; readonly data: FlatInput };

/** Numbers in a row. */
export type FlatInput = TypedArray | BigInt64Array | BigUint64Array | readonly (number | bigint | boolean)[];

/**
 * The shape of `input` and its elements: a typed array of numbers is given as it is, never copied; everything else becomes a new
 * Float64Array. Without elements the shape ends at the first dimension of size 0.
 *
 * Throws an `ArgumentError` that names the place, as `values[1][2]`, when rows differ in length or an element is no number.
 */
export function toArray(input: ArrayInput, argument = "values"): NumericArray {
  const typed = asTypedArray(input);
  if (typed !== undefined) return { shape: [typed.length], data: typed };
  if (Array.isArray(input)) return fromNested(input, argument);
  if (isNumeric(input)) return { shape: [], data: Float64Array.of(Number(input)) };
  if (typeof input === "object" && input !== null && "shape" in input && "data" in input) {
    return withShape(input.shape, input.data, argument);
  }
  throw new ArgumentError(argument, "a number, or numbers in an array", input);
}

/** `toArray` for what has one dimension. Throws an `ArgumentError` for any other. */
export function toVector(input: ArrayInput, argument: string): TypedArray {
  const { shape, data } = toArray(input, argument);
  if (shape.length !== 1) {
    throw new ArgumentError(argument, "a flat array of numbers", input, describeShape(shape));
  }
  return data;
}

/** `an array of shape [2, 3]`, or `a single number`. */
export function describeShape(shape: readonly number[]): string {
  return shape.length === 0 ? "a single number" : `an array of shape [${shape.join(", ")}]`;
}

/** How many elements an array of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

function withShape(shape: unknown, flat: unknown, argument: string): NumericArray {
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new ArgumentError(`${argument}.shape`, "a list of sizes, integers from 0", shape);
  }
  const name = `${argument}.data`;
  const data = asTypedArray(flat) ?? (Array.isArray(flat) ? fromFlat(flat, name) : undefined);
  if (data === undefined) throw new ArgumentError(name, "a flat array of numbers", flat);
  if (data.length !== sizeOf(shape)) {
    const expected = `${sizeOf(shape)} numbers, for shape [${shape.join(", ")}]`;
    throw new ArgumentError(name, expected, flat, String(data.length));
  }
  return { shape: [...(shape as number[])], data };
}

/** Typed arrays that this language version does not name yet pass too, when their elements are numbers. */
function asTypedArray(input: unknown): TypedArray | undefined {
  if (!ArrayBuffer.isView(input) || !("length" in input)) return undefined;
  if (isBigIntArray(input)) return Float64Array.from(input as Iterable<bigint>, Number);
  return input as TypedArray;
}

function isBigIntArray(view: ArrayBufferView): view is BigInt64Array | BigUint64Array {
  const name = (view as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag];
  return name === "BigInt64Array" || name === "BigUint64Array";
}

function isNumeric(value: unknown): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

function fromFlat(input: readonly unknown[], argument: string): Float64Array {
  const data = new Float64Array(input.length);
  for (let i = 0; i < data.length; i++) {
    const value = input[i];
    if (typeof value === "number") data[i] = value;
    else if (isNumeric(value)) data[i] = Number(value);
    else throw new ArgumentError(`${argument}[${i}]`, "a number", value);
  }
  return data;
}

/** No array of a program is deeper; one that contains itself is. */
const MAX_DEPTH = 32;

function fromNested(input: readonly unknown[], argument: string): NumericArray {
  const shape = shapeOf(input, argument);
  if (shape.length === 1) return { shape, data: fromFlat(input, argument) };
  const data = new Float64Array(sizeOf(shape));
  fill(input, 0, { argument, shape, data, at: 0, place: [] });
  return { shape, data };
}

/** Read from the first element of each dimension; `fill` compares the others. */
function shapeOf(input: readonly unknown[], argument: string): number[] {
  const shape: number[] = [];
  for (let part: unknown = input; ; part = (part as ArrayLike<unknown>)[0]) {
    const length = lengthOf(part);
    if (length === undefined) return shape;
    if (shape.length === MAX_DEPTH) {
      throw new ArgumentError(argument, `an array of at most ${MAX_DEPTH} dimensions`, input);
    }
    shape.push(length);
    if (length === 0) return shape;
  }
}

function lengthOf(part: unknown): number | undefined {
  if (Array.isArray(part)) return part.length;
  return ArrayBuffer.isView(part) && "length" in part ? (part.length as number) : undefined;
}

interface Target {
  readonly argument: string;
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** Where the next element goes. */
  at: number;
  /** The index in each dimension above. */
  readonly place: number[];
}

function fill(part: unknown, depth: number, target: Target): void {
  const { shape, data, place } = target;
  const length = lengthOf(part);
  if (length === undefined || length !== shape[depth]) {
    const expected = `an array of ${shape[depth]}, like the ones before it`;
    const got = length === undefined ? undefined : `an array of ${length}`;
    throw new ArgumentError(nameOf(target, depth), expected, part, got);
  }
  const isLast = depth === shape.length - 1;
  const typed = isLast ? asTypedArray(part) : undefined;
  if (typed !== undefined) {
    data.set(typed, target.at);
    target.at += length;
    return;
  }
  const elements = part as ArrayLike<unknown>;
  for (let i = 0; i < length; i++) {
    const element = elements[i];
    place[depth] = i;
    if (!isLast) fill(element, depth + 1, target);
    else if (isNumeric(element)) data[target.at++] = Number(element);
    else throw new ArgumentError(nameOf(target, depth + 1), "a number, like the ones before it", element);
  }
}

function nameOf({ argument, place }: Target, depth: number): string {
  return (
    argument +
    place
      .slice(0, depth)
      .map((i) => `[${i}]`)
      .join("")
  );
}
