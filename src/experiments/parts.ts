// What a job names, and what that makes: its model and its optimizer.

import type { Model } from "../engine/model.js";
import type { Optimizer } from "../engine/optim/optimizer.js";
import type { Job } from "./job.js";
import {
  lookUp,
  OPTIMIZERS,
  PROBLEMS,
  type OptimizerEntry,
  type Problem,
  type ProblemConfig,
} from "./registry.js";
import { isModulePath, loadOptimizer, loadProblem, nameOfModule } from "./user-module.js";

/** A problem or an optimizer with its name, which for a module is the file's. */
export interface Named<T> {
  readonly name: string;
  readonly entry: T;
}

/** What a model and its optimizer are made from. */
export type Recipe = Pick<Job, "seed" | "dtype" | "lr" | "betas" | "settings">;

/** What a run trains. */
export interface Parts {
  readonly config: ProblemConfig;
  readonly model: Model;
  readonly optimizer: Optimizer;
}

/** The problem of a name or a module's path. Throws an `UnknownNameError`, or as `loadProblem`. */
export async function findProblem(given: string): Promise<Named<Problem>> {
  if (isModulePath(given)) return { name: nameOfModule(given), entry: await loadProblem(given) };
  return { name: given, entry: lookUp("problem", PROBLEMS, given) };
}

/** The optimizer of a name or a module's path. Throws an `UnknownNameError`, or as `loadOptimizer`. */
export async function findOptimizer(given: string): Promise<Named<OptimizerEntry>> {
  if (isModulePath(given)) return { name: nameOfModule(given), entry: await loadOptimizer(given) };
  return { name: given, entry: lookUp("optimizer", OPTIMIZERS, given) };
}

/** A new model and its optimizer. Throws what they refuse. */
export function makeParts(problem: Problem, entry: OptimizerEntry, recipe: Recipe): Parts {
  const { seed, dtype, lr, betas, settings } = recipe;
  const config = { seed, dtype, ...settings.problem };
  const model = problem.make(config);
  const optimizer = entry.make(model.parameters(), { lr, betas, ...settings.optimizer });
  return { config, model, optimizer };
}
