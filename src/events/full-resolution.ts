// The files that have every event of a run: where its event files are bounded, its record files in their place.

import { basename } from "node:path";
import { CorruptFileError, errnoOf, LogdirError } from "../errors.js";
import { kindOf } from "./file-kind.js";
import { compareNames, eventFileNameOf } from "./file-name.js";
import { nodeFileSystem } from "./file-system.js";
import { filesBeside, type Run } from "./runs.js";

/**
 * Paths of the files with every event of `run`, in the order of its sessions: its record files, and the event files that are not bounded. A run without
 * record files has its event files.
 *
 * Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when its directory cannot be read.
 */
export function fullResolutionFiles(run: Run): readonly string[] {
  const records = filesBeside(run.dir).filter((path) => eventFileNameOf(basename(path)) !== undefined);
  if (records.length === 0) return run.files;
  const others = run.files.filter((path) => !isBounded(path) && !records.includes(path));
  return [...records, ...others].toSorted((a, b) => compareNames(sessionOf(a), sessionOf(b)));
}

// A record file has the name of its event file but for the beginning.
function sessionOf(path: string): string {
  const name = basename(path);
  return eventFileNameOf(name) ?? name;
}

function isBounded(path: string): boolean {
  try {
    return kindOf(path, nodeFileSystem) === "bounded";
  } catch (error) {
    // What is damaged says nothing of itself, and who reads it is told.
    if (error instanceof CorruptFileError || error instanceof LogdirError) return false;
    if (["ENOENT", "EACCES", "EPERM"].includes(errnoOf(error))) return false;
    throw error;
  }
}
