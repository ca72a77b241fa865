// Experiments: each problem with each optimizer and seed, as runs in a logdir.

import { availableParallelism } from "node:os";
import { ArgumentError } from "../errors.js";
import { checkCount } from "../engine/checks.js";
import type { Verbosity } from "../engine/trial.js";
import { nodeFileSystem } from "../events/file-system.js";
import { openRunDirectory } from "../events/run-directory.js";
import { ExperimentError } from "./experiment-error.js";
import type { Job } from "./job.js";
import { planExperiment, type PlanOptions } from "./plan.js";
import { runHere, runInThreads } from "./run-jobs.js";
import type { RunResult } from "./run-result.js";

/** What to run, and how. */
export interface ExperimentOptions extends PlanOptions {
  /**
   * How many runs go at once, an integer from 1: each in a worker thread, or with 1 one after another in this thread. As many as there are
   * cores, and no more than there are runs; 1 when there are settings that cannot be sent to a thread, such as functions.
   */
  readonly jobs?: number;
  /** 0 silent, otherwise a progress bar on stderr: of each run, or of all together when several go at once; 1. */
  readonly verbose?: Verbosity;
  /** When it is aborted, the runs end after their steps, and no other is started. */
  readonly signal?: AbortSignal;
}

/**
 * Runs each problem with each optimizer and each seed into the logdir, and returns what came out, in that order. A run's directory is
 * `<Problem>_<optimizer>`, with `_seed-<seed>` when `seeds` are given, and a number behind it if it was there. Each has its hyperparameters,
 * and a text that says what it was made with. What comes out does not depend on how many go at once.
 *
 * Throws an `ArgumentError`, `UnknownNameError`, `ModuleError` or `LogdirError` before a run is begun; an `ExperimentError` when all runs are done and
 * some have failed.
 */
export async function runExperiment(options: ExperimentOptions = {}): Promise<RunResult[]> {
  const { verbose = 1, signal, jobs: most, ...planned } = options;
  if (most !== undefined) checkCount("jobs", most, 1);
  const jobs = await planExperiment(planned);
  const threads = threadsFor(jobs, most);
  const [first] = jobs;
  if (first === undefined || signal?.aborted === true) return [];
  // Else each run would have to find out.
  openRunDirectory(first.logdir, nodeFileSystem);
  const how = { shows: verbose !== 0, ...(signal && { signal }) };
  const outcomes = await (threads > 1 ? runInThreads(jobs, threads, how) : runHere(jobs, how));
  const results = outcomes.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const failures = outcomes.flatMap((outcome) =>
    "error" in outcome ? [{ run: outcome.job.run, error: outcome.error }] : [],
  );
  if (failures.length > 0) throw new ExperimentError(failures, results);
  return results;
}

function threadsFor(jobs: readonly Job[], most: number | undefined): number {
  const threads = Math.min(most ?? availableParallelism(), jobs.length);
  if (threads <= 1) return threads;
  try {
    structuredClone(jobs);
    return threads;
  } catch (error) {
    if (most === undefined) return 1;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ArgumentError("settings", "what can be sent to a thread, or `jobs` to be 1", undefined, reason);
  }
}
