// Checkpoints as files: written whole or not at all, and refused unless every byte is right.

import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, unlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ArgumentError, CheckpointError, errnoOf, explainErrno, WriteError } from "../errors.js";
import { removeUnfinishedHere, UNFINISHED, writeWholeFile } from "../events/whole-file.js";
import { makeDirectories } from "../events/run-directory.js";
import { version as packageVersion } from "../version.js";
import { fromPlainJson, toPlainJson } from "./plain-json.js";
import type { TrialStateDict } from "./trial-state.js";

const FORMAT = "tensorboard-node-logger checkpoint";
const VERSION = 1;
/** What every version's file begins with. */
const MAGIC = `{"format":"${FORMAT}","version":`;
const LONGEST_HEADER = 1024;
const LINE_FEED = 10;

/** The first line of a file; the content is the rest. */
interface Header {
  readonly format: string;
  readonly version: number;
  readonly packageVersion: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly savedAt: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes what a training needs to go on, as of `trial.stateDict()`, to `path`, whose directory is made. A file that is there is replaced. When
 * this returns, the file is on the disk; if the process or the machine dies before, the old one is there as it was.
 *
 * `dict` may be any nesting of plain values and typed arrays; all are kept to the last bit. Throws an `ArgumentError` for something else in
 * it, and a `WriteError`.
 */
export function saveCheckpoint(path: string, dict: unknown): void {
  if (typeof path !== "string" || path === "") throw new ArgumentError("path", "a path", path);
  const target = resolve(path);
  const content = Buffer.from(toPlainJson(dict, "dict"), "utf8");
  const header: Header = {
    format: FORMAT,
    version: VERSION,
    packageVersion,
    savedAt: Date.now(),
    bytes: content.length,
    sha256: checksum(content),
  };
  try {
    makeDirectories(dirname(target));
    writeWholeFile(target, [Buffer.from(`${JSON.stringify(header)}\n`), content]);
  } catch (error) {
    throw new WriteError(target, error, "Cannot write the checkpoint");
  }
}

/**
 * What `saveCheckpoint` wrote to `path`. Throws a `CheckpointError` when the file cannot be read, is no checkpoint, is of another version of
 * the format, or lacks bytes or has wrong ones.
 */
export function loadCheckpoint<T = TrialStateDict>(path: string): T {
  if (typeof path !== "string" || path === "") throw new ArgumentError("path", "a path", path);
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch (error) {
    throw new CheckpointError("CHECKPOINT_UNREADABLE", path, explainErrno(errnoOf(error), error), error);
  }
  const { bytes, sha256 } = headerOf(path, file);
  const content = file.subarray(file.indexOf(LINE_FEED) + 1);
  if (content.length !== bytes) {
    const reason = `it has ${content.length} bytes behind its header, not ${bytes}`;
    throw new CheckpointError("CHECKPOINT_DAMAGED", path, reason);
  }
  if (checksum(content) !== sha256) {
    throw new CheckpointError("CHECKPOINT_DAMAGED", path, "its bytes do not match their checksum");
  }
  try {
    return fromPlainJson(content.toString("utf8")) as T;
  } catch (error) {
    throw new CheckpointError("CHECKPOINT_DAMAGED", path, (error as Error).message, error);
  }
}

/** The newest checkpoint of a directory, and what is wrong with newer ones. */
export interface LatestCheckpoint<T = TrialStateDict> {
  readonly path: string;
  readonly stateDict: T;
  /** Newer files that are no whole checkpoints of this version, newest first. */
  readonly refused: readonly CheckpointError[];
}

/**
 * The checkpoint of `dir` that was saved last, of those that are whole; `undefined` when there is none, or no such directory. Looks at all
 * files of the directory itself, whatever their names. Throws a `CheckpointError` when there are checkpoints and none is whole, or when the
 * directory cannot be read.
 */
export function latestCheckpoint<T = TrialStateDict>(dir: string): LatestCheckpoint<T> | undefined {
  const refused: CheckpointError[] = [];
  for (const path of newestFirst(dir)) {
    try {
      return { path, stateDict: loadCheckpoint<T>(path), refused };
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      refused.push(error);
    }
  }
  if (refused.length > 0) throw refused[0]!;
  return undefined;
}

/** Deletes a checkpoint; what is no checkpoint, or not there, is left alone. Throws the system's error. */
export function deleteCheckpoint(path: string): void {
  // The names of old files stand in a checkpoint, which may come from somebody else.
  if (timesOf(path) !== undefined) unlinkSync(path);
}

/** Deletes what processes that were killed while they saved have left in `dir`, as far as that can be. */
export function removeUnfinishedCheckpoints(dir: string): void {
  try {
    removeUnfinishedHere(dir);
  } catch {
    // There is no such directory yet, or it cannot be listed, which saving will tell.
  }
}

function newestFirst(dir: string): string[] {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw new CheckpointError("CHECKPOINT_UNREADABLE", dir, explainErrno(errnoOf(error), error), error);
  }
  return names
    .filter((name) => !name.startsWith(UNFINISHED))
    .flatMap((name) => {
      const path = join(dir, name);
      const times = timesOf(path);
      return times === undefined ? [] : [{ path, ...times }];
    })
    .toSorted((a, b) => b.savedAt - a.savedAt || Number(b.changedAt - a.changedAt) || compare(b.path, a.path))
    .map(({ path }) => path);
}

// By the header, because copying a directory gives its files new times; of two in one millisecond, by the file's own.
function timesOf(path: string): { savedAt: number; changedAt: bigint } | undefined {
  try {
    const { mtimeNs, mtimeMs } = statSync(path, { bigint: true });
    const fd = openSync(path, "r");
    try {
      const start = Buffer.alloc(LONGEST_HEADER);
      const text = start.toString("latin1", 0, readSync(fd, start, 0, start.length, 0));
      if (!text.startsWith(MAGIC)) return undefined;
      const savedAt = /"savedAt":(\d+)/.exec(text)?.[1];
      return { savedAt: savedAt === undefined ? Number(mtimeMs) : Number(savedAt), changedAt: mtimeNs };
    } finally {
      closeSync(fd);
    }
  } catch {
    // A directory, or a file that is not ours to read.
    return undefined;
  }
}

function headerOf(path: string, file: Buffer): Header {
  if (!file.toString("latin1", 0, MAGIC.length).startsWith(MAGIC)) {
    throw new CheckpointError("NOT_A_CHECKPOINT", path, `${basename(path)} is no checkpoint of this package`);
  }
  const end = file.indexOf(LINE_FEED);
  let header: Header;
  try {
    header = JSON.parse(file.toString("utf8", 0, end < 0 ? file.length : end)) as Header;
  } catch (error) {
    throw new CheckpointError("CHECKPOINT_DAMAGED", path, "its header is damaged", error);
  }
  if (header.version !== VERSION) {
    const reason = `it is of version ${header.version} of the format, written by ${header.packageVersion}; this is ${VERSION}, of ${packageVersion}`;
    throw new CheckpointError("OTHER_CHECKPOINT_VERSION", path, reason);
  }
  return header;
}

function checksum(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
