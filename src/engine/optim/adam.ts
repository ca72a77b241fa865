// Adam and AdamW (torch/optim/adam.py, adamw.py).

import { ArgumentError } from "../../errors.js";
import { checkBetas, checkFromZero } from "./checks.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { chain, type Rule } from "./rule.js";
import { addDecayedWeights, decayWeights, gradientRules, scaleByLearningRate } from "./rules.js";
import { scaleByAdam } from "./scale-by-adam.js";
import { AMSGRAD_DIALECTS, scaleByAmsgrad, type AmsgradDialect } from "./scale-by-amsgrad.js";

/** PyTorch's options, in camelCase. */
export interface AdamOptions {
  /** Learning rate, 1e-3. */
  readonly lr?: number;
  /** How much of the running means of the gradient and of its square is kept at each step, (0.9, 0.999). */
  readonly betas?: readonly [number, number];
  /** Added to the denominator, 1e-8. */
  readonly eps?: number;
  /** 0 for `Adam`, 0.01 for `AdamW`. */
  readonly weightDecay?: number;
  /**
   * The variant of "On the Convergence of Adam and Beyond", false: PyTorch's (`true`), the paper's own, Keras' or optax's, which differ in
   * what they correct for the start at 0 (`scaleByAmsgrad`).
   */
  readonly amsgrad?: boolean | AmsgradDialect;
  readonly maximize?: boolean;
}

const DEFAULTS: Required<AdamOptions> = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

/**
 * Adam (Kingma and Ba, ICLR 2015), with `amsgrad` AMSGrad (Reddi, Kale and Kumar, ICLR 2018), with PyTorch's names, defaults and
 * arithmetic. Weight decay is a part of the gradient.
 *
 * Throws an `ArgumentError` for what PyTorch refuses too.
 */
export function Adam(params: Params<AdamOptions>, options: AdamOptions = {}): Optimizer {
  return make("Adam", params, { ...DEFAULTS, ...options }, (_group, rate) => addDecayedWeights(rate));
}

/** Adam with weight decay beside the gradient (Loshchilov and Hutter, ICLR 2019). Otherwise as `Adam`. */
export function AdamW(params: Params<AdamOptions>, options: AdamOptions = {}): Optimizer {
  return make("AdamW", params, { ...DEFAULTS, weightDecay: 0.01, ...options }, decayWeights);
}

function make(
  name: string,
  params: Params<AdamOptions>,
  defaults: Required<AdamOptions>,
  decay: (group: { lr: number }, rate: number) => Rule,
): Optimizer {
  return optimizer(name, params as Params<Required<AdamOptions>>, defaults, (group, options) => {
    check(options);
    return chain(
      ...gradientRules(options, (rate) => decay(group, rate)),
      direction(options),
      scaleByLearningRate(group),
    );
  });
}

function direction({ betas, eps, amsgrad }: Required<AdamOptions>): Rule {
  return typeof amsgrad === "string"
    ? scaleByAmsgrad({ betas, eps, dialect: amsgrad })
    : scaleByAdam({ betas, eps, amsgrad });
}

function check(options: Required<AdamOptions>): void {
  checkBetas(options.betas);
  checkFromZero(options, "eps", "weightDecay");
  const { amsgrad } = options;
  if (typeof amsgrad !== "boolean" && !AMSGRAD_DIALECTS.includes(amsgrad)) {
    throw new ArgumentError("amsgrad", 'true, false, "paper", "keras" or "optax"', amsgrad);
  }
}
