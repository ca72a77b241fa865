// Adamax (torch/optim/adamax.py).

import { zerosLike, type Vec } from "../parameter.js";
import { checkBetas, checkFromZero } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { power } from "./power.js";
import { chain, type Rule } from "./rule.js";
import { gradientRules, scaleByLearningRate } from "./rules.js";

/** PyTorch's options, in camelCase. */
export interface AdamaxOptions {
  /** Learning rate, 2e-3. */
  readonly lr?: number;
  /** How much of the running mean of the gradient and of its greatest size is kept at each step, (0.9, 0.999). */
  readonly betas?: readonly [number, number];
  /** Added to the size of each gradient, 1e-8. */
  readonly eps?: number;
  /** Added to the gradient as this times the parameter, 0. */
  readonly weightDecay?: number;
  readonly maximize?: boolean;
}

const DEFAULTS: Required<AdamaxOptions> = {
  lr: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  maximize: false,
};

/**
 * Adam with the greatest gradient in place of the root of the mean square (Kingma and Ba, "Adam", ICLR 2015, section 7.1), with PyTorch's
 * names, defaults and arithmetic.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too.
 */
export function Adamax(params: Params<AdamaxOptions>, options: AdamaxOptions = {}): Optimizer {
  return optimizer(
    "Adamax",
    params as Params<Required<AdamaxOptions>>,
    { ...DEFAULTS, ...options },
    (group, own) => {
      checkBetas(own.betas);
      checkFromZero(own, "eps", "weightDecay");
      return chain(...gradientRules(own), scaleByAdamax(own), scaleByLearningRate(group));
    },
  );
}

/** What `scaleByAdamax` takes. */
export interface ScaleByAdamaxOptions {
  readonly betas: readonly [number, number];
  readonly eps: number;
}

/**
 * n = max(β₂ n, |g| + eps), u = m̂ / n, with m the running mean of the gradient, corrected for its start at 0.
 *
 * State: `expAvg` (m), `expInf` (n) and `beta1Product`, the power of the first beta.
 */
export function scaleByAdamax(options: ScaleByAdamaxOptions): Rule {
  return new ScaleByAdamax(options);
}

class ScaleByAdamax implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #eps: number;
  #m: Vec = new Float64Array(0);
  #norm: Vec = new Float64Array(0);
  readonly #product = new Float64Array([1]);

  constructor({ betas, eps }: ScaleByAdamaxOptions) {
    [this.#beta1, this.#beta2] = betas;
    this.#eps = eps;
  }

  init(x: Vec): void {
    this.#m = this.state["expAvg"] = zerosLike(x);
    this.#norm = this.state["expInf"] = zerosLike(x);
    this.state["beta1Product"] = this.#product;
  }

  update(u: Vec): void {
    const m = this.#m;
    const norm = this.#norm;
    const beta1 = this.#beta1;
    const beta2 = this.#beta2;
    const eps = this.#eps;
    this.#product[0] = power(this.#product[0]! * beta1);
    const correction = 1 - this.#product[0]!;
    for (let i = 0; i < u.length; i++) {
      const g = u[i]!;
      m[i]! += (1 - beta1) * (g - m[i]!);
      norm[i] = Math.max(beta2 * norm[i]!, Math.abs(g) + eps);
      u[i] = m[i]! / correction / norm[i]!;
    }
  }
}
