// Averaged stochastic gradient descent (torch/optim/asgd.py).

import { ArgumentError } from "../../errors.js";
import { zerosLike, type Vec } from "../parameter.js";
import { checkFromZero } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { chain, type Rule } from "./rule.js";
import { gradientRules, type HasLearningRate } from "./rules.js";

/** PyTorch's options, in camelCase. */
export interface ASGDOptions {
  /** Learning rate of the first step, 1e-2. */
  readonly lr?: number;
  /** How fast the learning rate falls, and how much of the parameter decays, 1e-4. */
  readonly lambd?: number;
  /** The power with which the learning rate falls, 0.75. */
  readonly alpha?: number;
  /** The step at which averaging starts, 1e6. */
  readonly t0?: number;
  /** Added to the gradient as this times the parameter, 0. */
  readonly weightDecay?: number;
  readonly maximize?: boolean;
}

const DEFAULTS: Required<ASGDOptions> = {
  lr: 1e-2,
  lambd: 1e-4,
  alpha: 0.75,
  t0: 1e6,
  weightDecay: 0,
  maximize: false,
};

/**
 * Gradient descent with a falling learning rate, and beside it the average of the points that it passes, which is `state[i].ax` (Polyak and
 * Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM J. Control Optim. 30, 1992), with PyTorch's names, defaults and
 * arithmetic. A new learning rate counts from the second step after it was set, as in PyTorch.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too, and for a `t0` that is no number.
 */
export function ASGD(params: Params<ASGDOptions>, options: ASGDOptions = {}): Optimizer {
  return optimizer(
    "ASGD",
    params as Params<Required<ASGDOptions>>,
    { ...DEFAULTS, ...options },
    (group, own) => {
      checkFromZero(own, "lambd", "alpha", "weightDecay");
      if (typeof own.t0 !== "number" || Number.isNaN(own.t0))
        throw new ArgumentError("t0", "a number", own.t0);
      return chain(...gradientRules(own), averagedDescent(group, own));
    },
  );
}

/** What `averagedDescent` takes. */
export interface AveragedDescentOptions {
  readonly lambd: number;
  readonly alpha: number;
  readonly t0: number;
}

/**
 * x = (1 - lambd η) x, u = -η g, a = a + μ (x + u - a), and for the next step η = lr / (1 + lambd lr t)^alpha and μ = 1 / max(1, t - t0). At
 * first η is `group.lr` and μ 1. It is the last rule of a chain: a is the average only if x + u is the new point.
 *
 * State: `ax` (a), `eta`, `mu` and `step` (t).
 */
export function averagedDescent(group: HasLearningRate, options: AveragedDescentOptions): Rule {
  return new AveragedDescent(group, options);
}

class AveragedDescent implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #group: HasLearningRate;
  readonly #lambd: number;
  readonly #alpha: number;
  readonly #t0: number;
  #average: Vec = new Float64Array(0);
  readonly #eta = new Float64Array(1);
  readonly #mu = new Float64Array([1]);
  readonly #step = new Float64Array(1);

  constructor(group: HasLearningRate, { lambd, alpha, t0 }: AveragedDescentOptions) {
    this.#group = group;
    this.#lambd = lambd;
    this.#alpha = alpha;
    this.#t0 = t0;
  }

  init(x: Vec): void {
    this.#average = this.state["ax"] = zerosLike(x);
    this.state["eta"] = this.#eta;
    this.state["mu"] = this.#mu;
    this.state["step"] = this.#step;
  }

  update(u: Vec, x: Vec): void {
    const average = this.#average;
    const { lr } = this.#group;
    const lambd = this.#lambd;
    // Not in `init`: until the first step the learning rate may be changed.
    if (this.#step[0] === 0) this.#eta[0] = lr;
    this.#step[0]! += 1;
    const t = this.#step[0]!;
    const eta = this.#eta[0]!;
    const mu = this.#mu[0]!;
    const keep = 1 - lambd * eta;
    for (let i = 0; i < u.length; i++) {
      x[i]! *= keep;
      u[i]! *= -eta;
      const next = x[i]! + u[i]!;
      average[i] = mu === 1 ? next : average[i]! + mu * (next - average[i]!);
    }
    // A power of another number at each step: no product goes on from one to the next.
    this.#eta[0] = lr / (1 + lambd * lr * t) ** this.#alpha;
    this.#mu[0] = 1 / Math.max(1, t - this.#t0);
  }
}
