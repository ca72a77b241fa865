// Experiments: each problem with each optimizer, one run after another.

import { join } from "node:path";
import { ArgumentError } from "../errors.js";
import { progressBar } from "../engine/callbacks/progress-bar.js";
import { greedyUpdate } from "../engine/callbacks/project-box.js";
import { TensorBoard } from "../engine/callbacks/tensor-board.js";
import { loss } from "../engine/criterion.js";
import type { DType } from "../engine/parameter.js";
import { Trial, type Verbosity } from "../engine/trial.js";
import { DEFAULT_LOGDIR } from "../summary/run-files.js";
import { Estimate } from "./estimate.js";
import { deleteRun, suffixForRuns, IF_EXISTS, type IfExists } from "./existing-runs.js";
import { lookUp, OPTIMIZERS, PROBLEMS, type OptimizerEntry, type Problem } from "./registry.js";

/** What to run. The defaults are the experiment of "On the Convergence of Adam and Beyond" as torchbearer's tutorial has it. */
export interface ExperimentOptions {
  /** Names in `PROBLEMS`; online and stochastic. */
  readonly problems?: readonly string[];
  /** Names in `OPTIMIZERS`; adam and amsgrad. */
  readonly optimizers?: readonly string[];
  /** Steps of each run, from 1; 6,000,000. */
  readonly steps?: number;
  /** Learning rate; 0.001. */
  readonly lr?: number;
  /** Adam's two; 0.9 and 0.99. */
  readonly betas?: readonly [number, number];
  /** Of the stochastic problem, an integer; 1. */
  readonly seed?: number;
  /** float64. */
  readonly dtype?: DType;
  /** `logs`. */
  readonly logdir?: string;
  /** Every how many steps are logged; 10. */
  readonly batchStepSize?: number;
  /** The most points of a tag that TensorBoard finds, an integer from 8; every one that is logged unless given. */
  readonly maxPointsPerTag?: number;
  /** increment. */
  readonly ifExists?: IfExists;
  /** 0 silent, otherwise a progress bar on stderr; 1. */
  readonly verbose?: Verbosity;
  /** When it is aborted, the run ends after its step, and no other is started. */
  readonly signal?: AbortSignal;
}

/** What came out of one run. */
export interface RunResult {
  /** Its name in the logdir. */
  readonly run: string;
  readonly problem: string;
  readonly optimizer: string;
  /** Steps that were done: fewer than asked for when it was stopped. */
  readonly steps: number;
  /** x after the last step. */
  readonly finalX: number;
  /** The mean of the estimates of the last 10 % of the steps; NaN when it was stopped before them. */
  readonly tailMean: number;
  readonly averageRegret: number;
  /** The first batch after which x was outside [-1, 1]; null when it never was. */
  readonly firstClamp: number | null;
  readonly stepsPerSecond: number;
}

/**
 * Runs each problem with each optimizer, in that order, into the logdir, and returns what came out. A run's directory is
 * `<Problem>_<optimizer>`, with a number behind it if it was there.
 *
 * Throws an `ArgumentError` or `UnknownNameError` before anything is touched, a `LogdirError`, or a `WriteError`.
 */
export async function runExperiment(options: ExperimentOptions = {}): Promise<RunResult[]> {
  const plan = planExperiment(options);
  const results: RunResult[] = [];
  for (const run of plan.runs) {
    if (options.signal?.aborted === true) break;
    const result = await runOne(run, plan);
    if (result !== undefined) results.push(result);
  }
  return results;
}

interface PlannedRun {
  readonly problemName: string;
  readonly problem: Problem;
  readonly optimizerName: string;
  readonly optimizer: OptimizerEntry;
}

interface Plan {
  readonly options: Required<Omit<ExperimentOptions, "signal" | "maxPointsPerTag">> &
    Pick<ExperimentOptions, "signal" | "maxPointsPerTag">;
  readonly runs: readonly PlannedRun[];
  readonly suffix: string;
}

function planExperiment(given: ExperimentOptions): Plan {
  const options = {
    problems: ["online", "stochastic"],
    optimizers: ["adam", "amsgrad"],
    steps: 6_000_000,
    lr: 1e-3,
    betas: [0.9, 0.99] as const,
    seed: 1,
    dtype: "float64" as const,
    logdir: DEFAULT_LOGDIR,
    batchStepSize: 10,
    ifExists: "increment" as const,
    verbose: 1 as const,
    ...given,
  };
  const runs = unique(options.problems).flatMap((problemName) =>
    unique(options.optimizers).map((optimizerName) => ({
      problemName,
      problem: lookUp("problem", PROBLEMS, problemName),
      optimizerName,
      optimizer: lookUp("optimizer", OPTIMIZERS, optimizerName),
    })),
  );
  check(options);
  // Made once before anything is touched, so that what they refuse is refused now.
  const names = runs.map((run) => {
    const model = run.problem.make(options);
    run.optimizer.make(model.parameters(), options);
    return runName(model.name, run.optimizerName);
  });
  return { options, runs, suffix: suffixForRuns(options.logdir, names, options.ifExists) };
}

// Undefined when it was stopped before its first step.
async function runOne(run: PlannedRun, { options, suffix }: Plan): Promise<RunResult | undefined> {
  const { steps, logdir, batchStepSize, maxPointsPerTag, ifExists, verbose, signal } = options;
  const model = run.problem.make(options);
  const optimizer = run.optimizer.make(model.parameters(), options);
  const comment = run.optimizerName + suffix;
  const name = runName(model.name, comment);
  if (ifExists === "overwrite") deleteRun(join(logdir, name));

  const estimate = new Estimate(model.x.data, steps - Math.ceil(steps / 10));
  const projection = greedyUpdate();
  const log = new TensorBoard({
    logDir: logdir,
    comment,
    writeBatchMetrics: true,
    batchStepSize,
    writeEpochMetrics: false,
    ...(maxPointsPerTag !== undefined && { maxPointsPerTag }),
  });
  const trial = new Trial(model, optimizer, loss, {
    metrics: [estimate, ...run.problem.metrics()],
    callbacks: [verbose === 0 ? [] : progressBar({ name }), projection, log],
  });
  const start = performance.now();
  const history = await trial.forTrainSteps(steps).run(1, { verbose: 0, ...(signal && { signal }) });
  const seconds = (performance.now() - start) / 1000;
  const [epoch] = history;
  if (epoch === undefined) return undefined;
  const done = trial.state.batch + 1;
  return {
    run: name,
    problem: run.problemName,
    optimizer: run.optimizerName,
    steps: done,
    finalX: model.x.item(),
    tailMean: estimate.tailMean,
    averageRegret: epoch["average_regret"] ?? NaN,
    firstClamp: projection.firstClamp ?? null,
    stepsPerSecond: done / seconds,
  };
}

function runName(model: string, comment: string): string {
  return `${model}_${comment}`;
}

function check(options: Plan["options"]): void {
  const integers = { steps: 1, batchStepSize: 1 } as const;
  for (const [name, least] of Object.entries(integers)) {
    const value = options[name as keyof typeof integers];
    if (!Number.isSafeInteger(value) || value < least) {
      throw new ArgumentError(name, `an integer from ${least}`, value);
    }
  }
  const { maxPointsPerTag = 8 } = options;
  if (!Number.isSafeInteger(maxPointsPerTag) || maxPointsPerTag < 8) {
    throw new ArgumentError("maxPointsPerTag", "an integer from 8", maxPointsPerTag);
  }
  if (!Number.isSafeInteger(options.seed)) throw new ArgumentError("seed", "a safe integer", options.seed);
  if (options.dtype !== "float64" && options.dtype !== "float32") {
    throw new ArgumentError("dtype", '"float64" or "float32"', options.dtype);
  }
  if (!IF_EXISTS.includes(options.ifExists)) {
    throw new ArgumentError("ifExists", `one of ${IF_EXISTS.join(", ")}`, options.ifExists);
  }
  if (options.logdir === "") throw new ArgumentError("logdir", "a path", options.logdir);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
