// NAdam (torch/optim/nadam.py).

import { zerosLike, type Vec } from "../parameter.js";
import { checkBetas, checkFromZero } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { power } from "./power.js";
import { chain, type Rule } from "./rule.js";
import { addDecayedWeights, decayWeights, gradientRules, scaleByLearningRate } from "./rules.js";

/** PyTorch's options, in camelCase. */
export interface NAdamOptions {
  /** Learning rate, 2e-3. */
  readonly lr?: number;
  /** How much of the running means of the gradient and of its square is kept at each step, (0.9, 0.999). */
  readonly betas?: readonly [number, number];
  /** Added to the denominator, 1e-8. */
  readonly eps?: number;
  /** 0. */
  readonly weightDecay?: number;
  /** How fast the momentum rises from half of the first beta to all of it, 4e-3. */
  readonly momentumDecay?: number;
  /** Weight decay beside the gradient, as `AdamW`'s, and not as a part of it. */
  readonly decoupledWeightDecay?: boolean;
  readonly maximize?: boolean;
}

const DEFAULTS: Required<NAdamOptions> = {
  lr: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  momentumDecay: 4e-3,
  decoupledWeightDecay: false,
  maximize: false,
};

/**
 * Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov Momentum into Adam", ICLR 2016 workshop), with PyTorch's names, defaults
 * and arithmetic.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too.
 */
export function NAdam(params: Params<NAdamOptions>, options: NAdamOptions = {}): Optimizer {
  return optimizer(
    "NAdam",
    params as Params<Required<NAdamOptions>>,
    { ...DEFAULTS, ...options },
    (group, own) => {
      checkBetas(own.betas);
      checkFromZero(own, "eps", "weightDecay", "momentumDecay");
      return chain(
        ...gradientRules(own, (rate) =>
          own.decoupledWeightDecay ? decayWeights(group, rate) : addDecayedWeights(rate),
        ),
        scaleByNAdam(own),
        scaleByLearningRate(group),
      );
    },
  );
}

/** What `scaleByNAdam` takes. */
export interface ScaleByNAdamOptions {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly momentumDecay: number;
}

/**
 * u = ((1 - μₜ) / (1 - Πₜ) g + μₜ₊₁ / (1 - Πₜ₊₁) m) / (√v̂ + eps), with m and v the running means of the gradient and its square, v corrected
 * for its start at 0, μₜ = β₁ (1 - 0.96^(t momentumDecay) / 2), and Πₜ the product of μ₁ to μₜ.
 *
 * State: `expAvg` (m), `expAvgSq` (v), `muProduct` (Πₜ), `beta2Product` and `momentumDecayPower`, the power of the second beta and that of
 * 0.96.
 */
export function scaleByNAdam(options: ScaleByNAdamOptions): Rule {
  return new ScaleByNAdam(options);
}

class ScaleByNAdam implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #eps: number;
  /** What the power of 0.96 is multiplied with at each step. */
  readonly #decay: number;
  #m: Vec = new Float64Array(0);
  #v: Vec = new Float64Array(0);
  readonly #muProduct = new Float64Array([1]);
  readonly #beta2Product = new Float64Array([1]);
  readonly #decayPower = new Float64Array([1]);

  constructor({ betas, eps, momentumDecay }: ScaleByNAdamOptions) {
    [this.#beta1, this.#beta2] = betas;
    this.#eps = eps;
    this.#decay = 0.96 ** momentumDecay;
  }

  init(x: Vec): void {
    this.#m = this.state["expAvg"] = zerosLike(x);
    this.#v = this.state["expAvgSq"] = zerosLike(x);
    this.state["muProduct"] = this.#muProduct;
    this.state["beta2Product"] = this.#beta2Product;
    this.state["momentumDecayPower"] = this.#decayPower;
  }

  update(u: Vec): void {
    const m = this.#m;
    const v = this.#v;
    const beta1 = this.#beta1;
    const beta2 = this.#beta2;
    const eps = this.#eps;
    this.#decayPower[0] = power(this.#decayPower[0]! * this.#decay);
    const mu = beta1 * (1 - 0.5 * this.#decayPower[0]!);
    const nextMu = beta1 * (1 - 0.5 * this.#decayPower[0]! * this.#decay);
    this.#muProduct[0] = power(this.#muProduct[0]! * mu);
    this.#beta2Product[0] = power(this.#beta2Product[0]! * beta2);
    const ofGradient = (1 - mu) / (1 - this.#muProduct[0]!);
    const ofMean = nextMu / (1 - this.#muProduct[0]! * nextMu);
    const correction2 = 1 - this.#beta2Product[0]!;
    for (let i = 0; i < u.length; i++) {
      const g = u[i]!;
      m[i]! += (1 - beta1) * (g - m[i]!);
      v[i] = v[i]! * beta2 + (1 - beta2) * g * g;
      u[i] = (ofGradient * g + ofMean * m[i]!) / (Math.sqrt(v[i]! / correction2) + eps);
    }
  }
}
