// The convex problems on which Adam fails (Reddi, Kale and Kumar, "On the Convergence of Adam and Beyond", ICLR 2018, section 3).

import { ArgumentError } from "../../errors.js";
import { PyRandom, type PyRandomState } from "../../math/py-random.js";
import { Model } from "../model.js";
import type { LinearProblem } from "../metrics/average-regret.js";
import { Parameter, type DType } from "../parameter.js";
import type { State } from "../state.js";
import type { Var } from "../var.js";

/** The slope of the rare step. */
const LARGE = 1010;
/** The slope of all others: alone the rare step outweighs a hundred of them. */
const SMALL = -10;

/** How a problem starts. */
export interface ProblemOptions {
  /** The first value of `x`, in [-1, 1]; 0. */
  readonly x0?: number;
  /** How `x` and the optimizer's state are stored; float64. */
  readonly dtype?: DType;
}

/** A loss that is `slope` times `x`, the slope another at each step; the best point of [-1, 1] is -1. */
abstract class Linear extends Model implements LinearProblem {
  readonly x: Parameter;
  slope = 0;

  /** Throws an `ArgumentError` when `x0` is outside of [-1, 1]. */
  constructor(options: ProblemOptions = {}) {
    super();
    const { x0 = 0, dtype = "float64" } = options;
    if (!(x0 >= -1 && x0 <= 1)) throw new ArgumentError("x0", "a number in [-1, 1]", x0);
    this.x = new Parameter(x0, { dtype });
  }

  /** The slope of this step. */
  protected abstract nextSlope(state: State): number;

  override forward(_x: unknown, state: State): Var {
    this.slope = this.nextSlope(state);
    return this.x.mul(this.slope);
  }

  override gradient(_x: unknown, state: State): void {
    const slope = this.nextSlope(state);
    this.slope = slope;
    this.x.grad[0] = slope;
    state.prediction[0] = slope * this.x.data[0]!;
  }
}

/**
 * The online problem: 1010 x at every 101st step, -10 x otherwise. As in torchbearer's tutorial, whose steps count from 0, the large slope
 * comes at the second step (batch 1, 102, …); the paper's first.
 */
export class Online extends Linear {
  protected override nextSlope(state: State): number {
    return state.batch % 101 === 1 ? LARGE : SMALL;
  }
}

/**
 * The stochastic problem: 1010 x with probability 0.01, -10 x otherwise. One number of Python's generator is drawn a step, so that a seed
 * gives the steps that the tutorial takes after `random.seed(seed)`.
 */
export class Stochastic extends Linear {
  readonly #random: PyRandom;

  /** `seed`: an integer; 0 unless set. */
  constructor(options: ProblemOptions & { readonly seed?: number | bigint } = {}) {
    super(options);
    this.#random = new PyRandom(options.seed ?? 0);
  }

  override extraState(): unknown {
    return this.#random.stateDict();
  }

  override loadExtraState(extra: PyRandomState): void {
    this.#random.loadStateDict(extra);
  }

  protected override nextSlope(): number {
    return this.#random.random() <= 0.01 ? LARGE : SMALL;
  }
}
