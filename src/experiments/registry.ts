// The problems and optimizers that can be named.

import { UnknownNameError } from "../errors.js";
import type { LoggedMetric } from "../engine/metrics/logged-metric.js";
import { averageRegret } from "../engine/metrics/average-regret.js";
import type { Model } from "../engine/model.js";
import { Adam, AdamW } from "../engine/optim/adam.js";
import type { Optimizer } from "../engine/optim/optimizer.js";
import { SGD } from "../engine/optim/sgd.js";
import type { DType, Parameter } from "../engine/parameter.js";
import { Online, Stochastic } from "../engine/problems/linear.js";
import { nearestName } from "../math/nearest-name.js";

/** What a problem is made from. */
export interface ProblemConfig {
  readonly seed: number;
  readonly dtype: DType;
}

/** A problem with one parameter `x` in [-1, 1], and what is measured on it besides `x`. */
export interface Problem {
  readonly description: string;
  make(config: ProblemConfig): Model & { readonly x: Parameter };
  metrics(): LoggedMetric[];
}

/** What an optimizer is made from. */
export interface OptimizerConfig {
  readonly lr: number;
  readonly betas: readonly [number, number];
}

/** An optimizer by name. */
export interface OptimizerEntry {
  readonly description: string;
  make(params: readonly Parameter[], config: OptimizerConfig): Optimizer;
}

/** By the name that `tnl run` takes. */
export const PROBLEMS: Readonly<Record<string, Problem>> = {
  online: {
    description: "1010 x at every 101st step, -10 x otherwise",
    make: ({ dtype }) => new Online({ dtype }),
    metrics: () => [averageRegret()],
  },
  stochastic: {
    description: "1010 x with probability 0.01, -10 x otherwise",
    make: ({ dtype, seed }) => new Stochastic({ dtype, seed }),
    metrics: () => [averageRegret()],
  },
};

/** By the name that `tnl run --optimizer` takes. */
export const OPTIMIZERS: Readonly<Record<string, OptimizerEntry>> = {
  adam: { description: "Adam", make: (params, options) => Adam(params, options) },
  amsgrad: {
    description: "Adam with amsgrad",
    make: (params, options) => Adam(params, { ...options, amsgrad: true }),
  },
  adamw: {
    description: "Adam with decoupled weight decay 0.01",
    make: (params, options) => AdamW(params, options),
  },
  sgd: { description: "Gradient descent", make: (params, { lr }) => SGD(params, { lr }) },
};

/** The entry of `table` under `name`. Throws an `UnknownNameError` that names the nearest known one. */
export function lookUp<T>(kind: string, table: Readonly<Record<string, T>>, name: string): T {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry !== undefined) return entry;
  const known = Object.keys(table);
  throw new UnknownNameError(kind, name, known, nearestName(name, known));
}
