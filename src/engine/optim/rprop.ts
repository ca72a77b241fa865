// Rprop (torch/optim/rprop.py).

import { ArgumentError } from "../../errors.js";
import { zerosLike, type Vec } from "../parameter.js";
import { checkPair } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { chain, type Rule } from "./rule.js";
import { negate, type HasLearningRate } from "./rules.js";

/** PyTorch's options, in camelCase. */
export interface RpropOptions {
  /** The size of the first step, 1e-2. */
  readonly lr?: number;
  /** What a step's size is multiplied with when the gradient's sign has changed and when it has not, (0.5, 1.2). */
  readonly etas?: readonly [number, number];
  /** The least and the greatest size of a step, (1e-6, 50). */
  readonly stepSizes?: readonly [number, number];
  readonly maximize?: boolean;
}

const DEFAULTS: Required<RpropOptions> = {
  lr: 1e-2,
  etas: [0.5, 1.2],
  stepSizes: [1e-6, 50],
  maximize: false,
};

/**
 * Resilient propagation: steps by the gradient's sign, each number's of its own size (Riedmiller and Braun, "A Direct Adaptive Method for
 * Faster Backpropagation Learning: The RPROP Algorithm", ICNN 1993), with PyTorch's names, defaults and arithmetic. The learning rate counts
 * at the first step alone.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too, and for step sizes that are no range.
 */
export function Rprop(params: Params<RpropOptions>, options: RpropOptions = {}): Optimizer {
  return optimizer(
    "Rprop",
    params as Params<Required<RpropOptions>>,
    { ...DEFAULTS, ...options },
    (group, own) => {
      check(own);
      return chain(...(own.maximize ? [negate()] : []), resilientSteps(group, own));
    },
  );
}

function check({ etas, stepSizes }: Required<RpropOptions>): void {
  checkPair("etas", etas);
  if (!(etas[0] > 0 && etas[0] < 1)) throw new ArgumentError("etas[0]", "a number between 0 and 1", etas[0]);
  if (!(etas[1] > 1)) throw new ArgumentError("etas[1]", "a number above 1", etas[1]);
  checkPair("stepSizes", stepSizes);
  if (!(stepSizes[0] >= 0)) throw new ArgumentError("stepSizes[0]", "a number from 0", stepSizes[0]);
  if (!(stepSizes[1] >= stepSizes[0])) {
    throw new ArgumentError("stepSizes[1]", `a number from stepSizes[0] (${stepSizes[0]})`, stepSizes[1]);
  }
}

/** What `resilientSteps` takes. */
export interface ResilientStepsOptions {
  readonly etas: readonly [number, number];
  readonly stepSizes: readonly [number, number];
}

/**
 * With p the gradient of the step before: s = η₊ s where g p > 0, and η₋ s where g p < 0, kept in the range of `stepSizes`, with g = 0 where
 * g p < 0; u = -sign(g) s, p = g. At first s is `group.lr`.
 *
 * State: `stepSize` (s), `prev` (p) and `started`, 1 from the first step on.
 */
export function resilientSteps(group: HasLearningRate, options: ResilientStepsOptions): Rule {
  return new ResilientSteps(group, options);
}

class ResilientSteps implements Rule {
  readonly state: Record<string, Vec> = {};
  readonly #group: HasLearningRate;
  readonly #etaMinus: number;
  readonly #etaPlus: number;
  readonly #least: number;
  readonly #greatest: number;
  #size: Vec = new Float64Array(0);
  #previous: Vec = new Float64Array(0);
  readonly #started = new Float64Array(1);

  constructor(group: HasLearningRate, { etas, stepSizes }: ResilientStepsOptions) {
    this.#group = group;
    [this.#etaMinus, this.#etaPlus] = etas;
    [this.#least, this.#greatest] = stepSizes;
  }

  init(x: Vec): void {
    this.#size = this.state["stepSize"] = zerosLike(x);
    this.#previous = this.state["prev"] = zerosLike(x);
    this.state["started"] = this.#started;
  }

  update(u: Vec): void {
    const size = this.#size;
    const previous = this.#previous;
    // Not in `init`: until the first step the learning rate may be changed.
    if (this.#started[0] === 0) size.fill(this.#group.lr);
    this.#started[0] = 1;
    for (let i = 0; i < u.length; i++) {
      let g = u[i]!;
      const agreement = g * previous[i]!;
      let factor = 1;
      if (agreement > 0) factor = this.#etaPlus;
      else if (agreement < 0) {
        factor = this.#etaMinus;
        g = 0;
      }
      size[i] = Math.min(Math.max(size[i]! * factor, this.#least), this.#greatest);
      u[i] = -Math.sign(g) * size[i]!;
      previous[i] = g;
    }
  }
}
