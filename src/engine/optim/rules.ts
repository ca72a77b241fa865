// Rules of one line.

import type { Vec } from "../parameter.js";
import { zerosLike } from "../parameter.js";
import type { Rule } from "./rule.js";

/** Something with a learning rate, which a schedule may change between steps. */
export interface HasLearningRate {
  lr: number;
}

/** u = -lr u: the step against the direction. `group.lr` is read at every step. */
export function scaleByLearningRate(group: HasLearningRate): Rule {
  return {
    state: {},
    init() {},
    update(u) {
      const { lr } = group;
      for (let i = 0; i < u.length; i++) u[i]! *= -lr;
    },
  };
}

/** u = u + rate x: weight decay as a part of the gradient, the L2 penalty of torch's `weight_decay`. */
export function addDecayedWeights(rate: number): Rule {
  return {
    state: {},
    init() {},
    update(u, x) {
      for (let i = 0; i < u.length; i++) u[i]! += rate * x[i]!;
    },
  };
}

/** x = x - lr rate x: weight decay beside the gradient (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019). */
export function decayWeights(group: HasLearningRate, rate: number): Rule {
  return {
    state: {},
    init() {},
    update(_u, x) {
      const keep = 1 - group.lr * rate;
      for (let i = 0; i < x.length; i++) x[i]! *= keep;
    },
  };
}

/** u = -u: for maximizing. */
export function negate(): Rule {
  return {
    state: {},
    init() {},
    update(u) {
      for (let i = 0; i < u.length; i++) u[i] = -u[i]!;
    },
  };
}

/** What nearly every optimizer takes. */
export interface GradientOptions {
  readonly weightDecay: number;
  readonly maximize: boolean;
}

/** What an optimizer does with the gradient before its own rule: negation, and weight decay, which is a part of the gradient unless given. */
export function gradientRules(
  { maximize, weightDecay }: GradientOptions,
  decay: (rate: number) => Rule = addDecayedWeights,
): readonly Rule[] {
  return [...(maximize ? [negate()] : []), ...(weightDecay === 0 ? [] : [decay(weightDecay)])];
}

/** What `momentum` takes. */
export interface MomentumOptions {
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
}

/**
 * b = momentum b + (1 - dampening) u, from b = u at the first step; u = b, or u + momentum b with `nesterov` (torch/optim/sgd.py).
 *
 * State: `momentumBuffer` (b) and `started`, 1 from the first step on.
 */
export function momentum(options: MomentumOptions): Rule {
  return new Momentum(options);
}

class Momentum implements Rule {
  readonly state: Record<string, Vec> = {};
  // Not the options as they are: reading a number from objects of several shapes makes garbage.
  readonly #keep: number;
  readonly #take: number;
  readonly #nesterov: boolean;
  #buffer: Vec = new Float64Array(0);
  readonly #started = new Float64Array(1);

  constructor(options: MomentumOptions) {
    this.#keep = options.momentum;
    this.#take = 1 - options.dampening;
    this.#nesterov = options.nesterov;
  }

  init(x: Vec): void {
    this.#buffer = zerosLike(x);
    Object.assign(this.state, { momentumBuffer: this.#buffer, started: this.#started });
  }

  update(u: Vec): void {
    const b = this.#buffer;
    const keep = this.#keep;
    const nesterov = this.#nesterov;
    const take = this.#started[0] === 0 ? 1 : this.#take;
    this.#started[0] = 1;
    for (let i = 0; i < u.length; i++) {
      b[i] = keep * b[i]! + take * u[i]!;
      u[i] = nesterov ? u[i]! + keep * b[i]! : b[i]!;
    }
  }
}
