// The directory of a run: made, tried for writing, and held by one writer of this process at a time.

import { realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { errnoOf, explainErrno, LogdirError } from "../errors.js";
import { nodeFileSystem, type FileSystem } from "./file-system.js";
import { processPart } from "./worker.js";

/** What the names of files begin with that are made to try whether a directory can be written. */
export const PROBE = ".tnl-probe.";

const held = new Set<string>();
let probes = 0;

/** A run's directory while a writer holds it. */
export interface RunDirectory {
  readonly path: string;
  /** Directories whose entries are new, so that making them durable takes an fsync of each. */
  readonly changed: readonly string[];
  /** Makes it again if it was removed. Throws the system's error. */
  restore(): void;
  /** Lets another writer of this process use it. */
  release(): void;
}

/**
 * Makes `dir` with its parents, tries to write there, and takes hold of it.
 *
 * Throws a `LogdirError`: `NOT_A_DIRECTORY`, `LOGDIR_NOT_WRITABLE`, or `RUN_IN_USE` when this process has a writer on it.
 */
export function holdRunDirectory(dir: string, fs: FileSystem): RunDirectory {
  const directory = openRunDirectory(dir, fs);
  // Two spellings of one directory are one directory.
  const key = realpathSync(directory.path);
  if (held.has(key)) {
    throw new LogdirError(
      "RUN_IN_USE",
      dir,
      `A writer of this process is open on ${dir}: close it first, or give each writer a directory of its own`,
    );
  }
  held.add(key);
  return { ...directory, release: () => void held.delete(key) };
}

/** `holdRunDirectory` without the hold: for files whose order in the directory means nothing. */
export function openRunDirectory(dir: string, fs: FileSystem): RunDirectory {
  const path = resolve(dir);
  const changed = [path];
  try {
    makeDirectory(path, fs, changed);
    tryToWrite(path, fs);
  } catch (error) {
    throw notUsable(dir, error);
  }
  return { path, changed, restore: () => makeDirectory(path, fs, changed), release: () => {} };
}

/** Makes a directory with its parents. Throws the system's error. */
export function makeDirectories(path: string): void {
  makeDirectory(resolve(path), nodeFileSystem, []);
}

// Node's own recursive mkdir never returns where a parent exists and nothing can be made in it, as in /proc.
function makeDirectory(path: string, fs: FileSystem, changed: string[]): void {
  if (isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent, fs, changed);
  try {
    fs.mkdirSync(path);
    changed.push(parent);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    // Another process may have made it since; otherwise it is a file.
    if (!isDirectory(path)) throw Object.assign(new Error(`${path} is a file`), { code: "ENOTDIR" });
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

// Permission bits do not tell (root, read-only and network file systems), so a file is made.
function tryToWrite(path: string, fs: FileSystem): void {
  const probe = join(path, `${PROBE}${processPart()}.${probes++}`);
  fs.closeSync(fs.openSync(probe, "w"));
  try {
    fs.unlinkSync(probe);
  } catch (error) {
    // In another container a process may have this one's id, and have removed the file that both had made.
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

function notUsable(dir: string, error: unknown): LogdirError {
  const errno = errnoOf(error);
  if (errno === "ENOTDIR" || errno === "EEXIST") {
    return new LogdirError(
      "NOT_A_DIRECTORY",
      dir,
      `Cannot write runs to ${dir}: it, or a part of it, is a file`,
      error,
    );
  }
  return new LogdirError(
    "LOGDIR_NOT_WRITABLE",
    dir,
    `Cannot write runs to ${dir}: ${explainErrno(errno, error)}`,
    error,
  );
}
