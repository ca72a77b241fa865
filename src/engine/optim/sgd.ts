// Stochastic gradient descent (torch/optim/sgd.py).

import { ArgumentError } from "../../errors.js";
import { checkFromZero } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { chain } from "./rule.js";
import { gradientRules, momentum, scaleByLearningRate, type MomentumOptions } from "./rules.js";

/** PyTorch's options, in camelCase. */
export interface SGDOptions extends Partial<MomentumOptions> {
  /** Learning rate, 1e-3. */
  readonly lr?: number;
  /** Added to the gradient as this times the parameter, 0. */
  readonly weightDecay?: number;
  readonly maximize?: boolean;
}

const DEFAULTS: Required<SGDOptions> = {
  lr: 1e-3,
  momentum: 0,
  dampening: 0,
  nesterov: false,
  weightDecay: 0,
  maximize: false,
};

/**
 * Gradient descent, with momentum, dampening and Nesterov's form of it, with PyTorch's names, defaults and arithmetic.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too.
 */
export function SGD(params: Params<SGDOptions>, options: SGDOptions = {}): Optimizer {
  return optimizer(
    "SGD",
    params as Params<Required<SGDOptions>>,
    { ...DEFAULTS, ...options },
    (group, own) => {
      check(own);
      return chain(
        ...gradientRules(own),
        ...(own.momentum === 0 ? [] : [momentum(own)]),
        scaleByLearningRate(group),
      );
    },
  );
}

function check(options: Required<SGDOptions>): void {
  checkFromZero(options, "momentum", "weightDecay");
  if (options.nesterov && (options.momentum <= 0 || options.dampening !== 0)) {
    throw new ArgumentError("nesterov", "used with a momentum above 0 and a dampening of 0", true);
  }
}
