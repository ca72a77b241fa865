// Adam and AdamW (torch/optim/adam.py, adamw.py).

import { ArgumentError } from "../../errors.js";
import { optimizer, type Optimizer, type Params } from "./optimizer.js";
import { chain, type Rule } from "./rule.js";
import { addDecayedWeights, decayWeights, negate, scaleByLearningRate } from "./rules.js";
import { scaleByAdam } from "./scale-by-adam.js";

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
  /** The variant of "On the Convergence of Adam and Beyond". */
  readonly amsgrad?: boolean;
  readonly maximize?: boolean;
}

const DEFAULTS = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
} as const satisfies AdamOptions;

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
    const { weightDecay, maximize } = options;
    return chain(
      ...(maximize ? [negate()] : []),
      ...(weightDecay === 0 ? [] : [decay(group, weightDecay)]),
      scaleByAdam(options),
      scaleByLearningRate(group),
    );
  });
}

function check({ betas, eps, weightDecay }: Required<AdamOptions>): void {
  if (betas.length !== 2) throw new ArgumentError("betas", "two numbers", betas);
  for (const [i, beta] of betas.entries()) {
    if (!(beta >= 0 && beta < 1))
      throw new ArgumentError(`betas[${i}]`, "a number from 0 to less than 1", beta);
  }
  if (!(eps >= 0)) throw new ArgumentError("eps", "a number from 0", eps);
  if (!(weightDecay >= 0)) throw new ArgumentError("weightDecay", "a number from 0", weightDecay);
}
