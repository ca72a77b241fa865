// The measured programs: the command line, and those of `workloads/`, run by plain Node on the built package as a user's are.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

import { buildDirectory } from "./c.js";
import { type FinishedProcess, root, runProcess, withTemporaryDirectory } from "./harness.js";

const cli = join(root, "dist", "cli", "bin.js");

/** `nodeOptions` come before the program, `env` is added to the environment. */
export interface NodeOptions {
  readonly nodeOptions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Compiles `workloads/<name>.ts`: tsx would do it in the measured process.
 *
 * @returns the path of the JavaScript file; it lies inside the project, so that it can import the package by name.
 */
export function compileWorkload(name: string): string {
  const source = readFileSync(join(root, "bench", "workloads", `${name}.ts`), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  mkdirSync(buildDirectory, { recursive: true });
  const file = join(buildDirectory, `${name}.mjs`);
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

/** Runs `tnl run online` with its two optimizers into a new logdir, which is removed afterwards. */
export function runMainJob(steps: number, batchStepSize: number, options: NodeOptions = {}): FinishedProcess {
  return withTemporaryDirectory((logdir) =>
    runNode(
      [
        ...[cli, "run", "online", "--logdir", logdir],
        ...["--steps", String(steps), "--batch-step-size", String(batchStepSize)],
      ],
      options,
    ),
  );
}

/** Runs the compiled `workloads/user-trial.ts`, which does the same, into a new logdir, which is removed afterwards. */
export function runUserTrial(program: string, steps: number, options: NodeOptions = {}): FinishedProcess {
  return withTemporaryDirectory((logdir) => runNode([program, logdir, String(steps)], options));
}
