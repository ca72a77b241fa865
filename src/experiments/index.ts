// Experiments: problems by optimizers, as runs in a logdir.

export { runExperiment } from "./experiment.js";
export type { ExperimentOptions } from "./experiment.js";
export { ExperimentError } from "./experiment-error.js";
export type { FailedRun } from "./experiment-error.js";
export { IF_EXISTS } from "./existing-runs.js";
export type { IfExists } from "./existing-runs.js";
export type { PlanOptions } from "./plan.js";
export { lookUp, OPTIMIZERS, PROBLEMS } from "./registry.js";
export type { OptimizerConfig, OptimizerEntry, Problem, ProblemConfig } from "./registry.js";
export type { RunResult } from "./run-result.js";
