// Adds the norm of the parameters to the loss (torchbearer/callbacks/weight_decay.py).

import { ArgumentError } from "../../errors.js";
import type { Callback } from "../callback.js";
import type { Parameter, Vec } from "../parameter.js";
import type { State } from "../state.js";
import { checkNotNegative } from "../checks.js";

/**
 * Adds `rate` times the p-norm of each parameter (the norm itself, not its square, as in torchbearer) to the loss of each training step.
 *
 * The number is added to `state.loss` at `onCriterion`, and its derivative to the gradients at `onBackward`: before a clipping of gradients
 * that stands behind it in the list, after one that stands before it. The derivative at 0 is 0. An optimizer's `weightDecay` is another
 * thing: the square's, and not a part of the loss.
 */
export class WeightDecay implements Callback {
  readonly #rate: number;
  readonly #p: number;
  readonly #given: readonly Parameter[] | undefined;
  #params: readonly Parameter[] = [];

  /** `rate`: a number from 0. `p`: a number from 1, or `Infinity`. `params`: the model's unless given. Throws an `ArgumentError`. */
  constructor(rate = 5e-4, p = 2, params?: Iterable<Parameter>) {
    this.#rate = checkNotNegative("rate", rate);
    if (typeof p !== "number" || !(p >= 1)) throw new ArgumentError("p", "a number from 1, or Infinity", p);
    this.#p = p;
    this.#given = params === undefined ? undefined : [...params];
  }

  onStart(state: State): void {
    this.#params = this.#given ?? state.model.parameters();
  }

  onCriterion(state: State): void {
    let penalty = 0;
    for (const { data } of this.#params) penalty += norm(data, this.#p);
    state.loss += this.#rate * penalty;
  }

  onBackward(): void {
    for (const { data, grad } of this.#params) addDerivative(data, grad, this.#p, this.#rate);
  }
}

/** `WeightDecay` with the sum of the absolute values. */
export class L1WeightDecay extends WeightDecay {
  constructor(rate = 5e-4, params?: Iterable<Parameter>) {
    super(rate, 1, params);
  }
}

/** `WeightDecay` with the Euclidean norm. */
export class L2WeightDecay extends WeightDecay {
  constructor(rate = 5e-4, params?: Iterable<Parameter>) {
    super(rate, 2, params);
  }
}

function norm(x: Vec, p: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const a = Math.abs(x[i]!);
    if (p === Infinity) sum = Math.max(sum, a);
    else sum += p === 1 ? a : p === 2 ? a * a : a ** p;
  }
  if (p === 1 || p === Infinity) return sum;
  return p === 2 ? Math.sqrt(sum) : sum ** (1 / p);
}

function addDerivative(x: Vec, grad: Vec, p: number, rate: number): void {
  const n = norm(x, p);
  if (n === 0) return;
  // Where several numbers are the largest, each has its part, as in torch.
  let largest = 0;
  if (p === Infinity) for (const value of x) largest += Number(Math.abs(value) === n);
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    if (p === 1) grad[i]! += rate * Math.sign(value);
    else if (p === 2) grad[i]! += rate * (value / n);
    else if (p === Infinity) grad[i]! += Math.abs(value) === n ? (rate * Math.sign(value)) / largest : 0;
    else grad[i]! += rate * Math.sign(value) * (Math.abs(value) / n) ** (p - 1);
  }
}
