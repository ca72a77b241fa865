// Every file of a logdir, in the order in which they are archived.

import { lstatSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ArchiveError, LogdirError } from "../../errors.js";
import { compareNames, eventFileNameOf, isEventFileName } from "../../events/file-name.js";
import { PROBE } from "../../events/run-directory.js";
import { readDirectory } from "../../events/runs.js";
import { unreadable } from "../../events/unreadable.js";
import { UNFINISHED } from "../../events/whole-file.js";
import type { ArchivedFile, ArchivedKind, ArchivedLink } from "../manifest.js";
import { unsafeReason } from "./safe-path.js";

/** What an archive cannot have as it is, or not at all. */
export type ArchiveProblem = ArchiveError | LogdirError;

/** A file that is to be archived, as it was when it was looked at. */
export interface LogdirFile extends Pick<ArchivedFile, "path" | "run" | "kind" | "size" | "modified"> {
  /** Its path on the disk. */
  readonly place: string;
}

/** What is in a logdir. */
export interface LogdirFiles {
  /** By run, in TensorBoard's order; of a run the event files, in TensorBoard's order, then its record files, then the others. */
  readonly files: readonly LogdirFile[];
  /** By path. */
  readonly links: readonly ArchivedLink[];
}

const KINDS: readonly ArchivedKind[] = ["events", "records", "other"];

/**
 * Every file below `logdir`, hidden ones too, but none that this package has not finished, and nothing in `except`, paths as `realPlace` gives them.
 * Symbolic links are listed, not followed.
 *
 * Throws a `LogdirError` when `logdir` cannot be read (`LOGDIR_NOT_READABLE`, `NOT_A_DIRECTORY`) or has no event file (`NO_EVENT_FILES`). For what
 * cannot be read below it, or has no bytes, as a socket, or a name that could not be restored, `onError` is called.
 */
export function filesOfLogdir(
  logdir: string,
  except: ReadonlySet<string>,
  onError: (problem: ArchiveProblem) => void,
): LogdirFiles {
  const files: LogdirFile[] = [];
  const links: ArchivedLink[] = [];
  const add = (place: string, run: string, name: string): void => {
    const path = run === "." ? name : `${run}/${name}`;
    const stat = statOf(place);
    if (stat.isFile() && isUnfinished(name)) return;
    const reason = unsafeReason(path);
    if (reason !== undefined) {
      const message = `${place} is not archived, since it could not be restored everywhere: ${reason}`;
      onError(new ArchiveError("UNSAFE_PATH", place, message));
    } else if (stat.isDirectory()) visit(place, path);
    else if (stat.isSymbolicLink()) links.push({ path, target: readlinkSync(place) });
    else if (stat.isFile())
      files.push({ path, run, kind: kindOf(name), place, size: stat.size, modified: stat.mtimeMs });
    else throw new LogdirError("LOGDIR_NOT_READABLE", place, `${place} is ${whatIs(stat)}: it has no bytes`);
  };
  const visit = (dir: string, run: string): void => {
    for (const { name } of readDirectory(dir)) {
      const place = join(dir, name);
      if (except.has(place)) continue;
      try {
        add(place, run, name);
      } catch (error) {
        if (!(error instanceof LogdirError)) throw error;
        onError(error);
      }
    }
  };
  visit(realLogdir(logdir), ".");
  if (!files.some(({ kind }) => kind !== "other")) {
    const message = `There is no event file in ${logdir} or below it: it is no logdir`;
    throw new LogdirError("NO_EVENT_FILES", logdir, message);
  }
  return {
    files: files.toSorted(
      (a, b) =>
        compareNames(a.run, b.run) ||
        KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
        compareNames(a.path, b.path),
    ),
    links: links.toSorted((a, b) => compareNames(a.path, b.path)),
  };
}

function isUnfinished(name: string): boolean {
  return name.startsWith(UNFINISHED) || name.startsWith(PROBE);
}

/** What a file of this name is. */
function kindOf(name: string): ArchivedKind {
  if (isEventFileName(name)) return "events";
  return eventFileNameOf(name) === undefined ? "other" : "records";
}

/** A path without links in it, but for the last part; that need not be there yet, nor the directories above it. */
export function realPlace(path: string): string {
  const full = resolve(path);
  const above = dirname(full);
  if (above === full) return full;
  try {
    return join(realpathSync(above), basename(full));
  } catch {
    return join(realPlace(above), basename(full));
  }
}

function realLogdir(logdir: string): string {
  try {
    return realpathSync(logdir);
  } catch (error) {
    throw unreadable(logdir, error);
  }
}

function statOf(place: string): Stats {
  try {
    return lstatSync(place);
  } catch (error) {
    if (!place.includes("\ufffd")) throw unreadable(place, error);
    const message = `Cannot read ${place}: its name is no UTF-8`;
    throw new LogdirError("LOGDIR_NOT_READABLE", place, message, error);
  }
}

function whatIs(stat: Stats): string {
  if (stat.isSocket()) return "a socket";
  return stat.isFIFO() ? "a pipe" : "a device";
}
