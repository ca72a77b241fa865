// Does one job: trains, logs into the run's directory, and says what came out.

import { basename, join } from "node:path";
import { CallbackList } from "../engine/callback-list.js";
import type { CallbackLike } from "../engine/callback.js";
import { ProjectBox } from "../engine/callbacks/project-box.js";
import { TensorBoard } from "../engine/callbacks/tensor-board.js";
import { loss } from "../engine/criterion.js";
import type { Model } from "../engine/model.js";
import type { Parameter } from "../engine/parameter.js";
import { Trial } from "../engine/trial.js";
import { SummaryWriter } from "../summary/summary-writer.js";
import { Estimate } from "./estimate.js";
import { deleteRun } from "./existing-runs.js";
import type { Job } from "./job.js";
import { findOptimizer, findProblem, makeParts } from "./parts.js";
import { ProvenanceLog } from "./provenance.js";

/** What came out of one run. */
export interface RunResult {
  /** Its name in the logdir. */
  readonly run: string;
  readonly problem: string;
  readonly optimizer: string;
  /** Steps that were done: fewer than asked for when it was stopped. */
  readonly steps: number;
  /** x after the last step; NaN for a model without an x of one number. */
  readonly finalX: number;
  /** The mean of the estimates of x of the last 10 % of the steps; NaN when it was stopped before them, and without x. */
  readonly tailMean: number;
  /** NaN for a problem that has none. */
  readonly averageRegret: number;
  /** The first batch after which x was outside [-1, 1]; null when it never was. */
  readonly firstClamp: number | null;
  readonly stepsPerSecond: number;
}

export interface RunJobOptions {
  /** When it is aborted, the run ends after its step. */
  readonly signal?: AbortSignal;
  /** Called before those of the problem, such as a progress bar. */
  readonly callbacks?: CallbackLike;
}

/** Runs a job. Undefined when it was stopped before its first step. Throws what the training throws, and a `LogdirError` or a `WriteError`. */
export async function runJob(job: Job, options: RunJobOptions = {}): Promise<RunResult | undefined> {
  const { signal, callbacks: first = [] } = options;
  const { run, steps, logdir, batchStepSize, maxPointsPerTag, worker } = job;
  const [problem, optimizerEntry] = await Promise.all([
    findProblem(job.problem),
    findOptimizer(job.optimizer),
  ]);
  const { config, model, optimizer } = makeParts(problem.entry, optimizerEntry.entry, job);
  const dir = join(logdir, run);
  if (job.overwrite) deleteRun(dir);

  const x = pointOf(model);
  const estimate = x && new Estimate(x.data, steps - Math.ceil(steps / 10));
  const { callbacks } = new CallbackList(problem.entry.callbacks?.(model) ?? []);
  const writerOptions = { worker, ...(maxPointsPerTag !== undefined && { maxPointsPerTag }) };
  const log = new TensorBoard({
    writeBatchMetrics: true,
    batchStepSize,
    writeEpochMetrics: false,
    // The run's name is the plan's, whatever the model is called by now.
    createWriter: (epochDir) => new SummaryWriter(join(dir, basename(epochDir)), writerOptions),
  });
  const trial = new Trial(model, optimizer, problem.entry.criterion?.(model) ?? loss, {
    metrics: [...(estimate ? [estimate] : []), ...(problem.entry.metrics?.(model) ?? [])],
    callbacks: [first, callbacks, new ProvenanceLog(dir, job.provenance, worker), log],
    seed: job.seed,
    verbose: 0,
  });
  problem.entry.setUp?.(trial, config);
  const start = performance.now();
  const history = await trial.forTrainSteps(steps).run(1, { verbose: 0, ...(signal && { signal }) });
  const seconds = (performance.now() - start) / 1000;
  const [epoch] = history;
  if (epoch === undefined) return undefined;
  const done = trial.state.batch + 1;
  const projection = callbacks.find((callback) => callback instanceof ProjectBox);
  return {
    run,
    problem: problem.name,
    optimizer: optimizerEntry.name,
    steps: done,
    finalX: x?.item() ?? NaN,
    tailMean: estimate?.tailMean ?? NaN,
    averageRegret: epoch["average_regret"] ?? NaN,
    firstClamp: projection?.firstClamp ?? null,
    stepsPerSecond: done / seconds,
  };
}

function pointOf(model: Model): Parameter | undefined {
  const { x } = model as unknown as { x?: Parameter };
  return x?.data?.length === 1 ? x : undefined;
}
