// The runs that a path of the user's means: a logdir, a run's directory, or one event file.

import { statSync } from "node:fs";
import { dirname } from "node:path";
import { LogdirError } from "../../errors.js";
import { unreadable } from "../unreadable.js";
import { findRuns, type Run } from "../runs.js";

/**
 * The runs below a directory, as `findRuns`; of a file, a run of the name `.` that has nothing else.
 *
 * Throws a `LogdirError`: `LOGDIR_NOT_READABLE` when the path is not there or cannot be read, `NO_EVENT_FILES` when there is no event file in
 * the directory or below it. For a directory below it that cannot be read, `onError` is called and the search goes on; without `onError` that
 * throws too.
 */
export function runsAt(path: string, options: { onError?: (error: LogdirError) => void } = {}): Run[] {
  if (isFileAt(path)) return [{ name: ".", dir: dirname(path), files: [path] }];
  const runs = findRuns(path, options);
  if (runs.length > 0) return runs;
  const message = `There is no event file in ${path} or below it: none whose name contains "tfevents"`;
  throw new LogdirError("NO_EVENT_FILES", path, message);
}

/** Whether there is a file at `path`. Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when there is nothing. */
export function isFileAt(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (error) {
    throw unreadable(path, error);
  }
}
