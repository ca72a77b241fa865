// AMSGrad as others than PyTorch have it.

import { zerosLike, type Vec } from "../parameter.js";
import { power } from "./power.js";
import type { Rule } from "./rule.js";

/** By whom; PyTorch's is `scaleByAdam`'s. */
export const AMSGRAD_DIALECTS = ["paper", "keras", "optax"] as const;

/** Whose AMSGrad. */
export type AmsgradDialect = (typeof AMSGRAD_DIALECTS)[number];

/** What `scaleByAmsgrad` takes. */
export interface ScaleByAmsgradOptions {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly dialect: AmsgradDialect;
}

/**
 * q = max(q, v / b), u = a m / (√q + eps), with m and v the running means of the gradient and its square. The dialects differ in a and b,
 * which correct for the start at 0; with c₁ = 1 - β₁ᵗ and c₂ = 1 - β₂ᵗ they are
 *
 * - `"paper"`: 1 and 1 (Reddi, Kale and Kumar, "On the Convergence of Adam and Beyond", ICLR 2018, algorithm 2, which has no eps);
 * - `"keras"`: √c₂ / c₁ and 1 (keras/src/optimizers/adam.py; its own default of eps is 1e-7);
 * - `"optax"`: 1 / c₁ and c₂, so that a first large gradient, corrected, stays the maximum for ever (optax, `scale_by_amsgrad`).
 *
 * PyTorch's is Keras' with eps √c₂ in place of eps.
 *
 * State: `expAvg` (m), `expAvgSq` (v), `maxExpAvgSq` (q; `maxCorrectedExpAvgSq` in optax's, which is no maximum of v), and `betaProducts`,
 * the powers of the two betas.
 */
export function scaleByAmsgrad(options: ScaleByAmsgradOptions): Rule {
  return new ScaleByAmsgrad(options);
}

class ScaleByAmsgrad implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #eps: number;
  readonly #dialect: AmsgradDialect;
  #m: Vec = new Float64Array(0);
  #v: Vec = new Float64Array(0);
  #max: Vec = new Float64Array(0);
  readonly #products = new Float64Array([1, 1]);

  constructor({ betas, eps, dialect }: ScaleByAmsgradOptions) {
    [this.#beta1, this.#beta2] = betas;
    this.#eps = eps;
    this.#dialect = dialect;
  }

  init(x: Vec): void {
    this.#m = this.state["expAvg"] = zerosLike(x);
    this.#v = this.state["expAvgSq"] = zerosLike(x);
    const name = this.#dialect === "optax" ? "maxCorrectedExpAvgSq" : "maxExpAvgSq";
    this.#max = this.state[name] = zerosLike(x);
    this.state["betaProducts"] = this.#products;
  }

  update(u: Vec): void {
    const m = this.#m;
    const v = this.#v;
    const max = this.#max;
    const products = this.#products;
    const beta1 = this.#beta1;
    const beta2 = this.#beta2;
    const eps = this.#eps;
    const dialect = this.#dialect;
    products[0] = power(products[0]! * beta1);
    products[1] = power(products[1]! * beta2);
    const correction1 = 1 - products[0]!;
    const correction2 = 1 - products[1]!;
    const a = dialect === "paper" ? 1 : (dialect === "keras" ? Math.sqrt(correction2) : 1) / correction1;
    const b = dialect === "optax" ? correction2 : 1;
    for (let i = 0; i < u.length; i++) {
      const g = u[i]!;
      m[i]! += (1 - beta1) * (g - m[i]!);
      v[i] = v[i]! * beta2 + (1 - beta2) * g * g;
      max[i] = Math.max(max[i]!, v[i]! / b);
      u[i] = (a * m[i]!) / (Math.sqrt(max[i]!) + eps);
    }
  }
}
