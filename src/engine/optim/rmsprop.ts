// RMSprop (torch/optim/rmsprop.py).

import { zerosLike, type Vec } from "../parameter.js";
import { checkFromZero } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { chain, type Rule } from "./rule.js";
import { gradientRules, momentum, scaleByLearningRate } from "./rules.js";

/** PyTorch's options, in camelCase. */
export interface RMSpropOptions {
  /** Learning rate, 1e-2. */
  readonly lr?: number;
  /** How much of the running mean of the square is kept at each step, 0.99. */
  readonly alpha?: number;
  /** Added to the denominator, 1e-8. */
  readonly eps?: number;
  /** Added to the gradient as this times the parameter, 0. */
  readonly weightDecay?: number;
  /** How much of the last update is added to the next, 0. */
  readonly momentum?: number;
  /** Divide by the standard deviation of the gradient, and not by the root of its mean square. */
  readonly centered?: boolean;
  readonly maximize?: boolean;
}

const DEFAULTS: Required<RMSpropOptions> = {
  lr: 1e-2,
  alpha: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  momentum: 0,
  centered: false,
  maximize: false,
};

/**
 * RMSprop (Tieleman and Hinton, "Lecture 6.5", Neural Networks for Machine Learning, 2012), `centered` as in Graves, "Generating Sequences
 * With Recurrent Neural Networks", 2013, with PyTorch's names, defaults and arithmetic.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too.
 */
export function RMSprop(params: Params<RMSpropOptions>, options: RMSpropOptions = {}): Optimizer {
  return optimizer(
    "RMSprop",
    params as Params<Required<RMSpropOptions>>,
    { ...DEFAULTS, ...options },
    (group, own) => {
      checkFromZero(own, "alpha", "eps", "weightDecay", "momentum");
      return chain(
        ...gradientRules(own),
        scaleByRms(own),
        ...(own.momentum === 0 ? [] : [momentum({ momentum: own.momentum, dampening: 0, nesterov: false })]),
        scaleByLearningRate(group),
      );
    },
  );
}

/** What `scaleByRms` takes. */
export interface ScaleByRmsOptions {
  readonly alpha: number;
  readonly eps: number;
  readonly centered: boolean;
}

/**
 * u = g / (√v + eps), with v the running mean of the gradient's square; with `centered` u = g / (√(v - m²) + eps), with m the running mean of
 * the gradient. A variance that is below 0 by rounding is 0, where PyTorch has NaN.
 *
 * State: `squareAvg` (v), and with `centered` `gradAvg` (m).
 */
export function scaleByRms(options: ScaleByRmsOptions): Rule {
  return new ScaleByRms(options);
}

class ScaleByRms implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #alpha: number;
  readonly #eps: number;
  readonly #centered: boolean;
  #v: Vec = new Float64Array(0);
  #m: Vec | undefined;

  constructor({ alpha, eps, centered }: ScaleByRmsOptions) {
    this.#alpha = alpha;
    this.#eps = eps;
    this.#centered = centered;
  }

  init(x: Vec): void {
    this.#v = this.state["squareAvg"] = zerosLike(x);
    if (this.#centered) this.#m = this.state["gradAvg"] = zerosLike(x);
  }

  update(u: Vec): void {
    const v = this.#v;
    const m = this.#m;
    const alpha = this.#alpha;
    const eps = this.#eps;
    for (let i = 0; i < u.length; i++) {
      const g = u[i]!;
      v[i] = v[i]! * alpha + (1 - alpha) * g * g;
      let square = v[i]!;
      if (m !== undefined) {
        m[i]! += (1 - alpha) * (g - m[i]!);
        square = Math.max(square - m[i]! * m[i]!, 0);
      }
      u[i] = g / (Math.sqrt(square) + eps);
    }
  }
}
