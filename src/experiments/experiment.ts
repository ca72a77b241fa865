// Experiments: each problem with each optimizer, one run after another.

import { join } from "node:path";
import { ArgumentError } from "../errors.js";
import { progressBar } from "../engine/callbacks/progress-bar.js";
import { CallbackList } from "../engine/callback-list.js";
import { ProjectBox } from "../engine/callbacks/project-box.js";
import { TensorBoard } from "../engine/callbacks/tensor-board.js";
import { loss } from "../engine/criterion.js";
import type { Model } from "../engine/model.js";
import type { DType, Parameter } from "../engine/parameter.js";
import { Trial, type Verbosity } from "../engine/trial.js";
import { DEFAULT_LOGDIR } from "../summary/run-files.js";
import { Estimate } from "./estimate.js";
import { deleteRun, suffixForRuns, IF_EXISTS, type IfExists } from "./existing-runs.js";
import type { HParamValue } from "../wire/hparams.js";
import { environment, ProvenanceLog, type Provenance } from "./provenance.js";
import { lookUp, OPTIMIZERS, PROBLEMS, type OptimizerEntry, type Problem } from "./registry.js";
import { checkSettings, type Settings } from "./settings.js";
import { isModulePath, loadOptimizer, loadProblem, nameOfModule } from "./user-module.js";

/** What to run. The defaults are the experiment of "On the Convergence of Adam and Beyond" as torchbearer's tutorial has it. */
export interface ExperimentOptions {
  /** Names in `PROBLEMS`, or paths of modules (`loadProblem`); online and stochastic. */
  readonly problems?: readonly string[];
  /** Names in `OPTIMIZERS`, or paths of modules (`loadOptimizer`); adam and amsgrad. */
  readonly optimizers?: readonly string[];
  /** Steps of each run, from 1; 6,000,000. */
  readonly steps?: number;
  /** Learning rate; 0.001. */
  readonly lr?: number;
  /** Adam's two; 0.9 and 0.99. */
  readonly betas?: readonly [number, number];
  /** Of all that is random in a run, an integer; 1. */
  readonly seed?: number;
  /** float64. */
  readonly dtype?: DType;
  /** What problems and optimizers are given beside these; nothing. */
  readonly settings?: Settings;
  /** `logs`. */
  readonly logdir?: string;
  /** Every how many steps are logged; 10. */
  readonly batchStepSize?: number;
  /** The most points of a tag that TensorBoard finds, an integer from 8; every one that is logged unless given. */
  readonly maxPointsPerTag?: number;
  /** increment. */
  readonly ifExists?: IfExists;
  /** The command that the run's log names; none. */
  readonly command?: readonly string[];
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

/**
 * Runs each problem with each optimizer, in that order, into the logdir, and returns what came out. A run's directory is
 * `<Problem>_<optimizer>`, with a number behind it if it was there. Each has its hyperparameters, and a text that says what it was made with.
 *
 * Throws an `ArgumentError`, `UnknownNameError` or `ModuleError` before anything is touched, a `LogdirError`, or a `WriteError`.
 */
export async function runExperiment(options: ExperimentOptions = {}): Promise<RunResult[]> {
  const plan = await planExperiment(options);
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
  readonly options: PlanOptions;
  readonly runs: readonly PlannedRun[];
  readonly suffix: string;
  readonly environment: Provenance;
}

type Optional = "signal" | "maxPointsPerTag" | "command";
type PlanOptions = Required<Omit<ExperimentOptions, Optional>> & Pick<ExperimentOptions, Optional>;

async function planExperiment(given: ExperimentOptions): Promise<Plan> {
  const options = {
    problems: ["online", "stochastic"],
    optimizers: ["adam", "amsgrad"],
    steps: 6_000_000,
    lr: 1e-3,
    betas: [0.9, 0.99] as const,
    seed: 1,
    dtype: "float64" as const,
    settings: { problem: {}, optimizer: {} },
    logdir: DEFAULT_LOGDIR,
    batchStepSize: 10,
    ifExists: "increment" as const,
    verbose: 1 as const,
    ...given,
  };
  check(options);
  const problems = await Promise.all(unique(options.problems).map(findProblem));
  const optimizers = await Promise.all(unique(options.optimizers).map(findOptimizer));
  const runs = problems.flatMap((problem) => optimizers.map((optimizer) => ({ ...problem, ...optimizer })));
  for (const run of runs) {
    checkSettings(run.problemName, options.settings.problem, run.problem.settings);
    checkSettings(run.optimizerName, options.settings.optimizer, run.optimizer.settings);
  }
  // Made once before anything is touched, so that what they refuse is refused now.
  const names = runs.map((run) => runName(makeModel(run, options).model.name, run.optimizerName));
  const suffix = suffixForRuns(options.logdir, names, options.ifExists);
  return { options, runs, suffix, environment: environment(options.command) };
}

async function findProblem(name: string): Promise<{ problemName: string; problem: Problem }> {
  if (isModulePath(name)) return { problemName: nameOfModule(name), problem: await loadProblem(name) };
  return { problemName: name, problem: lookUp("problem", PROBLEMS, name) };
}

async function findOptimizer(name: string): Promise<{ optimizerName: string; optimizer: OptimizerEntry }> {
  if (isModulePath(name)) return { optimizerName: nameOfModule(name), optimizer: await loadOptimizer(name) };
  return { optimizerName: name, optimizer: lookUp("optimizer", OPTIMIZERS, name) };
}

function makeModel(run: PlannedRun, { seed, dtype, lr, betas, settings }: PlanOptions) {
  const config = { seed, dtype, ...settings.problem };
  const model = run.problem.make(config);
  const optimizer = run.optimizer.make(model.parameters(), { lr, betas, ...settings.optimizer });
  return { config, model, optimizer };
}

// Undefined when it was stopped before its first step.
async function runOne(run: PlannedRun, plan: Plan): Promise<RunResult | undefined> {
  const { options, suffix } = plan;
  const { steps, logdir, batchStepSize, maxPointsPerTag, ifExists, verbose, signal, seed } = options;
  const { config, model, optimizer } = makeModel(run, options);
  const comment = run.optimizerName + suffix;
  const name = runName(model.name, comment);
  if (ifExists === "overwrite") deleteRun(join(logdir, name));

  const x = pointOf(model);
  const estimate = x && new Estimate(x.data, steps - Math.ceil(steps / 10));
  const { callbacks } = new CallbackList(run.problem.callbacks?.(model) ?? []);
  const log = new TensorBoard({
    logDir: logdir,
    comment,
    writeBatchMetrics: true,
    batchStepSize,
    writeEpochMetrics: false,
    ...(maxPointsPerTag !== undefined && { maxPointsPerTag }),
  });
  const trial = new Trial(model, optimizer, run.problem.criterion?.(model) ?? loss, {
    metrics: [...(estimate ? [estimate] : []), ...(run.problem.metrics?.(model) ?? [])],
    callbacks: [
      verbose === 0 ? [] : progressBar({ name }),
      callbacks,
      new ProvenanceLog(join(logdir, name), describeRun(run, plan)),
      log,
    ],
    seed,
    verbose: 0,
  });
  run.problem.setUp?.(trial, config);
  const start = performance.now();
  const history = await trial.forTrainSteps(steps).run(1, { verbose: 0, ...(signal && { signal }) });
  const seconds = (performance.now() - start) / 1000;
  const [epoch] = history;
  if (epoch === undefined) return undefined;
  const done = trial.state.batch + 1;
  const projection = callbacks.find((callback) => callback instanceof ProjectBox);
  return {
    run: name,
    problem: run.problemName,
    optimizer: run.optimizerName,
    steps: done,
    finalX: x?.item() ?? NaN,
    tailMean: estimate?.tailMean ?? NaN,
    averageRegret: epoch["average_regret"] ?? NaN,
    firstClamp: projection?.firstClamp ?? null,
    stepsPerSecond: done / seconds,
  };
}

// What differs between runs first: the columns of TensorBoard's table have this order.
function describeRun(run: PlannedRun, { options, environment: around }: Plan): Provenance {
  const { steps, lr, betas, seed, dtype, batchStepSize, settings } = options;
  return {
    problem: run.problemName,
    optimizer: run.optimizerName,
    ...asHParams("", { lr, betas: betas.join(","), seed, steps, dtype }),
    ...asHParams("problem.", settings.problem),
    ...asHParams("optimizer.", settings.optimizer),
    batchStepSize,
    ...around,
  };
}

// What a table of hyperparameters can have; infinities and lists are texts.
function asHParams(prefix: string, settings: Readonly<Record<string, unknown>>): Provenance {
  const entries = Object.entries(settings).map(([name, value]) => {
    const isPlain = typeof value === "boolean" || typeof value === "string" || Number.isFinite(value);
    const text = typeof value === "number" ? String(value) : JSON.stringify(value);
    return [prefix + name, isPlain ? (value as HParamValue) : text];
  });
  return Object.fromEntries(entries) as Provenance;
}

function pointOf(model: Model): Parameter | undefined {
  const { x } = model as unknown as { x?: Parameter };
  return x?.data?.length === 1 ? x : undefined;
}

function runName(model: string, comment: string): string {
  return `${model}_${comment}`;
}

function check(options: PlanOptions): void {
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
