// The files of a run that have every event of it: of a bounded run its record files, not the event files that are made for TensorBoard.

import { basename, join } from "node:path";
import { eventFileNameOf } from "../file-name.js";
import { nodeFileSystem } from "../file-system.js";
import { FilesOfRecord, notReadable } from "../log-position.js";
import type { Run } from "../runs.js";

/**
 * Paths of those files, in the order of the sessions; of a run without record files those that it has. Throws a `LogdirError` with code
 * `LOGDIR_NOT_READABLE`.
 */
export function fullResolutionFiles({ dir, files }: Run): readonly string[] {
  try {
    const whole = new FilesOfRecord(dir, nodeFileSystem, true).list().whole.map((name) => join(dir, name));
    return whole.some(isRecordFile) ? whole : files;
  } catch (error) {
    throw notReadable(dir, error);
  }
}

/** Whether a file has the name of a record file. */
export function isRecordFile(path: string): boolean {
  return eventFileNameOf(basename(path)) !== undefined;
}
