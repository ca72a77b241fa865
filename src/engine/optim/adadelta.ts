// Adadelta (torch/optim/adadelta.py).

import { ArgumentError } from "../../errors.js";
import { zerosLike, type Vec } from "../parameter.js";
import { checkFromZero } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { chain, type Rule } from "./rule.js";
import { gradientRules, scaleByLearningRate } from "./rules.js";

/** PyTorch's options, in camelCase. */
export interface AdadeltaOptions {
  /** What every update is multiplied with, 1. */
  readonly lr?: number;
  /** How much of the running means of the squares is kept at each step, 0.9. */
  readonly rho?: number;
  /** Added to both means under their roots, 1e-6. */
  readonly eps?: number;
  /** Added to the gradient as this times the parameter, 0. */
  readonly weightDecay?: number;
  readonly maximize?: boolean;
}

const DEFAULTS: Required<AdadeltaOptions> = { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false };

/**
 * Adadelta (Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012), with PyTorch's names, defaults and arithmetic.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too.
 */
export function Adadelta(params: Params<AdadeltaOptions>, options: AdadeltaOptions = {}): Optimizer {
  return optimizer(
    "Adadelta",
    params as Params<Required<AdadeltaOptions>>,
    { ...DEFAULTS, ...options },
    (group, own) => {
      if (!(own.rho >= 0 && own.rho <= 1)) throw new ArgumentError("rho", "a number from 0 to 1", own.rho);
      checkFromZero(own, "eps", "weightDecay");
      return chain(...gradientRules(own), scaleByAdadelta(own), scaleByLearningRate(group));
    },
  );
}

/** What `scaleByAdadelta` takes. */
export interface ScaleByAdadeltaOptions {
  readonly rho: number;
  readonly eps: number;
}

/**
 * u = √(d + eps) / √(v + eps) g, with v the running mean of the gradient's square, and d that of u's, as of the step before.
 *
 * State: `squareAvg` (v) and `accDelta` (d).
 */
export function scaleByAdadelta(options: ScaleByAdadeltaOptions): Rule {
  return new ScaleByAdadelta(options);
}

class ScaleByAdadelta implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #rho: number;
  readonly #eps: number;
  #v: Vec = new Float64Array(0);
  #d: Vec = new Float64Array(0);

  constructor({ rho, eps }: ScaleByAdadeltaOptions) {
    this.#rho = rho;
    this.#eps = eps;
  }

  init(x: Vec): void {
    this.#v = this.state["squareAvg"] = zerosLike(x);
    this.#d = this.state["accDelta"] = zerosLike(x);
  }

  update(u: Vec): void {
    const v = this.#v;
    const d = this.#d;
    const rho = this.#rho;
    const eps = this.#eps;
    for (let i = 0; i < u.length; i++) {
      const g = u[i]!;
      v[i] = v[i]! * rho + (1 - rho) * g * g;
      const delta = (Math.sqrt(d[i]! + eps) / Math.sqrt(v[i]! + eps)) * g;
      d[i] = d[i]! * rho + (1 - rho) * delta * delta;
      u[i] = delta;
    }
  }
}
