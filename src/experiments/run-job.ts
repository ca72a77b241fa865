// Does one job: trains, logs into the run's directory, and says what came out.

import { join } from "node:path";
import { CallbackList } from "../engine/callback-list.js";
import type { Callback } from "../engine/callback.js";
import { Interval } from "../engine/callbacks/interval.js";
import { ProjectBox } from "../engine/callbacks/project-box.js";
import type { CreateWriter } from "../engine/callbacks/shared-writers.js";
import { TensorBoard } from "../engine/callbacks/tensor-board.js";
import type { TensorBoardRunOptions } from "../engine/callbacks/tensor-board-run.js";
import { latestCheckpoint } from "../engine/checkpoint-file.js";
import { loss } from "../engine/criterion.js";
import type { Model } from "../engine/model.js";
import type { Parameter } from "../engine/parameter.js";
import type { State } from "../engine/state.js";
import { Trial } from "../engine/trial.js";
import { nodeFileSystem } from "../events/file-system.js";
import { openRunDirectory } from "../events/run-directory.js";
import { SummaryWriter } from "../summary/summary-writer.js";
import type { SummaryWriterOptions } from "../summary/writer-options.js";
import { Estimate } from "./estimate.js";
import { deleteRun } from "./existing-runs.js";
import type { Job } from "./job.js";
import { findOptimizer, findProblem, makeParts, type Parts } from "./parts.js";
import { thisProcess } from "./process-mark.js";
import { ProvenanceLog } from "./provenance.js";
import type { Problem } from "./registry.js";
import { CHECKPOINTS, readRunFile, writeRunFile, type RunFile } from "./run-file.js";
import type { RunResult } from "./run-result.js";

export interface RunJobOptions {
  /** When it is aborted, the run ends after its step. */
  readonly signal?: AbortSignal;
  /** Called before those of the problem, such as a progress bar. */
  readonly callback?: Callback;
}

/**
 * Runs a job. Undefined when it was stopped before it began; of one that is resumed and was done, what came out then. Throws what the training
 * throws, a `LogdirError`, a `WriteError`, or a `CheckpointError` when it is to be resumed and no checkpoint is whole.
 */
export async function runJob(job: Job, options: RunJobOptions = {}): Promise<RunResult | undefined> {
  const dir = join(job.logdir, job.run);
  const earlier = job.resume ? readRunFile(dir) : undefined;
  if (earlier !== undefined && earlier.result !== null) return earlier.result;
  const problem = await findProblem(job.problem);
  const optimizer = await findOptimizer(job.optimizer);
  const parts = makeParts(problem.entry, optimizer.entry, job);
  if (options.signal?.aborted === true) return undefined;
  if (job.overwrite) deleteRun(dir);
  openRunDirectory(dir, nodeFileSystem);
  const file = { config: job.config, environment: earlier?.environment ?? job.environment };
  writeRunFile(dir, { ...file, process: thisProcess(), result: null });
  let result: RunResult | undefined;
  let isDone = false;
  try {
    const outcome = await train(job, problem.entry, parts, options);
    ({ isDone } = outcome);
    result = outcome.numbers && {
      ...{ run: job.run, problem: problem.name, optimizer: optimizer.name, seed: job.seed },
      ...outcome.numbers,
    };
  } catch (error) {
    release(dir, file);
    throw error;
  }
  // A program that goes on does not work on it any more.
  writeRunFile(dir, { ...file, process: null, result: isDone ? result! : null });
  return result;
}

interface Trained {
  /** Undefined when it was stopped before its first step. */
  readonly numbers: Omit<RunResult, "run" | "problem" | "optimizer" | "seed"> | undefined;
  readonly isDone: boolean;
}

async function train(job: Job, problem: Problem, parts: Parts, options: RunJobOptions): Promise<Trained> {
  const { signal, callback = {} } = options;
  const { steps, config, environment } = job;
  const { model, optimizer } = parts;
  const dir = join(job.logdir, job.run);
  const x = pointOf(model);
  const estimate = x && new Estimate(x.data, steps - Math.ceil(steps / 10));
  const { callbacks } = new CallbackList(problem.callbacks?.(model) ?? []);
  const counter = new StepCounter();
  const trial = new Trial(model, optimizer, problem.criterion?.(model) ?? loss, {
    metrics: [...(estimate ? [estimate] : []), ...(problem.metrics?.(model) ?? [])],
    callbacks: [
      callback,
      callbacks,
      counter,
      new ProvenanceLog({ ...placeOf(job), config, environment }),
      logOf(job),
      canBeSaved(model, optimizer) ? checkpointsOf(job, join(dir, CHECKPOINTS)) : {},
    ],
    seed: job.seed,
    verbose: 0,
  });
  problem.setUp?.(trial, parts.config);
  trial.forTrainSteps(steps);
  if (job.resume) goOn(trial, join(dir, CHECKPOINTS));
  const start = performance.now();
  const [epoch] = await trial.run(1, { verbose: 0, ...(signal && { signal }) });
  const seconds = (performance.now() - start) / 1000;
  if (epoch === undefined) return { numbers: undefined, isDone: false };
  const projection = callbacks.find((one) => one instanceof ProjectBox);
  const numbers = {
    steps: counter.done,
    finalX: x?.item() ?? NaN,
    tailMean: estimate?.tailMean ?? NaN,
    averageRegret: epoch["average_regret"] ?? NaN,
    firstClamp: projection?.firstClamp ?? null,
    stepsPerSecond: counter.doneHere / seconds,
  };
  return { numbers, isDone: !trial.state.interrupted };
}

// The error that ended the run is the one to tell.
function release(dir: string, file: Pick<RunFile, "config" | "environment">): void {
  try {
    writeRunFile(dir, { ...file, process: null, result: null });
  } catch {
    // The mark of a process that has ended means nothing.
  }
}

/** Counts the training steps of a run, those of processes before this one too. */
class StepCounter implements Callback {
  done = 0;
  #before = 0;

  /** Those of this process. */
  get doneHere(): number {
    return this.done - this.#before;
  }

  onEndTraining({ stepsDone }: State): void {
    this.done = stepsDone;
  }

  stateDict({ phase, stepsDone }: State): number {
    return phase === "training" ? stepsDone : this.done;
  }

  loadStateDict(done: number): void {
    this.done = this.#before = done;
  }
}

function logOf(job: Job): TensorBoard {
  const { batchStepSize, maxPointsPerTag } = job;
  return new TensorBoard({
    ...placeOf(job, maxPointsPerTag === undefined ? {} : { maxPointsPerTag }),
    ...{ writeBatchMetrics: true, batchStepSize, writeEpochMetrics: false },
  });
}

// Where there is anything, it is of a run without a checkpoint, which begins again.
function placeOf({ logdir, run, worker }: Job, bounds: SummaryWriterOptions = {}): TensorBoardRunOptions {
  const createWriter: CreateWriter = (dir, from) => new SummaryWriter(dir, { worker, ...bounds, ...from });
  return { logDir: logdir, run, overwrite: true, createWriter };
}

function checkpointsOf({ checkpointEvery }: Job, dir: string): Interval {
  const prefix = dir.replaceAll(/[{}]/g, "$&$&");
  return new Interval(join(prefix, "{step:012d}.json"), { ...checkpointEvery, keep: 2, atEnd: true });
}

// What a module of the user's makes need not.
function canBeSaved(...parts: readonly object[]): boolean {
  const cannot = parts.find((part) => !("stateDict" in part && "loadStateDict" in part));
  if (cannot === undefined) return true;
  const name = (cannot as { name?: string }).name ?? cannot.constructor.name;
  const message = `The run is not saved, and begins again when it is resumed: ${name} has no stateDict and loadStateDict`;
  process.emitWarning(message, { code: "NOT_SAVED" });
  return false;
}

function goOn(trial: Trial, dir: string): void {
  const latest = latestCheckpoint(dir);
  for (const { message } of latest?.refused ?? []) {
    process.emitWarning(`${message}; the checkpoint before it is used`, { code: "OLDER_CHECKPOINT" });
  }
  if (latest !== undefined) trial.loadStateDict(latest.stateDict);
}

function pointOf(model: Model): Parameter | undefined {
  const { x } = model as unknown as { x?: Parameter };
  return x?.data?.length === 1 ? x : undefined;
}
