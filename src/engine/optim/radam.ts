// RAdam (torch/optim/radam.py).

import { zerosLike, type Vec } from "../parameter.js";
import { checkBetas, checkFromZero } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { power } from "./power.js";
import { chain, type Rule } from "./rule.js";
import { addDecayedWeights, decayWeights, gradientRules, scaleByLearningRate } from "./rules.js";

/** PyTorch's options, in camelCase. */
export interface RAdamOptions {
  /** Learning rate, 1e-3. */
  readonly lr?: number;
  /** How much of the running means of the gradient and of its square is kept at each step, (0.9, 0.999). */
  readonly betas?: readonly [number, number];
  /** Added to the denominator, 1e-8. */
  readonly eps?: number;
  /** 0. */
  readonly weightDecay?: number;
  /** Weight decay beside the gradient, as `AdamW`'s, and not as a part of it. */
  readonly decoupledWeightDecay?: boolean;
  readonly maximize?: boolean;
}

const DEFAULTS: Required<RAdamOptions> = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  decoupledWeightDecay: false,
  maximize: false,
};

/**
 * Rectified Adam, which begins as a running mean of the gradient and becomes Adam as its second mean is worth more (Liu et al., "On the
 * Variance of the Adaptive Learning Rate and Beyond", ICLR 2020), with PyTorch's names, defaults and arithmetic.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too.
 */
export function RAdam(params: Params<RAdamOptions>, options: RAdamOptions = {}): Optimizer {
  return optimizer(
    "RAdam",
    params as Params<Required<RAdamOptions>>,
    { ...DEFAULTS, ...options },
    (group, own) => {
      checkBetas(own.betas);
      checkFromZero(own, "eps", "weightDecay");
      return chain(
        ...gradientRules(own, (rate) =>
          own.decoupledWeightDecay ? decayWeights(group, rate) : addDecayedWeights(rate),
        ),
        scaleByRAdam(own),
        scaleByLearningRate(group),
      );
    },
  );
}

/** What `scaleByRAdam` takes. */
export interface ScaleByRAdamOptions {
  readonly betas: readonly [number, number];
  readonly eps: number;
}

/**
 * With m and v the running means of the gradient and its square, ρ∞ = 2 / (1 - β₂) - 1 and ρ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ):
 *
 * - u = m̂, while ρ is at most 5;
 * - u = r m̂ √(1 - β₂ᵗ) / (√v + eps), then, with r² = (ρ - 4) (ρ - 2) ρ∞ / ((ρ∞ - 4) (ρ∞ - 2) ρ).
 *
 * State: `expAvg` (m), `expAvgSq` (v), `step` (t) and `betaProducts`, the powers of the two betas.
 */
export function scaleByRAdam(options: ScaleByRAdamOptions): Rule {
  return new ScaleByRAdam(options);
}

class ScaleByRAdam implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #eps: number;
  readonly #rhoInf: number;
  #m: Vec = new Float64Array(0);
  #v: Vec = new Float64Array(0);
  readonly #step = new Float64Array(1);
  readonly #products = new Float64Array([1, 1]);

  constructor({ betas, eps }: ScaleByRAdamOptions) {
    [this.#beta1, this.#beta2] = betas;
    this.#eps = eps;
    this.#rhoInf = 2 / (1 - this.#beta2) - 1;
  }

  init(x: Vec): void {
    this.#m = this.state["expAvg"] = zerosLike(x);
    this.#v = this.state["expAvgSq"] = zerosLike(x);
    this.state["step"] = this.#step;
    this.state["betaProducts"] = this.#products;
  }

  update(u: Vec): void {
    const m = this.#m;
    const v = this.#v;
    const products = this.#products;
    const beta1 = this.#beta1;
    const beta2 = this.#beta2;
    const eps = this.#eps;
    const rhoInf = this.#rhoInf;
    this.#step[0]! += 1;
    products[0] = power(products[0]! * beta1);
    products[1] = power(products[1]! * beta2);
    const correction1 = 1 - products[0]!;
    const correction2 = 1 - products[1]!;
    const rho = rhoInf - (2 * this.#step[0]! * products[1]!) / correction2;
    const isRectified = rho > 5;
    const scale = isRectified
      ? Math.sqrt((((rho - 4) * (rho - 2) * rhoInf) / ((rhoInf - 4) * (rhoInf - 2) * rho)) * correction2)
      : 1;
    for (let i = 0; i < u.length; i++) {
      const g = u[i]!;
      m[i]! += (1 - beta1) * (g - m[i]!);
      v[i] = v[i]! * beta2 + (1 - beta2) * g * g;
      const mean = m[i]! / correction1;
      u[i] = isRectified ? (mean * scale) / (Math.sqrt(v[i]!) + eps) : mean;
    }
  }
}
