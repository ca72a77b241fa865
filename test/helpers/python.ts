// The Python of the tests: a virtual environment in .venv with what test/requirements.txt lists.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { inject } from "vitest";
import type { TestProject } from "vitest/node";

import { ask } from "../../src/cli/tensorboard/programs.js";
import { findPython } from "../../src/cli/tensorboard/python.js";
import { ensureVenv, VenvError } from "../../src/cli/tensorboard/venv.js";
import { announce, describeWith, type Optional } from "./optional.js";

/** The environment's interpreter and its directory of programs (`tensorboard` is one). */
export interface Python {
  readonly executable: string;
  readonly bin: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    python: Optional<Python>;
  }
}

const WHAT = "Python with TensorBoard";
/** What the pins in test/requirements.txt need. */
const AT_LEAST = [3, 10] as const;
const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * vitest's global setup: makes the environment, once, and tells the workers.
 *
 * @throws {Error} When it cannot be made and `CI=true`.
 */
export default async function setup(project: TestProject): Promise<void> {
  const python = await preparePython();
  announce(WHAT, python);
  project.provide("python", python);
}

/** Makes the environment if it is not there; when it cannot, says why. */
export async function preparePython(): Promise<Optional<Python>> {
  const { env } = process;
  const search = await findPython(env, AT_LEAST);
  if (search.found === undefined) {
    const seen = search.seen.length === 0 ? "none is on the PATH" : search.seen.join("; ");
    return { missing: `no Python ${AT_LEAST.join(".")} or newer: ${seen}` };
  }
  try {
    const venv = await ensureVenv({
      directory: path.join(PROJECT, ".venv"),
      requirements: readFileSync(path.join(PROJECT, "test", "requirements.txt"), "utf8"),
      interpreter: search.found,
      env,
      log: (line) => process.stderr.write(`${line}\n`),
    });
    return { value: { executable: venv.python, bin: venv.bin } };
  } catch (error) {
    if (error instanceof VenvError) return { missing: error.message };
    throw error;
  }
}

/** What the setup found; asked when needed, as the setup itself has nothing to ask. */
function state(): Optional<Python> {
  const provided = inject("python") as Optional<Python> | undefined;
  return provided ?? { missing: "test/helpers/python.ts is not among vitest's globalSetup" };
}

/** The Python of the tests, or `undefined` where there is none; then `describeWithPython` has said so. */
export function optionalPython(): Python | undefined {
  return state().value;
}

/** The Python of the tests. @throws {Error} Where there is none: use it inside `describeWithPython`. */
export function requirePython(): Python {
  const { value, missing } = state();
  if (value === undefined) throw new Error(`${WHAT} is missing: ${missing}`);
  return value;
}

/** `describe` for tests that need Python; where there is none they are skipped, and the reason is printed. */
export function describeWithPython(name: string, body: (python: Python) => void): void {
  describeWith(WHAT, state(), name, body);
}

/**
 * Runs a Python script with arguments (`sys.argv[1:]`) and gives what it prints.
 *
 * @throws {Error} With its stderr when it fails or takes longer than `timeoutMs`.
 */
export async function runPython(
  script: string,
  args: readonly string[] = [],
  timeoutMs = 60_000,
): Promise<string> {
  const { executable } = requirePython();
  const answer = await ask(executable, ["-", ...args], { env: process.env, timeoutMs, input: script });
  if (answer.code !== 0) throw new Error(`The Python script ended with ${answer.code}: ${answer.stderr}`);
  return answer.stdout;
}
