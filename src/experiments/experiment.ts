// Experiments: each problem with each optimizer, one run after another.

import { progressBar } from "../engine/callbacks/progress-bar.js";
import type { Verbosity } from "../engine/trial.js";
import { planExperiment, type PlanOptions } from "./plan.js";
import { runJob } from "./run-job.js";
import type { RunResult } from "./run-result.js";

/** What to run, and how. */
export interface ExperimentOptions extends PlanOptions {
  /** 0 silent, otherwise a progress bar on stderr; 1. */
  readonly verbose?: Verbosity;
  /** When it is aborted, the run ends after its step, and no other is started. */
  readonly signal?: AbortSignal;
}

/**
 * Runs each problem with each optimizer, in that order, into the logdir, and returns what came out. A run's directory is
 * `<Problem>_<optimizer>`, with a number behind it if it was there. Each has its hyperparameters, and a text that says what it was made with.
 *
 * Throws an `ArgumentError`, `UnknownNameError` or `ModuleError` before anything is touched, a `LogdirError`, or a `WriteError`.
 */
export async function runExperiment(options: ExperimentOptions = {}): Promise<RunResult[]> {
  const { verbose = 1, signal, ...planned } = options;
  const jobs = await planExperiment(planned);
  const results: RunResult[] = [];
  for (const job of jobs) {
    if (signal?.aborted === true) break;
    const callback = verbose === 0 ? {} : progressBar({ name: job.run });
    const result = await runJob(job, { callback, ...(signal && { signal }) });
    if (result !== undefined) results.push(result);
  }
  return results;
}
