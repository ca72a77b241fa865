// Some runs of an experiment failed.

import { TnlError } from "../errors.js";
import type { RunResult } from "./run-result.js";

/** A run that failed. */
export interface FailedRun {
  /** Its name in the logdir. */
  readonly run: string;
  /** What it threw. */
  readonly error: unknown;
}

/** Runs failed; all others were done. The message names them; `cause` is the error of the first. */
export class ExperimentError extends TnlError {
  readonly code = "RUNS_FAILED";
  /** In the order of the runs; one at least. */
  readonly failures: readonly FailedRun[];
  /** What came out of the others. */
  readonly results: readonly RunResult[];

  constructor(failures: readonly FailedRun[], results: readonly RunResult[]) {
    super(failures.map(({ run, error }) => `${run}: ${messageOf(error)}`).join("; "), {
      cause: failures[0]?.error,
    });
    this.failures = failures;
    this.results = results;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
