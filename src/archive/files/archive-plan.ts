// What is to be done for one archive: which files, behind what that is there.

import { realpathSync, statSync, type Stats } from "node:fs";
import { ArchiveError } from "../../errors.js";
import type { WriterState } from "../rows/archive-writer.js";
import { partOf, type Journal, type JournalEntry, type SeenFile } from "./journal.js";
import { realPlace, type ArchiveProblem, type LogdirFile, type LogdirFiles } from "./logdir-files.js";
import type { ArchivedFile, Manifest } from "../manifest.js";
import { statAt } from "./stat-at.js";
import { manifestOf } from "../verify-archive.js";

/** How an archive is begun: as a new one, behind what is there, or where an earlier call was ended. */
export type ArchiveStart = "new" | "appended" | "continued";

/** An archive that is to be appended to, as it is. */
export interface ArchiveBase {
  readonly size: number;
  readonly modified: number;
  readonly manifest: Manifest;
}

/** What is to be done for one archive. */
export interface ArchivePlan {
  /** Its path, without links. */
  readonly archive: string;
  /** Its path as it was given, for messages. */
  readonly name: string;
  /** The logdir's path, without links. */
  readonly logdir: string;
  readonly base: ArchiveBase | undefined;
  readonly start: ArchiveStart;
  /** Why an interrupted archive is begun anew: as the end of a sentence. */
  readonly reason: string | undefined;
  /** Where to go on, and the files that the writer has. */
  readonly state: WriterState | undefined;
  readonly seen: readonly SeenFile[];
  /** The files to read from here on; the one that the state is within is the first. */
  readonly files: readonly LogdirFile[];
  readonly listed: LogdirFiles;
}

/** Where a plan is for. */
export interface ArchivePlace {
  readonly name: string;
  readonly logdir: string;
  readonly listed: LogdirFiles;
  readonly append: boolean;
}

/**
 * Plans an archive. Runs that the archive has are not archived again; `onError` is told of those that have changed since.
 *
 * Throws an `ArchiveError`: `TARGET_EXISTS` when something is there and `append` is false, and what is wrong with an archive that is appended to; a
 * `LogdirError` when that cannot be read.
 */
export function planArchive(
  { name, logdir, listed, append }: ArchivePlace,
  journal: Journal<WriterState>,
  onError: (problem: ArchiveProblem) => void,
): ArchivePlan {
  const archive = placeOf(name);
  const plan = { archive, name, logdir, listed };
  const base = baseOf(archive, name, append);
  const archived = new Map(base?.manifest.files.map((file) => [file.path, file]));
  const runs = new Set(base?.manifest.files.map(({ run }) => run));
  const isNew = ({ run }: LogdirFile): boolean => !runs.has(run);
  for (const error of changedRuns(
    name,
    listed.files.filter((file) => !isNew(file)),
    archived,
  ))
    onError(error);
  const files = listed.files.filter(isNew);
  const entry = append ? journal.read() : undefined;
  const start = base === undefined ? "new" : "appended";
  const fresh = { ...plan, base, start, state: undefined, seen: [], files } as const;
  if (entry?.state === undefined) return { ...fresh, reason: undefined };
  const reason = whyNot(entry, { archive, logdir, base, files });
  return reason === undefined ? { ...fresh, ...goingOn(entry, files) } : { ...fresh, reason };
}

function goingOn({ seen, state }: JournalEntry<WriterState>, files: readonly LogdirFile[]) {
  const atHand = state?.current?.entry.path;
  const done = atHand === undefined ? seen : seen.slice(0, -1);
  const paths = new Set(done.map(({ path }) => path));
  const left = files.filter(({ path }) => !paths.has(path));
  // A file may have come before it since.
  const inOrder = [
    ...left.filter(({ path }) => path === atHand),
    ...left.filter(({ path }) => path !== atHand),
  ];
  return { start: "continued", reason: undefined, state, seen: done, files: inOrder } as const;
}

/** When a file was modified is not kept to the last nanosecond by every system, nor by a restore. In milliseconds. */
const SAME_TIME_MS = 0.01;

/** Whether a file has the size and the time that it had. */
export function isAsItWas(
  now: Omit<SeenFile, "path"> | undefined,
  was: Omit<SeenFile, "path">,
): now is SeenFile {
  return now !== undefined && now.size === was.size && Math.abs(now.modified - was.modified) <= SAME_TIME_MS;
}

/** An archive's path without links: of one that is there, and may be a link itself, or of one that will be. */
export function placeOf(name: string): string {
  try {
    return realpathSync(name);
  } catch {
    return realPlace(name);
  }
}

function baseOf(archive: string, name: string, append: boolean): ArchiveBase | undefined {
  const stat = statAt(archive);
  if (stat === undefined) return undefined;
  if (!append || !stat.isFile()) throw targetExists(name, stat);
  return { size: stat.size, modified: stat.mtimeMs, manifest: manifestOf(archive) };
}

/** The error for an archive whose name is taken. */
export function targetExists(name: string, stat: Stats): ArchiveError {
  const isArchive = stat.isFile();
  const what = isArchive
    ? "exists already"
    : `exists already, and is ${stat.isDirectory() ? "a directory" : "no file"}`;
  return new ArchiveError("TARGET_EXISTS", name, `${name} ${what}: nothing is overwritten`);
}

function changedRuns(
  name: string,
  files: readonly LogdirFile[],
  archived: ReadonlyMap<string, ArchivedFile>,
): ArchiveError[] {
  const changes = new Map<string, { path: string; count: number }>();
  for (const file of files) {
    const was = archived.get(file.path);
    if (was !== undefined && isAsItWas(file, was)) continue;
    const { path, count } = changes.get(file.run) ?? { path: file.path, count: 0 };
    changes.set(file.run, { path, count: count + 1 });
  }
  return [...changes].map(([run, { path, count }]) => {
    const what = archived.has(path) ? "changed" : "is new";
    const more = count > 1 ? `, and ${count - 1} more` : "";
    const message = `The run ${run} is in ${name} already, and is not archived again: ${path} ${what} since${more}`;
    return new ArchiveError("SOURCE_CHANGED", path, message);
  });
}

// Why an interrupted archive cannot go on; undefined if it can.
function whyNot(
  entry: JournalEntry<WriterState>,
  plan: Pick<ArchivePlan, "archive" | "logdir" | "base" | "files">,
): string | undefined {
  const { base } = plan;
  if (entry.logdir !== plan.logdir) return `it was of ${entry.logdir}`;
  if (entry.base?.size !== base?.size || entry.base?.modified !== base?.modified)
    return "the archive it was to be appended to is another one";
  const part = statSync(partOf(plan.archive), { throwIfNoEntry: false });
  if (part === undefined || part.size < entry.state!.offset) return "what it had is gone";
  const now = new Map(plan.files.map((file) => [file.path, file]));
  const other = entry.seen.find((file) => !isAsItWas(now.get(file.path), file));
  return other === undefined ? undefined : `${other.path} is not as it was`;
}
