// run.json: what a run's directory says about it for programs, and for a later `tnl run --resume`.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError, errnoOf, LogdirError, WriteError } from "../errors.js";
import { unreadable } from "../events/unreadable.js";
import { removeUnfinishedHere, writeWholeFile } from "../events/whole-file.js";
import type { HParamValue } from "../wire/hparams.js";
import type { ProcessMark } from "./process-mark.js";
import type { RunResult } from "./run-result.js";

/** Its name in the run's directory. */
export const RUN_FILE = "run.json";
/** The directory of checkpoints beside it. */
export const CHECKPOINTS = "checkpoints";

const FORMAT = "tensorboard-node-logger run";
const VERSION = 1;

/** What the file has. */
export interface RunFile {
  /** What the run is made from; who resumes it must give the same. */
  readonly config: Readonly<Record<string, HParamValue>>;
  /** What it was begun with: versions, machine, command. */
  readonly environment: Readonly<Record<string, HParamValue>>;
  /** The process that works on it, or did when it was killed; null when none does. */
  readonly process: ProcessMark | null;
  /** What came out; null before its end. */
  readonly result: RunResult | null;
}

/** The numbers of a result that may be NaN, which JSON does not have. */
const MAY_BE_NAN = ["finalX", "tailMean", "averageRegret", "stepsPerSecond"] as const;

/**
 * The file of the run in `dir`; undefined when there is none. Throws a `LogdirError`: `LOGDIR_NOT_READABLE`, or `NOT_RESUMABLE` for one that
 * is damaged or of another version.
 */
export function readRunFile(dir: string): RunFile | undefined {
  const path = join(dir, RUN_FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
  const content = parse(text);
  if (content === undefined) throw notResumable(dir, `${path} is none of this version's`);
  return content;
}

/**
 * Writes it whole or not at all, onto the disk, into `dir`, which is there. What a process that was killed meanwhile has left there is deleted.
 * Throws a `WriteError`.
 */
export function writeRunFile(dir: string, file: RunFile): void {
  const text = `${JSON.stringify({ format: FORMAT, version: VERSION, ...file }, undefined, 2)}\n`;
  try {
    // Here too: a run that was killed behind its last step is resumed without a writer that would do it.
    removeUnfinishedHere(dir);
    writeWholeFile(join(dir, RUN_FILE), [Buffer.from(text)]);
  } catch (error) {
    throw new WriteError(join(dir, RUN_FILE), error);
  }
}

/** Throws an `ArgumentError` that names the first setting in which `config` is not what the run in `dir` was begun with. */
export function checkSameConfig(dir: string, { config: begun }: RunFile, config: RunFile["config"]): void {
  for (const name of new Set([...Object.keys(begun), ...Object.keys(config)])) {
    if (begun[name] === config[name]) continue;
    const expected = `${name in begun ? String(begun[name]) : "left out"}, as the run ${dir} was begun`;
    throw new ArgumentError(name, expected, config[name]);
  }
}

/** The error for a run that cannot be resumed. */
export function notResumable(dir: string, reason: string): LogdirError {
  return new LogdirError("NOT_RESUMABLE", dir, `Cannot resume the run ${dir}: ${reason}`);
}

function parse(text: string): RunFile | undefined {
  try {
    const { format, version, result, ...file } = JSON.parse(text) as RunFile & {
      format: unknown;
      version: unknown;
    };
    if (format !== FORMAT || version !== VERSION || typeof file.config !== "object") return undefined;
    return { ...file, result: result && withNaN(result) };
  } catch {
    return undefined;
  }
}

function withNaN(result: RunResult): RunResult {
  const nulls = MAY_BE_NAN.filter((name) => (result[name] as number | null) === null);
  return { ...result, ...Object.fromEntries(nulls.map((name) => [name, NaN])) };
}
