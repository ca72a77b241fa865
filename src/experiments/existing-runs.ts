// What happens when a run of the same name is already there.

import { existsSync, lstatSync, readdirSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { errnoOf, explainErrno, LogdirError } from "../errors.js";
import { filesBeside, findRuns } from "../events/runs.js";
import { deleteCheckpoint, removeUnfinishedCheckpoints } from "../engine/checkpoint-file.js";
import { isOtherProcess } from "./process-mark.js";
import {
  checkSameConfig,
  CHECKPOINTS,
  notResumable,
  readRunFile,
  RUN_FILE,
  type RunFile,
} from "./run-file.js";

/**
 * `increment`: the new runs get a number behind their names. `overwrite`: the old runs' event files, checkpoints and `run.json` are deleted.
 * `resume`: those that were not finished go on from their last checkpoints, or begin again where they have none. `fail`: an error.
 */
export type IfExists = "increment" | "overwrite" | "resume" | "fail";

/** All of them, for checks and help. */
export const IF_EXISTS: readonly IfExists[] = ["increment", "overwrite", "resume", "fail"];

/**
 * What is put behind the names of runs that are about to be made: `""`, or with `increment` `_1`, `_2`, …, the same for all of them, so that
 * runs that are to be compared have one number. With `resume` the last one that any of them has.
 *
 * Throws a `LogdirError` with code `RUN_EXISTS` for `fail`. Touches nothing.
 */
export function suffixForRuns(logdir: string, names: readonly string[], ifExists: IfExists): string {
  const isTaken = (suffix: string): string | undefined =>
    names.find((name) => existsSync(join(logdir, name + suffix)));
  const taken = isTaken("");
  if (taken === undefined || ifExists === "overwrite") return "";
  if (ifExists === "fail") {
    throw new LogdirError(
      "RUN_EXISTS",
      join(logdir, taken),
      `The run ${join(logdir, taken)} is there already`,
    );
  }
  let number = 1;
  while (isTaken(`_${number}`) !== undefined) number++;
  if (ifExists === "increment") return `_${number}`;
  return number === 1 ? "" : `_${number - 1}`;
}

/**
 * Throws unless the run in `dir`, if it is there, can be resumed with `config`: an `ArgumentError` for another configuration, and a `LogdirError`
 * (`NOT_RESUMABLE`, `RUN_IN_USE` or `LOGDIR_NOT_READABLE`). Touches nothing.
 */
export function checkResumable(dir: string, config: RunFile["config"]): void {
  const file = readRunFile(dir);
  if (file === undefined) {
    if (existsSync(dir) && findRuns(dir).length > 0) {
      throw notResumable(dir, `it has event files, and no ${RUN_FILE}, as runs of \`tnl run\` have`);
    }
    return;
  }
  checkSameConfig(dir, file, config);
  if (file.process !== null && isOtherProcess(file.process)) {
    const { pid } = file.process;
    throw new LogdirError("RUN_IN_USE", dir, `Cannot resume the run ${dir}: process ${pid} works on it`);
  }
}

/**
 * Deletes the event files and record files of a run and of the runs below it, its `run.json` and checkpoints, and directories that are empty then.
 * Other files stay, and so does all that only a link below the run leads to.
 *
 * Throws a `LogdirError`.
 */
export function deleteRun(dir: string): void {
  if (!existsSync(dir)) return;
  try {
    const inside = realpathSync(dir) + sep;
    const runs = findRuns(dir).filter((run) => (realpathSync(run.dir) + sep).startsWith(inside));
    // A file that two links lead to is deleted once.
    for (const file of runs.flatMap((run) => [...run.files, ...filesBeside(run.dir)]))
      rmSync(file, { force: true });
    rmSync(join(dir, RUN_FILE), { force: true });
    deleteCheckpoints(join(dir, CHECKPOINTS));
    deleteEmpty(dir);
  } catch (error) {
    if (error instanceof LogdirError) throw error;
    throw new LogdirError(
      "LOGDIR_NOT_WRITABLE",
      dir,
      `Cannot delete the run ${dir}: ${explainErrno(errnoOf(error), error)}`,
      error,
    );
  }
}

function deleteCheckpoints(dir: string): void {
  if (!existsSync(dir) || lstatSync(dir).isSymbolicLink()) return;
  removeUnfinishedCheckpoints(dir);
  for (const name of readdirSync(dir)) deleteCheckpoint(join(dir, name));
}

function deleteEmpty(dir: string): void {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) deleteEmpty(join(dir, entry.name));
  }
  if (readdirSync(dir).length === 0 && !lstatSync(dir).isSymbolicLink()) rmdirSync(dir);
}
