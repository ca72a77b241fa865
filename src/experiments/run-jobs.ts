// Does the jobs of an experiment: one after another in this thread, or several at once in threads of their own.

import { progressBar } from "../engine/callbacks/progress-bar.js";
import type { Job } from "./job.js";
import { JobThread } from "./job-thread.js";
import { runJob } from "./run-job.js";
import type { RunResult } from "./run-result.js";
import { RunsProgress, type RunEnd } from "./runs-progress.js";

/** What became of a job: a result, or what it threw. Of one that was not begun, neither. */
export interface Outcome {
  readonly job: Job;
  readonly result?: RunResult;
  readonly error?: unknown;
}

export interface RunJobsOptions {
  /** When it is aborted, the runs end after their steps, and no other is begun. */
  readonly signal?: AbortSignal;
  /** Whether there is a progress bar on stderr. */
  readonly shows: boolean;
}

/** Does the jobs one after another in this thread. The outcomes are in the order of the jobs; a job that fails does not keep the next ones. */
export async function runHere(jobs: readonly Job[], options: RunJobsOptions): Promise<Outcome[]> {
  const { signal, shows } = options;
  const outcomes: Outcome[] = [];
  for (const job of jobs) {
    if (signal?.aborted === true) break;
    const callback = shows ? progressBar({ name: job.run }) : {};
    outcomes.push(await outcomeOf(job, () => runJob(job, { callback, ...(signal && { signal }) })));
  }
  return outcomes;
}

/**
 * Does the jobs in so many threads. Each thread is kept and takes the next job when it has done one, so no more is held in memory than what runs;
 * in the place of one that dies there is another. Else as `runHere`.
 */
export async function runInThreads(
  jobs: readonly Job[],
  threads: number,
  options: RunJobsOptions,
): Promise<Outcome[]> {
  const { signal, shows } = options;
  const outcomes: (Outcome | undefined)[] = jobs.map(() => undefined);
  const progress = shows ? await RunsProgress.start(jobs.map(({ steps }) => steps)) : undefined;
  const kept: JobThread[] = [];
  // One listener for all: Node takes more than ten of one signal for a leak.
  const abort = (): void => kept.forEach((thread) => thread.abort());
  signal?.addEventListener("abort", abort);
  let next = 0;
  const takeJobs = async (place: number): Promise<void> => {
    while (next < jobs.length) {
      if (signal?.aborted === true) break;
      const index = next++;
      const job = jobs[index]!;
      const onProgress = progress && ((steps: number) => progress.update(index, steps));
      const outcome = await outcomeOf(job, () => {
        if (kept[place]?.isAlive !== true) kept[place] = new JobThread();
        return kept[place].run(job, onProgress);
      });
      outcomes[index] = outcome;
      progress?.finish(index, outcome.result?.steps, endOf(outcome, signal));
    }
    await kept[place]?.end();
  };
  await Promise.all(Array.from({ length: threads }, (_, place) => takeJobs(place)));
  signal?.removeEventListener("abort", abort);
  progress?.end();
  return outcomes.filter((outcome) => outcome !== undefined);
}

function endOf(outcome: Outcome, signal: AbortSignal | undefined): RunEnd {
  if ("error" in outcome) return "failed";
  return signal?.aborted === true ? "stopped" : "done";
}

async function outcomeOf(job: Job, run: () => Promise<RunResult | undefined>): Promise<Outcome> {
  try {
    const result = await run();
    return result === undefined ? { job } : { job, result };
  } catch (error) {
    return { job, error };
  }
}
