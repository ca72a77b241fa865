// Adagrad (torch/optim/adagrad.py).

import { zerosLike, type Vec } from "../parameter.js";
import { checkFromZero } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { chain, type Rule } from "./rule.js";
import { gradientRules, scaleByLearningRate } from "./rules.js";

/** PyTorch's options, in camelCase. */
export interface AdagradOptions {
  /** Learning rate, 1e-2. */
  readonly lr?: number;
  /** The learning rate of step t, counted from 0, is divided by 1 + t times this; 0. */
  readonly lrDecay?: number;
  /** Added to the gradient as this times the parameter, 0. */
  readonly weightDecay?: number;
  /** What the sum of squares starts with, 0. */
  readonly initialAccumulatorValue?: number;
  /** Added to the denominator, 1e-10. */
  readonly eps?: number;
  readonly maximize?: boolean;
}

const DEFAULTS: Required<AdagradOptions> = {
  lr: 1e-2,
  lrDecay: 0,
  weightDecay: 0,
  initialAccumulatorValue: 0,
  eps: 1e-10,
  maximize: false,
};

/**
 * Adagrad (Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 12, 2011), with
 * PyTorch's names, defaults and arithmetic.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too.
 */
export function Adagrad(params: Params<AdagradOptions>, options: AdagradOptions = {}): Optimizer {
  return optimizer(
    "Adagrad",
    params as Params<Required<AdagradOptions>>,
    { ...DEFAULTS, ...options },
    (group, own) => {
      checkFromZero(own, "lrDecay", "weightDecay", "initialAccumulatorValue", "eps");
      return chain(...gradientRules(own), scaleByAdagrad(own), scaleByLearningRate(group));
    },
  );
}

/** What `scaleByAdagrad` takes. */
export interface ScaleByAdagradOptions {
  readonly lrDecay: number;
  readonly initialAccumulatorValue: number;
  readonly eps: number;
}

/**
 * s = s + g², u = g / (√s + eps) / (1 + (t - 1) lrDecay).
 *
 * State: `sum` (s) and `step` (t).
 */
export function scaleByAdagrad(options: ScaleByAdagradOptions): Rule {
  return new ScaleByAdagrad(options);
}

class ScaleByAdagrad implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #lrDecay: number;
  readonly #initial: number;
  readonly #eps: number;
  #sum: Vec = new Float64Array(0);
  readonly #step = new Float64Array(1);

  constructor({ lrDecay, initialAccumulatorValue, eps }: ScaleByAdagradOptions) {
    this.#lrDecay = lrDecay;
    this.#initial = initialAccumulatorValue;
    this.#eps = eps;
  }

  init(x: Vec): void {
    this.#sum = this.state["sum"] = zerosLike(x).fill(this.#initial);
    this.state["step"] = this.#step;
  }

  update(u: Vec): void {
    const sum = this.#sum;
    const eps = this.#eps;
    const decay = 1 + this.#step[0]! * this.#lrDecay;
    this.#step[0]! += 1;
    for (let i = 0; i < u.length; i++) {
      const g = u[i]!;
      sum[i]! += g * g;
      u[i] = g / (Math.sqrt(sum[i]!) + eps) / decay;
    }
  }
}
