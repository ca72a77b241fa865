// The problems and optimizers that can be named.

import { UnknownNameError } from "../errors.js";
import type { LoggedMetric } from "../engine/metrics/logged-metric.js";
import { averageRegret } from "../engine/metrics/average-regret.js";
import type { CallbackLike } from "../engine/callback.js";
import { greedyUpdate } from "../engine/callbacks/project-box.js";
import type { Criterion } from "../engine/criterion.js";
import type { Metric } from "../engine/metrics/metric.js";
import type { Model } from "../engine/model.js";
import { Adadelta } from "../engine/optim/adadelta.js";
import { Adagrad } from "../engine/optim/adagrad.js";
import { Adam, AdamW } from "../engine/optim/adam.js";
import { Adamax } from "../engine/optim/adamax.js";
import { ASGD } from "../engine/optim/asgd.js";
import { NAdam } from "../engine/optim/nadam.js";
import type { Optimizer } from "../engine/optim/optimizer.js";
import { RAdam } from "../engine/optim/radam.js";
import { RMSprop } from "../engine/optim/rmsprop.js";
import { Rprop } from "../engine/optim/rprop.js";
import { SGD } from "../engine/optim/sgd.js";
import type { DType, Parameter } from "../engine/parameter.js";
import { Online, Stochastic } from "../engine/problems/linear.js";
import type { Trial } from "../engine/trial.js";
import { nearestName } from "../math/nearest-name.js";

/** What a problem is made from: these, and what is set for it (`--set problem.NAME=VALUE`). */
export interface ProblemConfig {
  readonly seed: number;
  readonly dtype: DType;
  readonly [setting: string]: unknown;
}

/** A model with what belongs to it. If it has a parameter `x` of one number, that is logged as `est` and reported. */
export interface Problem<M extends Model = Model> {
  readonly description?: string;
  /** The names of its settings; any, unless given. */
  readonly settings?: readonly string[];
  make(config: ProblemConfig): M;
  /** The prediction is the loss unless given. */
  criterion?(model: M): Criterion;
  metrics?(model: M): readonly (LoggedMetric | Metric)[];
  /** Called before the log is written, such as a projection. */
  callbacks?(model: M): CallbackLike;
  /** Gives the trial its data. */
  setUp?(trial: Trial<M>, config: ProblemConfig): void;
}

/** What an optimizer is made from; the betas by those that have two. */
export interface OptimizerConfig {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly [setting: string]: unknown;
}

/** An optimizer by name. */
export interface OptimizerEntry {
  readonly description: string;
  /** The names of its settings; any, unless given. */
  readonly settings?: readonly string[];
  make(params: readonly Parameter[], config: OptimizerConfig): Optimizer;
}

/** By the name that `tnl run` takes. */
export const PROBLEMS: Readonly<Record<string, Problem>> = {
  online: {
    description: "1010 x at every 101st step, -10 x otherwise",
    settings: ["x0"],
    make: ({ dtype, ...settings }) => new Online({ ...settings, dtype }),
    metrics: () => [averageRegret()],
    callbacks: () => greedyUpdate(),
  },
  stochastic: {
    description: "1010 x with probability 0.01, -10 x otherwise",
    settings: ["x0"],
    make: (config) => new Stochastic(config),
    metrics: () => [averageRegret()],
    callbacks: () => greedyUpdate(),
  },
};

const ADAM = ["lr", "betas", "eps", "weightDecay", "maximize"] as const;

/** By the name that `tnl run --optimizer` takes. */
export const OPTIMIZERS: Readonly<Record<string, OptimizerEntry>> = {
  adam: {
    description: "Adam",
    settings: ADAM,
    make: (params, options) => Adam(params, options),
  },
  amsgrad: {
    description: "Adam with amsgrad",
    settings: ADAM,
    make: (params, options) => Adam(params, { ...options, amsgrad: true }),
  },
  "amsgrad-paper": {
    description: "AMSGrad as in its paper",
    settings: ADAM,
    make: (params, options) => Adam(params, { ...options, amsgrad: "paper" }),
  },
  "amsgrad-keras": {
    description: "AMSGrad as in Keras",
    settings: ADAM,
    make: (params, options) => Adam(params, { ...options, amsgrad: "keras" }),
  },
  "amsgrad-optax": {
    description: "AMSGrad as in optax",
    settings: ADAM,
    make: (params, options) => Adam(params, { ...options, amsgrad: "optax" }),
  },
  adamw: {
    description: "Adam with decoupled weight decay 0.01",
    settings: ADAM,
    make: (params, options) => AdamW(params, options),
  },
  adamax: {
    description: "Adam with the greatest gradient",
    settings: ADAM,
    make: (params, options) => Adamax(params, options),
  },
  nadam: {
    description: "Adam with Nesterov's momentum",
    settings: [...ADAM, "momentumDecay", "decoupledWeightDecay"],
    make: (params, options) => NAdam(params, options),
  },
  radam: {
    description: "Rectified Adam",
    settings: [...ADAM, "decoupledWeightDecay"],
    make: (params, options) => RAdam(params, options),
  },
  rmsprop: {
    description: "RMSprop",
    settings: ["lr", "alpha", "eps", "weightDecay", "momentum", "centered", "maximize"],
    make: (params, options) => RMSprop(params, options),
  },
  adagrad: {
    description: "Adagrad",
    settings: ["lr", "lrDecay", "weightDecay", "initialAccumulatorValue", "eps", "maximize"],
    make: (params, options) => Adagrad(params, options),
  },
  adadelta: {
    description: "Adadelta",
    settings: ["lr", "rho", "eps", "weightDecay", "maximize"],
    make: (params, options) => Adadelta(params, options),
  },
  rprop: {
    description: "Resilient propagation",
    settings: ["lr", "etas", "stepSizes", "maximize"],
    make: (params, options) => Rprop(params, options),
  },
  sgd: {
    description: "Gradient descent",
    settings: ["lr", "momentum", "dampening", "nesterov", "weightDecay", "maximize"],
    make: (params, options) => SGD(params, options),
  },
  asgd: {
    description: "Averaged gradient descent",
    settings: ["lr", "lambd", "alpha", "t0", "weightDecay", "maximize"],
    make: (params, options) => ASGD(params, options),
  },
};

/** The entry of `table` under `name`. Throws an `UnknownNameError` that names the nearest known one. */
export function lookUp<T>(kind: string, table: Readonly<Record<string, T>>, name: string): T {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry !== undefined) return entry;
  const known = Object.keys(table);
  throw new UnknownNameError(kind, name, known, nearestName(name, known));
}
