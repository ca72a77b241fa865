// Finding the runs of a logdir, by TensorBoard's rule: every directory with an event file is a run.

import { readdirSync, realpathSync, statSync, type Dirent, type Stats } from "node:fs";
import { join } from "node:path";
import { errnoOf, LogdirError } from "../errors.js";
import { unreadable } from "./unreadable.js";
import { compareNames, eventFileNameOf, isEventFileName } from "./file-name.js";
import { UNFINISHED } from "./whole-file.js";

/** A directory with event files. */
export interface Run {
  /** Its path below the logdir, with `/` on every system; the logdir itself is `.`. */
  readonly name: string;
  /** Its path. */
  readonly dir: string;
  /** Paths of its event files, in the order TensorBoard reads them. */
  readonly files: readonly string[];
}

/** Paths of what a run's directory has beside its event files and belongs to them: record files, and what was left unfinished. */
export function filesBeside(dir: string): string[] {
  return readDirectory(dir)
    .filter((entry) => entry.isFile() && isBeside(entry.name))
    .map((entry) => join(dir, entry.name));
}

function isBeside(name: string): boolean {
  return eventFileNameOf(name) !== undefined || name.startsWith(UNFINISHED);
}

/**
 * The runs below `logdir`, by name. Symbolic links are followed, except back to a directory they are in: a run that a link leads to is
 * listed under both names, as TensorBoard's data server does.
 *
 * Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` or `NOT_A_DIRECTORY` when `logdir` cannot be read. For a directory
 * below it that cannot be read, `onError` is called and the search goes on; without `onError` that throws too.
 */
export function findRuns(logdir: string, options: { onError?: (error: LogdirError) => void } = {}): Run[] {
  const runs: Run[] = [];
  const above = new Set<string>();
  const visit = (dir: string, name: string): void => {
    const entries = readDirectory(dir);
    const real = realpathSync(dir);
    if (above.has(real)) return;
    above.add(real);
    const files = entries
      .filter((entry) => isEventFileName(entry.name) && isFile(dir, entry))
      .map((entry) => entry.name);
    if (files.length > 0) {
      runs.push({ name, dir, files: files.toSorted(compareNames).map((file) => join(dir, file)) });
    }
    for (const entry of entries.toSorted((a, b) => compareNames(a.name, b.name))) {
      if (!isDirectory(dir, entry)) continue;
      const below = name === "." ? entry.name : `${name}/${entry.name}`;
      try {
        visit(join(dir, entry.name), below);
      } catch (error) {
        if (options.onError === undefined || !(error instanceof LogdirError)) throw error;
        options.onError(error);
      }
    }
    above.delete(real);
  };
  visit(logdir, ".");
  return runs.toSorted((a, b) => compareNames(a.name, b.name));
}

/** What is in a directory. Throws a `LogdirError`: `NOT_A_DIRECTORY`, `LOGDIR_NOT_READABLE`. */
export function readDirectory(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === "ENOTDIR")
      throw new LogdirError("NOT_A_DIRECTORY", dir, `${dir} is a file, not a directory`, error);
    throw unreadable(dir, error);
  }
}

function isFile(dir: string, entry: Dirent): boolean {
  return entry.isSymbolicLink() ? statOf(dir, entry)?.isFile() === true : entry.isFile();
}

function isDirectory(dir: string, entry: Dirent): boolean {
  return entry.isSymbolicLink() ? statOf(dir, entry)?.isDirectory() === true : entry.isDirectory();
}

// A link may point nowhere or to itself, and anything may vanish between listing and looking.
function statOf(dir: string, entry: Dirent): Stats | undefined {
  try {
    return statSync(join(dir, entry.name));
  } catch {
    return undefined;
  }
}
