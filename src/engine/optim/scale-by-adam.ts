// Adam's direction, and AMSGrad's.

import { zerosLike, type Vec } from "../parameter.js";
import { power } from "./power.js";
import type { Rule } from "./rule.js";

/** What `scaleByAdam` takes; all are required here, defaults are `Adam`'s. */
export interface ScaleByAdamOptions {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly amsgrad: boolean;
}

/**
 * u = m̂ / (√v̂ + eps), with m and v the running means of the gradient and its square, and both corrected for their start at 0 (Kingma and
 * Ba, "Adam", ICLR 2015). With `amsgrad` the greatest v so far takes v's place, corrected after the maximum as in PyTorch
 * (torch/optim/adam.py, `_single_tensor_adam`).
 *
 * State: `expAvg` (m), `expAvgSq` (v), `maxExpAvgSq` with `amsgrad`, and `betaProducts`, the powers of the two betas.
 */
export function scaleByAdam(options: ScaleByAdamOptions): Rule {
  return new ScaleByAdam(options);
}

class ScaleByAdam implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #eps: number;
  readonly #amsgrad: boolean;
  #m: Vec = new Float64Array(0);
  #v: Vec = new Float64Array(0);
  #max: Vec | undefined;
  // Always float64: what is left of a power after a million float32 roundings is not the power.
  readonly #products = new Float64Array([1, 1]);

  constructor(options: ScaleByAdamOptions) {
    [this.#beta1, this.#beta2] = options.betas;
    this.#eps = options.eps;
    this.#amsgrad = options.amsgrad;
  }

  init(x: Vec): void {
    this.#m = zerosLike(x);
    this.#v = zerosLike(x);
    Object.assign(this.state, { expAvg: this.#m, expAvgSq: this.#v, betaProducts: this.#products });
    if (this.#amsgrad) this.#max = this.state["maxExpAvgSq"] = zerosLike(x);
  }

  update(u: Vec): void {
    const m = this.#m;
    const v = this.#v;
    const max = this.#max;
    const products = this.#products;
    const beta1 = this.#beta1;
    const beta2 = this.#beta2;
    const eps = this.#eps;
    products[0] = power(products[0]! * beta1);
    products[1] = power(products[1]! * beta2);
    const correction1 = 1 - products[0]!;
    const correction2 = Math.sqrt(1 - products[1]!);
    for (let i = 0; i < u.length; i++) {
      const g = u[i]!;
      m[i]! += (1 - beta1) * (g - m[i]!);
      v[i] = v[i]! * beta2 + (1 - beta2) * g * g;
      // Math.max, because a NaN must stay one.
      const square = max === undefined ? v[i]! : (max[i] = Math.max(max[i]!, v[i]!));
      u[i] = m[i]! / correction1 / (Math.sqrt(square) / correction2 + eps);
    }
  }
}
