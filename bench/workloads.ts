// The measured programs: the command line, and those of `workloads/`, run by plain Node on the built package as a user's are.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

import { buildDirectory } from "./c.js";
import { check, type FinishedProcess, root, runProcess, withTemporaryDirectory } from "./harness.js";

/** The built command line. */
export const cli = join(root, "dist", "cli", "bin.js");

/** Steps of each optimizer in the main job. */
export const STEPS = 6_000_000;

/** `nodeOptions` come before the program, `env` is added to the environment. */
export interface NodeOptions {
  readonly nodeOptions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The process of the main job, and what its two runs said: Adam's and AMSGrad's. */
export interface MainJob extends FinishedProcess {
  readonly runs: readonly {
    readonly finalX: number;
    readonly steps: number;
    readonly stepsPerSecond: number;
  }[];
}

/** Compiles `workloads/<name>.ts`; gives the path of the JavaScript file. */
export function compileWorkload(name: string): string {
  return compileProgram(join(root, "bench", "workloads", `${name}.ts`));
}

/**
 * Compiles a program: tsx would do it in the measured process.
 *
 * @returns the path of the JavaScript file; it lies inside the project, so that it can import the package by name.
 */
export function compileProgram(path: string): string {
  const source = readFileSync(path, "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  mkdirSync(buildDirectory, { recursive: true });
  const file = join(buildDirectory, `${basename(path, ".ts")}.mjs`);
  writeFileSync(file, outputText);
  return file;
}

/** The Node options that load a compiled workload before the program. */
export function preload(file: string): readonly string[] {
  return ["--import", pathToFileURL(file).href];
}

/** Runs a program with Node, to its end. */
export function runNode(args: readonly string[], options: NodeOptions = {}): FinishedProcess {
  const { nodeOptions = [], env = {} } = options;
  return runProcess(process.execPath, [...nodeOptions, ...args], { env });
}

/**
 * Runs `tnl run online` with its two optimizers, one after the other, into a new logdir, which is removed afterwards.
 *
 * @throws Error if it did not compute what it should.
 */
export function runMainJob(batchStepSize: number, options: NodeOptions = {}): MainJob {
  const job = withTemporaryDirectory((logdir) =>
    runNode(
      [
        ...[cli, "run", "online", "--jobs=1", "--json", "--logdir", logdir],
        ...["--steps", String(STEPS), "--batch-step-size", String(batchStepSize)],
      ],
      options,
    ),
  );
  const runs = parseResults<MainJob["runs"][number]>(job.stdout);
  checkFinalX(runs.map(({ finalX }) => finalX));
  return { ...job, runs };
}

/** Runs the compiled `workloads/user-trial.ts`, which does the same. Throws likewise. */
export function runUserTrial(program: string, options: NodeOptions = {}): FinishedProcess {
  const job = withTemporaryDirectory((logdir) => runNode([program, logdir, String(STEPS)], options));
  checkFinalX(parseResults<number>(job.stdout));
  return job;
}

/** The one line of the output that is a JSON array; `--trace-gc` writes to the same stream, and in brackets too. */
function parseResults<T>(stdout: string): T[] {
  const line = stdout.split("\n").find((candidate) => /^\[[{\d]/.test(candidate) && candidate.endsWith("]"));
  if (line === undefined) throw new Error(`no results in the output:\n${stdout}`);
  return JSON.parse(line) as T[];
}

/** Throws unless `x` is Adam's after 6,000,000 steps of the online problem. */
export function checkAdam(x: number): void {
  check("final x of Adam", x, 1, 0);
}

/** Of 6,000,000 steps: Adam's and AMSGrad's. */
function checkFinalX([adam = Number.NaN, amsgrad = Number.NaN]: readonly number[]): void {
  checkAdam(adam);
  check("final x of AMSGrad", amsgrad, -0.9951160116, 1e-10);
}
