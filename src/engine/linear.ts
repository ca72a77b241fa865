// A layer of a model: a matrix and a vector that are trained (torch/nn/modules/linear.py).

import { ArgumentError } from "../errors.js";
import { checkCount } from "./checks.js";
import { linear } from "./functional.js";
import { Model } from "./model.js";
import type { Operand } from "./operand.js";
import { Parameter, type DType } from "./parameter.js";
import type { Rows } from "./rows.js";
import type { Var } from "./var.js";

/** What draws numbers in [0, 1): a `PyRandom`, which draws the same ones for the same seed, or `Math`. */
export interface RandomSource {
  random(): number;
}

/** How a `Linear` begins. */
export interface LinearOptions {
  /** Draws the first values. All layers of a model may have the same one. */
  readonly random: RandomSource;
  /** Whether a vector is added; true. */
  readonly bias?: boolean;
  /** How the parameters are stored; float64. */
  readonly dtype?: DType;
}

/**
 * `x` times the transpose of `weight`, plus `bias`, after torch's `nn.Linear`: the field of a model, or a model of its own.
 *
 * The first values are drawn evenly from ±1/√`inFeatures`, as torch does: those of `weight` row by row, then those of `bias`.
 */
export class Linear extends Model {
  /** A matrix, `[outFeatures, inFeatures]`. */
  readonly weight: Parameter;
  /** `outFeatures` numbers; undefined without a bias. */
  readonly bias: Parameter | undefined;

  /** `inFeatures`: numbers of a row that comes in, `outFeatures`: of one that goes out; integers from 1. Throws an `ArgumentError`. */
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions) {
    super();
    checkCount("inFeatures", inFeatures, 1);
    checkCount("outFeatures", outFeatures, 1);
    const { random, bias = true, dtype = "float64" } = options;
    if (typeof random?.random !== "function")
      throw new ArgumentError("random", "an object with a method random", random);
    const bound = 1 / Math.sqrt(inFeatures);
    const draw = (length: number): Float64Array =>
      Float64Array.from({ length }, () => -bound + 2 * bound * random.random());
    this.weight = new Parameter(draw(outFeatures * inFeatures), { shape: [outFeatures, inFeatures], dtype });
    this.bias = bias ? new Parameter(draw(outFeatures), { dtype }) : undefined;
  }

  /** A batch or a matrix of `inFeatures` columns gives as many rows of `outFeatures`; a vector gives a vector. Throws as `linear`. */
  override forward(x: Rows | Operand): Var {
    return linear(x, this.weight, this.bias);
  }
}
