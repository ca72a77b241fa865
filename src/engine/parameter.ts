// What an optimizer changes: numbers, with the gradient of the loss beside them.

import { ArgumentError } from "../errors.js";
import { Operand } from "./operand.js";
import { currentTape } from "./tape.js";
import type { Var } from "./var.js";

/** A vector of a run's precision. */
export type Vec = Float64Array | Float32Array;

/** How numbers are stored; arithmetic is always in float64. */
export type DType = "float64" | "float32";

/** `length` zeros of a precision. */
export function zeros(dtype: DType, length: number): Vec {
  return dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
}

/** `length` zeros of the same precision as `like`. */
export function zerosLike(like: Vec): Vec {
  return like instanceof Float64Array ? new Float64Array(like.length) : new Float32Array(like.length);
}

/** How a parameter is stored. */
export interface ParameterOptions {
  /** float64 unless set. */
  readonly dtype?: DType;
  /** One size or two, whose product is the number of values; `[rows, columns]` makes a matrix, given row by row. A vector unless set. */
  readonly shape?: readonly number[];
}

/** A scalar, vector or matrix that is trained, after torch's `nn.Parameter`. In a model's `forward` it can be computed with. */
export class Parameter extends Operand {
  /** The values, row by row. */
  readonly data: Vec;
  /** `[]` of a number that was given as one. */
  readonly shape: readonly number[];
  /** The gradient of the last step's loss; same length and precision. */
  readonly grad: Vec;

  /** `value`: its first value, one number or several. Throws an `ArgumentError`. */
  constructor(value: number | ArrayLike<number>, options: ParameterOptions = {}) {
    super();
    const values = typeof value === "number" ? [value] : Array.from(value);
    if (values.length === 0) throw new ArgumentError("value", "at least one number", value);
    const { dtype = "float64" } = options;
    if (dtype !== "float64" && dtype !== "float32")
      throw new ArgumentError("dtype", '"float64" or "float32"', dtype);
    this.shape = checkShape(
      options.shape ?? (typeof value === "number" ? [] : [values.length]),
      values.length,
    );
    this.data = zeros(dtype, values.length);
    this.data.set(values);
    this.grad = zerosLike(this.data);
  }

  /** The number of a parameter of length 1. */
  item(): number {
    return this.data.length === 1 ? this.data[0]! : notOne(this.data);
  }

  /** This parameter on the tape of the step that is being computed. */
  override node(): Var {
    return currentTape().leaf(this);
  }
}

function checkShape(shape: readonly number[], length: number): readonly number[] {
  const isShape =
    Array.isArray(shape) && shape.length < 3 && shape.every((size) => Number.isSafeInteger(size) && size > 0);
  if (!isShape || shape.reduce((product, size) => product * size, 1) !== length) {
    const got = isShape ? `[${shape.join(", ")}]` : undefined;
    throw new ArgumentError("shape", `one size or two, with room for ${length} values`, shape, got);
  }
  return [...shape];
}

function notOne(data: Vec): never {
  throw new ArgumentError("parameter", "of length 1", undefined, `${data.length} numbers`);
}
