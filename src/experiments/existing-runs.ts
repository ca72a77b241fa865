// What happens when a run of the same name is already there.

import { existsSync, lstatSync, readdirSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { errnoOf, explainErrno, LogdirError } from "../errors.js";
import { filesBeside, findRuns } from "../events/runs.js";

/** `increment`: the new runs get a number behind their names. `overwrite`: the old runs' event files are deleted. `fail`: an error. */
export type IfExists = "increment" | "overwrite" | "fail";

/** All of them, for checks and help. */
export const IF_EXISTS: readonly IfExists[] = ["increment", "overwrite", "fail"];

/**
 * What is put behind the names of runs that are about to be made: `""`, or with `increment` `_1`, `_2`, …, the same for all of them, so that
 * runs that are to be compared have one number.
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
  return `_${number}`;
}

/**
 * Deletes the event files and record files of a run and of the runs below it, and directories that are empty then. Other files stay, and so does all that
 * only a link below the run leads to.
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

function deleteEmpty(dir: string): void {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) deleteEmpty(join(dir, entry.name));
  }
  if (readdirSync(dir).length === 0 && !lstatSync(dir).isSymbolicLink()) rmdirSync(dir);
}
