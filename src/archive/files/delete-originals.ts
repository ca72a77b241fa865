// Deletes files of which an archive was verified.

import { rmdirSync, unlinkSync, type Stats } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { ArchiveError, errnoOf, explainErrno, LogdirError } from "../../errors.js";
import { isAbandoned } from "../../events/abandoned.js";
import { FileSource } from "../../events/reading/byte-source.js";
import { removeUnfinishedHere } from "../../events/whole-file.js";
import { isAsItWas } from "./archive-plan.js";
import { FileHash } from "./file-hash.js";
import type { ArchiveProblem, LogdirFile } from "./logdir-files.js";
import type { ArchivedFile } from "../manifest.js";
import type { Pace } from "./pace.js";
import { statAt } from "./stat-at.js";

/** What was deleted. */
export interface Deleted {
  readonly files: number;
  readonly bytes: number;
  /** How many files of the archive stay, each of them told. */
  readonly kept: number;
}

const READ_BYTES = 1024 * 1024;

/**
 * Deletes each of `files` that still has the size, the time and the SHA-256 that it has in `archived`, by path, and the directories that become empty
 * by that, but for `logdir` itself. Where somebody may still be writing an event file, nothing below the same directory of the logdir is deleted.
 * `onError` is told of each file that stays. `isWhole` is false when it was aborted.
 */
export async function deleteOriginals(
  logdir: string,
  files: readonly LogdirFile[],
  archived: ReadonlyMap<string, ArchivedFile>,
  pace: Pace,
  onError: (problem: ArchiveProblem) => void,
): Promise<{ readonly deleted: Deleted; readonly isWhole: boolean }> {
  const live = liveFolders(files);
  const deleted = { files: 0, bytes: 0, kept: 0 };
  const directories = new Set<string>();
  let isWhole = true;
  for (const file of files) {
    const was = archived.get(file.path);
    // It was told already why it is not in the archive.
    if (was === undefined) continue;
    try {
      const writing = live.get(".") ?? live.get(folderOf(file));
      if (writing !== undefined) throw kept(file, `somebody may still be writing ${writing}`);
      isWhole = await isTheSame(file, was, pace);
      if (!isWhole) break;
      remove(file);
      deleted.files++;
      deleted.bytes += was.size;
      directories.add(dirname(file.place));
    } catch (error) {
      if (!(error instanceof ArchiveError || error instanceof LogdirError)) throw error;
      deleted.kept++;
      onError(error);
    }
  }
  for (const directory of directories) removeEmpty(directory, logdir);
  return { deleted, isWhole };
}

// The folder of the logdir that a file is in; the logdir itself is ".".
function folderOf({ path }: LogdirFile): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : ".";
}

// By folder, a file in it that may still be written. A process writes more than its event files, and not only beside them.
function liveFolders(files: readonly LogdirFile[]): Map<string, string> {
  // Not even this process may have given up what it wrote.
  const asker = { hostname: hostname(), pid: "" };
  const live = new Map<string, string>();
  for (const file of files) {
    if (file.kind === "other") continue;
    const modified = statAt(file.place)?.mtimeMs ?? file.modified;
    if (!isAbandoned(basename(file.place), asker, modified)) live.set(folderOf(file), file.path);
  }
  return live;
}

// Throws unless it is the same; false when it was aborted.
async function isTheSame(file: LogdirFile, was: ArchivedFile, pace: Pace): Promise<boolean> {
  const before = statAt(file.place);
  checkStat(file, before, was);
  const source = new FileSource(file.place);
  try {
    const hash = new FileHash();
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const length = source.read(buffer, 0, buffer.length, hash.size);
      if (length === 0) break;
      hash.update(buffer.subarray(0, length));
      if (pace.isDue(length) && !(await pace.turn())) return false;
    }
    if (hash.digest() !== was.sha256) throw changed(file);
  } finally {
    source.close();
  }
  const after = statAt(file.place);
  checkStat(file, after, was);
  if (after?.ino !== before?.ino) throw changed(file);
  return pace.turnIfDue();
}

function checkStat(file: LogdirFile, stat: Stats | undefined, was: ArchivedFile): void {
  const now = stat?.isFile() === true ? { size: stat.size, modified: stat.mtimeMs } : undefined;
  if (!isAsItWas(now, was)) throw changed(file);
}

function remove({ place }: LogdirFile): void {
  try {
    unlinkSync(place);
  } catch (error) {
    const message = `Cannot delete ${place}: ${explainErrno(errnoOf(error), error)}`;
    throw new LogdirError("LOGDIR_NOT_WRITABLE", place, message, error);
  }
}

function removeEmpty(directory: string, logdir: string): void {
  for (let dir = directory; dir !== logdir; dir = join(dir, "..")) {
    try {
      removeUnfinishedHere(dir);
      rmdirSync(dir);
    } catch {
      // There is something in it, or somebody else removed it.
      return;
    }
  }
}

function changed(file: LogdirFile): ArchiveError {
  return kept(file, "it changed since it was read");
}

function kept({ place }: LogdirFile, reason: string): ArchiveError {
  return new ArchiveError("SOURCE_CHANGED", place, `${place} is not deleted: ${reason}`);
}
