// The plan of an experiment: which runs there are to be, checked before anything is touched.

import { join } from "node:path";
import { ArgumentError } from "../errors.js";
import { asHParams } from "../engine/callbacks/run-hparams.js";
import { checkCount } from "../engine/checks.js";
import type { DType } from "../engine/parameter.js";
import { workerName } from "../events/worker.js";
import { DEFAULT_LOGDIR } from "../summary/run-files.js";
import { checkResumable, suffixForRuns, IF_EXISTS, type IfExists } from "./existing-runs.js";
import type { CheckpointEvery, Job } from "./job.js";
import { findOptimizer, findProblem, makeParts } from "./parts.js";
import { environment, type Provenance } from "./provenance.js";
import { checkSettings, type Settings } from "./settings.js";

/** Which runs to make. The defaults are the experiment of "On the Convergence of Adam and Beyond" as torchbearer's tutorial has it. */
export interface PlanOptions {
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
  /** Instead of `seed`: a run with each of them, integers. The run's name has its seed then. */
  readonly seeds?: readonly number[];
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
  /**
   * A checkpoint of each run every so many `steps` (an integer from 1) or `milliseconds` (from 1); every five minutes. One is also made where the
   * signal ends a run, and at its end; the last two are kept, in `checkpoints` in its directory.
   */
  readonly checkpointEvery?: CheckpointEvery;
  /** The command that the run's log names; none. */
  readonly command?: readonly string[];
}

type Optional = "seed" | "seeds" | "maxPointsPerTag" | "command";
type Complete = Required<Omit<PlanOptions, Optional>> & Pick<PlanOptions, Optional>;

/**
 * The jobs of an experiment: each problem with each optimizer and each seed, in that order. Touches nothing.
 *
 * Throws an `ArgumentError`, `UnknownNameError`, `ModuleError` or `MissingPackageError`, or a `LogdirError` when a run is there that must not be.
 */
export async function planExperiment(given: PlanOptions): Promise<Job[]> {
  const options = withDefaults(given);
  check(options);
  const problems = await Promise.all(unique(options.problems).map(namesFor(findProblem)));
  const optimizers = await Promise.all(unique(options.optimizers).map(namesFor(findOptimizer)));
  const pairs = problems.flatMap((problem) => optimizers.map((optimizer) => ({ problem, optimizer })));
  for (const { problem, optimizer } of pairs) {
    checkSettings(problem.name, options.settings.problem, problem.entry.settings);
    checkSettings(optimizer.name, options.settings.optimizer, optimizer.entry.settings);
  }
  const seeds = unique(options.seeds ?? [options.seed ?? 1]);
  const runs = pairs.flatMap((pair) => {
    // Made once before anything is touched, so that what they refuse is refused now.
    const { model } = makeParts(pair.problem.entry, pair.optimizer.entry, { ...options, seed: seeds[0]! });
    const name = `${model.name}_${pair.optimizer.name}`;
    return seeds.map((seed) => ({ ...pair, seed, name: options.seeds ? `${name}_seed-${seed}` : name }));
  });
  const names = runs.map(({ name }) => name);
  checkDifferent(names);
  const suffix = suffixForRuns(options.logdir, names, options.ifExists);
  const around = environment(options.command);
  const { steps, lr, betas, dtype, settings, logdir, batchStepSize, maxPointsPerTag } = options;
  const jobs = runs.map(({ problem, optimizer, seed, name }): Job => ({
    run: name + suffix,
    problem: problem.given,
    optimizer: optimizer.given,
    ...{ seed, steps, lr, betas, dtype, settings, logdir, batchStepSize },
    ...(maxPointsPerTag !== undefined && { maxPointsPerTag }),
    overwrite: options.ifExists === "overwrite",
    resume: options.ifExists === "resume",
    checkpointEvery: options.checkpointEvery,
    worker: workerName() ?? false,
    config: describe(problem.name, optimizer.name, seed, options),
    environment: around,
  }));
  if (options.ifExists === "resume")
    for (const { logdir: parent, run, config } of jobs) checkResumable(join(parent, run), config);
  return jobs;
}

function withDefaults(given: PlanOptions): Complete {
  return {
    problems: ["online", "stochastic"],
    optimizers: ["adam", "amsgrad"],
    steps: 6_000_000,
    lr: 1e-3,
    betas: [0.9, 0.99],
    dtype: "float64",
    settings: { problem: {}, optimizer: {} },
    logdir: DEFAULT_LOGDIR,
    batchStepSize: 10,
    ifExists: "increment",
    checkpointEvery: { milliseconds: 5 * 60_000 },
    ...given,
  };
}

function namesFor<T>(find: (given: string) => Promise<T>): (given: string) => Promise<T & { given: string }> {
  return async (given) => ({ ...(await find(given)), given });
}

// What differs between runs first: the columns of TensorBoard's table have this order.
function describe(problem: string, optimizer: string, seed: number, options: Complete): Provenance {
  const { steps, lr, betas, dtype, batchStepSize, maxPointsPerTag, settings } = options;
  return {
    problem,
    optimizer,
    ...asHParams("", { lr, betas: betas.join(","), seed, steps, dtype }),
    ...asHParams("problem.", settings.problem),
    ...asHParams("optimizer.", settings.optimizer),
    batchStepSize,
    ...(maxPointsPerTag !== undefined && { maxPointsPerTag }),
  };
}

function check(options: Complete): void {
  checkCount("steps", options.steps, 1);
  checkCount("batchStepSize", options.batchStepSize, 1);
  if (options.maxPointsPerTag !== undefined) checkCount("maxPointsPerTag", options.maxPointsPerTag, 8);
  checkSeeds(options);
  if (options.dtype !== "float64" && options.dtype !== "float32") {
    throw new ArgumentError("dtype", '"float64" or "float32"', options.dtype);
  }
  if (!IF_EXISTS.includes(options.ifExists)) {
    throw new ArgumentError("ifExists", `one of ${IF_EXISTS.join(", ")}`, options.ifExists);
  }
  const every = options.checkpointEvery as { steps?: number; milliseconds?: number };
  if ((every.steps === undefined) === (every.milliseconds === undefined))
    throw new ArgumentError("checkpointEvery", "an object with one of steps and milliseconds", every);
  if (every.steps !== undefined) checkCount("checkpointEvery.steps", every.steps, 1);
  else if (!(every.milliseconds! >= 1 && every.milliseconds! < Infinity))
    throw new ArgumentError("checkpointEvery.milliseconds", "a finite number from 1", every.milliseconds);
  if (options.logdir === "") throw new ArgumentError("logdir", "a path", options.logdir);
}

function checkSeeds({ seed, seeds }: Complete): void {
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw new ArgumentError("seed", "a safe integer", seed);
  if (seeds === undefined) return;
  if (seed !== undefined)
    throw new ArgumentError("seeds", "given without `seed`", seeds, `\`seed\` ${seed} too`);
  const wrong = seeds.find((one) => !Number.isSafeInteger(one));
  if (wrong !== undefined) throw new ArgumentError("seeds", "safe integers", wrong);
  if (seeds.length === 0) throw new ArgumentError("seeds", "one seed or more", seeds, "none");
}

// Two runs in one directory would be one that makes no sense.
function checkDifferent(names: readonly string[]): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice === undefined) return;
  throw new ArgumentError("problems", "such that no two runs have one name", twice, `two runs ${twice}`);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
