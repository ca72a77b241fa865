// Keeps gradients small (torchbearer/callbacks/gradient_clipping.py; torch/nn/utils/clip_grad.py).

import { ArgumentError } from "../../errors.js";
import type { Callback } from "../callback.js";
import type { Parameter, Vec } from "../parameter.js";
import type { State } from "../state.js";

/** What both have: the gradients of the parameters that are given, or of all of the model's. */
abstract class GradientCallback implements Callback {
  readonly #params: readonly Parameter[] | undefined;
  protected gradients: readonly Vec[] = [];

  constructor(params: Iterable<Parameter> | undefined) {
    // An array, because a generator would give them for one step.
    this.#params = params === undefined ? undefined : [...params];
  }

  onStart(state: State): void {
    this.gradients = (this.#params ?? state.model.parameters()).map(({ grad }) => grad);
  }

  abstract onBackward(state: State): void;
}

/** Sets every number of a gradient to the nearest one in [-clipValue, clipValue], at each training step before the optimizer's. */
export class GradientClipping extends GradientCallback {
  readonly #value: number;

  /** `params`: the model's unless given. Throws an `ArgumentError`. */
  constructor(clipValue: number, params?: Iterable<Parameter>) {
    super(params);
    this.#value = positive("clipValue", clipValue);
  }

  override onBackward(): void {
    const value = this.#value;
    for (const grad of this.gradients) {
      for (let i = 0; i < grad.length; i++) {
        const g = grad[i]!;
        if (g > value) grad[i] = value;
        else if (g < -value) grad[i] = -value;
      }
    }
  }
}

/**
 * Scales the gradients of all parameters by one factor, so that their norm together is `maxNorm` at most, at each training step before the
 * optimizer's. As torch, it divides by the norm and 1e-6, and of a gradient with NaN all becomes NaN.
 */
export class GradientNormClipping extends GradientCallback {
  readonly #maxNorm: number;
  readonly #normType: number;

  /** `normType`: p of the p-norm, above 0; `Infinity`: the largest number. `params`: the model's unless given. Throws an `ArgumentError`. */
  constructor(maxNorm: number, normType = 2, params?: Iterable<Parameter>) {
    super(params);
    this.#maxNorm = positive("maxNorm", maxNorm);
    this.#normType = positive("normType", normType, "a number above 0, or Infinity");
  }

  override onBackward(): void {
    const factor = this.#maxNorm / (this.#norm() + 1e-6);
    // Not `factor < 1`, which NaN is not.
    if (factor >= 1) return;
    for (const grad of this.gradients) {
      for (let i = 0; i < grad.length; i++) grad[i]! *= factor;
    }
  }

  #norm(): number {
    const p = this.#normType;
    let sum = 0;
    for (const grad of this.gradients) {
      for (let i = 0; i < grad.length; i++) {
        const g = grad[i]!;
        if (p === 2) sum += g * g;
        else if (p === Infinity) sum = Math.max(sum, Math.abs(g));
        else sum += Math.abs(g) ** p;
      }
    }
    if (p === Infinity) return sum;
    return p === 2 ? Math.sqrt(sum) : sum ** (1 / p);
  }
}

function positive(argument: string, value: number, expected = "a number above 0"): number {
  if (typeof value !== "number" || !(value > 0)) throw new ArgumentError(argument, expected, value);
  return value;
}
