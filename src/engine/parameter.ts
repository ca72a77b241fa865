// What an optimizer changes: numbers, with the gradient of the loss beside them.

import { ArgumentError } from "../errors.js";
import { Operand } from "./operand.js";
import { currentTape, type Var } from "./tape.js";

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

/** A scalar or vector that is trained, after torch's `nn.Parameter`. In a model's `forward` it can be computed with. */
export class Parameter extends Operand {
  readonly data: Vec;
  /** The gradient of the last step's loss; same length and precision. */
  readonly grad: Vec;

  /** `value`: its first value, one number or several. Throws an `ArgumentError`. */
  constructor(value: number | ArrayLike<number>, options: { dtype?: DType } = {}) {
    super();
    const values = typeof value === "number" ? [value] : Array.from(value);
    if (values.length === 0) throw new ArgumentError("value", "at least one number", value);
    const { dtype = "float64" } = options;
    if (dtype !== "float64" && dtype !== "float32")
      throw new ArgumentError("dtype", '"float64" or "float32"', dtype);
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

function notOne(data: Vec): never {
  throw new ArgumentError("parameter", "of length 1", undefined, `${data.length} numbers`);
}
