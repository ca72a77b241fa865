// A virtual environment of Python, made once and found again by what is in it.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { withLock } from "./lock.js";
import { ask, type Answer, type Env } from "./programs.js";
import type { Interpreter } from "./python.js";

/** What to make, and where. */
export interface VenvOptions {
  /** Made if it is missing; if it holds another list of packages, made anew. */
  readonly directory: string;
  /** The text of a requirements file. */
  readonly requirements: string;
  readonly interpreter: Interpreter;
  readonly env: Env;
  readonly platform?: NodeJS.Platform;
  /** Gets one line when the environment is going to be made: that takes a while. */
  readonly log?: ((line: string) => void) | undefined;
}

/** A virtual environment that has its packages. */
export interface Venv {
  readonly directory: string;
  /** Its directory of programs: `bin`, on Windows `Scripts`. */
  readonly bin: string;
  /** Its interpreter. */
  readonly python: string;
}

/** The environment could not be made. One line, with what to do where that is known. */
export class VenvError extends Error {
  override readonly name = "VenvError";
}

/** Says that the directory is ours, and what is completely in it. */
const MARKER = "tnl-venv.json";
const LOCK = ".lock";
const VENV_TIMEOUT_MS = 180_000;
const INSTALL_TIMEOUT_MS = 900_000;
const LOCK_TIMES = {
  waitMs: VENV_TIMEOUT_MS + INSTALL_TIMEOUT_MS,
  staleMs: VENV_TIMEOUT_MS + INSTALL_TIMEOUT_MS,
};

/**
 * Makes the environment unless it is there already, complete. Several processes may call this at once: one makes it,
 * the others wait. One that was killed halfway is made anew by the next call.
 *
 * @throws {VenvError} With the reason: no venv module, no network, a directory with something else in it.
 */
export async function ensureVenv(options: VenvOptions): Promise<Venv> {
  const { directory } = options;
  const key = keyOf(options);
  if (readMarker(directory)?.key === key) return venvIn(options);
  try {
    mkdirSync(directory, { recursive: true });
    await withLock(path.join(directory, LOCK), LOCK_TIMES, async () => {
      if (readMarker(directory)?.key !== key) await make(options, key);
    });
  } catch (error) {
    if (error instanceof VenvError) throw error;
    throw new VenvError(`Cannot make a virtual environment in ${directory}: ${oneLine(String(error))}`, {
      cause: error,
    });
  }
  return venvIn(options);
}

async function make(options: VenvOptions, key: string): Promise<void> {
  const { directory, env, interpreter, log } = options;
  empty(directory);
  writeMarker(directory, null);
  log?.(`Making a virtual environment in ${directory} (once; it may take a minute)`);
  const made = await ask(interpreter.command, ["-m", "venv", directory], { env, timeoutMs: VENV_TIMEOUT_MS });
  if (made.code !== 0)
    throw new VenvError(`Cannot make a virtual environment in ${directory}: ${explain(made)}`);

  const list = path.join(directory, "requirements.txt");
  writeFileSync(list, options.requirements);
  const args = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    "--requirement",
    list,
  ];
  const installed = await ask(venvIn(options).python, args, { env, timeoutMs: INSTALL_TIMEOUT_MS });
  if (installed.code !== 0)
    throw new VenvError(`pip cannot install into ${directory}: ${explain(installed)}`);
  writeMarker(directory, key);
}

function venvIn({ directory, platform = process.platform }: VenvOptions): Venv {
  const windows = platform === "win32";
  const bin = path.join(directory, windows ? "Scripts" : "bin");
  return { directory, bin, python: path.join(bin, windows ? "python.exe" : "python") };
}

function keyOf({ requirements, interpreter }: VenvOptions): string {
  return createHash("sha256").update(`${interpreter.version}\n${requirements}`).digest("hex");
}

/** Removes what is in the directory, if we made it: somebody's own environment stays. */
function empty(directory: string): void {
  const entries = readdirSync(directory).filter((entry) => !entry.startsWith(LOCK));
  if (entries.length > 0 && readMarker(directory) === undefined) {
    throw new VenvError(`${directory} is in the way: it has something else in it; move or remove it`);
  }
  for (const entry of entries) rmSync(path.join(directory, entry), { recursive: true, force: true });
}

function readMarker(directory: string): { key: string | null } | undefined {
  try {
    return JSON.parse(readFileSync(path.join(directory, MARKER), "utf8")) as { key: string | null };
  } catch {
    return undefined;
  }
}

/** By renaming: a marker is there whole or not at all. */
function writeMarker(directory: string, key: string | null): void {
  const file = path.join(directory, MARKER);
  writeFileSync(`${file}.tmp`, JSON.stringify({ key }));
  renameSync(`${file}.tmp`, file);
}

function explain(answer: Answer): string {
  const output = `${answer.stdout}\n${answer.stderr}`;
  if (/ensurepip|No module named venv/.test(output)) {
    return "this Python comes without venv; install it (Debian, Ubuntu: apt install python3-venv)";
  }
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  // pip repeats its retries at length; its last error is the reason.
  return oneLine(
    lines.findLast((line) => line.startsWith("ERROR:")) ?? lines.slice(-2).join(" ") ?? "no reason given",
  );
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
