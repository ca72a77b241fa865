// tnl run: runs experiments and logs them.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Argv } from "yargs";
import { ArgumentError } from "../errors.js";
import type { DType } from "../engine/parameter.js";
import type { Verbosity } from "../engine/trial.js";
import { ExperimentError } from "../experiments/experiment-error.js";
import { runExperiment } from "../experiments/experiment.js";
import type { CheckpointEvery } from "../experiments/job.js";
import { IF_EXISTS, type IfExists } from "../experiments/existing-runs.js";
import { OPTIMIZERS, PROBLEMS } from "../experiments/registry.js";
import type { RunResult } from "../experiments/run-result.js";
import { parseSettings } from "../experiments/settings.js";
import { UsageError } from "./exit-codes.js";
import type { Io } from "./io.js";
import { parseInteger, parseIntegers, parseNumber, parseTime } from "./numbers.js";
import { Stop } from "./stop.js";
import { table } from "./table.js";

/** Problems, optimizers and settings are lists. */
export const repeatable = ["problems", "optimizer", "set"];

/** The options of `tnl run`, for yargs. Numbers are taken as text, so that an error can show what was typed. */
export function options(yargs: Argv) {
  return yargs
    .positional("problems", {
      type: "string",
      array: true,
      describe: `Problems: ${Object.keys(PROBLEMS).join(", ")}, or modules of your own, such as ./problem.ts`,
      defaultDescription: "both",
    })
    .option("optimizer", {
      type: "string",
      requiresArg: true,
      describe: `May be repeated: ${Object.keys(OPTIMIZERS).join(", ")}, or a module of your own`,
      defaultDescription: "adam and amsgrad",
    })
    .option("set", {
      type: "string",
      requiresArg: true,
      describe: "May be repeated: a setting, such as optimizer.eps=1e-6 or problem.x0=0.5",
    })
    .config(
      "config",
      'A JSON file with options, such as {"steps": 1e5}; those on the command line win',
      readConfig,
    )
    .option("steps", { type: "string", requiresArg: true, default: "6000000", describe: "Steps of each run" })
    .option("lr", { type: "string", requiresArg: true, default: "0.001", describe: "Learning rate" })
    .option("betas", { type: "string", requiresArg: true, default: "0.9,0.99", describe: "Adam's two" })
    .option("seed", {
      type: "string",
      requiresArg: true,
      describe: "Of all that is random in a run",
      defaultDescription: "1",
    })
    .option("seeds", {
      type: "string",
      requiresArg: true,
      describe: "Instead of --seed: a run with each, such as 0..29 or 1,2,5",
    })
    .option("jobs", {
      type: "string",
      requiresArg: true,
      describe: "How many runs go at once; 1: one after another in the main thread",
      defaultDescription: "one a core",
    })
    .option("dtype", {
      choices: ["float64", "float32"] as const,
      requiresArg: true,
      default: "float64" as DType,
      describe: "How x and the optimizer's state are stored",
    })
    .option("logdir", { type: "string", requiresArg: true, default: "logs", describe: "Where the runs go" })
    .option("batch-step-size", {
      type: "string",
      requiresArg: true,
      default: "10",
      describe: "Log every so many steps",
    })
    .option("max-points", {
      type: "string",
      requiresArg: true,
      describe: "Show at most so many points a tag, peaks among them; keep every one in a record file",
      defaultDescription: "no limit",
    })
    .option("if-exists", {
      choices: IF_EXISTS,
      requiresArg: true,
      describe: "What to do when a run is there already",
      defaultDescription: "increment",
    })
    .option("resume", {
      type: "boolean",
      default: false,
      describe: "Go on with the runs that were not finished: --if-exists resume",
    })
    .option("checkpoint-every", {
      type: "string",
      requiresArg: true,
      default: "5m",
      describe: "Save each run every so many steps (100000) or so much time (30s, 5m, 1h)",
    })
    .option("max-time", {
      type: "string",
      requiresArg: true,
      describe: "End after so much time (45m, 8h, 1d), saved, to be resumed: exit code 124",
      defaultDescription: "no limit",
    })
    .option("verbose", {
      choices: [0, 1, 2] as const,
      requiresArg: true,
      default: 1 as Verbosity,
      describe: "0: no progress bar on stderr",
    })
    .option("json", { type: "boolean", default: false, describe: "Results as JSON" });
}

/** What yargs makes of them. */
export type RunArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Runs the experiments and writes the table. Returns the exit code. */
export async function run(args: RunArguments, io: Io): Promise<number> {
  const write = (results: readonly RunResult[]): void =>
    void io.stdout.write(args.json ? `${JSON.stringify(results)}\n` : report(results, args.logdir));
  const maxTime = args["max-time"];
  const stop = new Stop(io, maxTime === undefined ? undefined : parseMaxTime("--max-time", maxTime));
  try {
    const optimizers = args.optimizer === undefined ? undefined : [args.optimizer].flat();
    const settings = args.set === undefined ? [] : [args.set].flat();
    if (args.seed !== undefined && args.seeds !== undefined)
      throw new UsageError("--seed and --seeds are given: one of them only");
    const results = await runExperiment({
      ...(args.problems?.length && { problems: args.problems }),
      ...(optimizers && { optimizers }),
      steps: parseInteger("--steps", args.steps, 1),
      lr: parseNumber("--lr", args.lr),
      betas: parseBetas(args.betas),
      ...(args.seed !== undefined && { seed: parseInteger("--seed", args.seed, -Infinity) }),
      ...(args.seeds !== undefined && { seeds: parseIntegers("--seeds", args.seeds) }),
      ...(args.jobs !== undefined && { jobs: parseInteger("--jobs", args.jobs, 1) }),
      dtype: args.dtype,
      logdir: args.logdir,
      batchStepSize: parseInteger("--batch-step-size", args["batch-step-size"], 1),
      ...(args["max-points"] !== undefined && {
        maxPointsPerTag: parseInteger("--max-points", args["max-points"], 8),
      }),
      settings: parseSettings("--set", settings),
      ifExists: ifExistsOf(args),
      checkpointEvery: parseEvery("--checkpoint-every", args["checkpoint-every"]),
      ...(io.command && { command: io.command }),
      verbose: args.verbose,
      signal: stop.signal,
    });
    write(results);
    return stop.code;
  } catch (error) {
    if (error instanceof ExperimentError && error.results.length > 0) write(error.results);
    throw error;
  } finally {
    stop.release();
  }
}

function ifExistsOf({ resume, "if-exists": ifExists }: RunArguments): IfExists {
  if (!resume) return ifExists ?? "increment";
  if (ifExists === undefined || ifExists === "resume") return "resume";
  throw new UsageError(`--resume and --if-exists ${ifExists} cannot be given together`);
}

function parseEvery(option: string, text: string): CheckpointEvery {
  const milliseconds = parseTime(text);
  if (milliseconds !== undefined) return { milliseconds };
  const steps = Number(text);
  if (Number.isSafeInteger(steps) && steps >= 1) return { steps };
  throw new ArgumentError(
    option,
    "steps, as 100000, or a time, as 30s, 5m or 1h",
    text,
    JSON.stringify(text),
  );
}

function parseMaxTime(option: string, text: string): number {
  const milliseconds = parseTime(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new ArgumentError(option, "a time, as 90s, 45m or 8h", text, JSON.stringify(text));
}

// yargs takes the names of the options; what a file has as numbers and lists is what the command line has as text.
function readConfig(path: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(
      `Cannot read --config ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (typeof content !== "object" || content === null || Array.isArray(content))
    throw new ArgumentError("--config", "a file with a JSON object of options", content);
  const { set = {}, ...options } = content as Record<string, unknown>;
  const settings = Array.isArray(set)
    ? (set as unknown[])
    : Object.entries(set as object).map(([name, value]) => `${name}=${textOf(value)}`);
  return {
    ...Object.fromEntries(Object.entries(options).map(([name, value]) => [name, plain(value)])),
    ...(settings.length > 0 && { set: settings }),
  };
}

function plain(value: unknown): unknown {
  return typeof value === "number" ||
    (Array.isArray(value) && value.every((part) => typeof part === "number"))
    ? String(value)
    : value;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parseBetas(text: string): [number, number] {
  const betas = text.split(",").map((part) => parseNumber("--betas", part));
  if (betas.length !== 2)
    throw new ArgumentError("--betas", "two numbers, such as 0.9,0.99", text, JSON.stringify(text));
  return betas as [number, number];
}

function report(results: readonly RunResult[], logdir: string): string {
  const number = (x: number, digits: number): string => (Number.isFinite(x) ? x.toFixed(digits) : "-");
  const hasSeeds = new Set(results.map(({ seed }) => seed)).size > 1;
  const rows = results.map((result) => [
    result.run,
    ...(hasSeeds ? [String(result.seed)] : []),
    result.steps.toLocaleString("en"),
    number(result.finalX, 7),
    number(result.tailMean, 4),
    number(result.averageRegret, 7),
    Math.round(result.stepsPerSecond).toLocaleString("en"),
  ]);
  const numbers = ["steps", "final x", "mean x, last 10 %", "average regret", "steps/s"];
  const header = ["run", ...(hasSeeds ? ["seed"] : []), ...numbers];
  return `${table(header, rows)}\nTo look: tensorboard --logdir ${quoted(logdir)}\n     or: npx tnl tensorboard ${quoted(logdir)}\n`;
}

// So that the line can be pasted into a shell, and is one argument there that is no option.
function quoted(path: string): string {
  const plain = process.platform === "win32" ? /^[\w./~:\\-]+$/ : /^[\w./:-]+$/;
  const name = path.startsWith("-") ? resolve(path) : path;
  return plain.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
