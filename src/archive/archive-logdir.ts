// Makes a logdir into one Parquet file, or a folder with one for each run.

import { readdirSync, realpathSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { ArchiveError, BusyError } from "../errors.js";
import { nodeFileSystem, type FileSystem } from "../events/file-system.js";
import { openRunDirectory } from "../events/run-directory.js";
import { removeUnfinishedHere } from "../events/whole-file.js";
import { placeOf, planArchive, type ArchivePlan, type ArchiveStart } from "./files/archive-plan.js";
import type { WindowLimits, WriterState } from "./rows/archive-writer.js";
import { pathOfRun } from "./files/archives-at.js";
import { deleteOriginals, type Deleted } from "./files/delete-originals.js";
import { Journal, journalOf, partOf } from "./files/journal.js";
import { filesOfLogdir, type ArchiveProblem, type LogdirFiles } from "./files/logdir-files.js";
import type { ArchivedFile } from "./manifest.js";
import { Pace, type PaceOptions } from "./files/pace.js";
import { removePart } from "./files/part-file.js";
import { statAt } from "./files/stat-at.js";
import { bytesOf, manifestOf, verifyFile } from "./verify-archive.js";
import { writeArchive, type WriteOptions, type Written } from "./files/write-archive.js";

/** How a logdir is archived. */
export interface ArchiveOptions extends PaceOptions {
  /**
   * Whether runs that are not in the archive yet are added to the one that is there, and an archive that was interrupted goes on. False unless given:
   * then nothing may be there.
   */
  readonly append?: boolean;
  /** Whether every file is made from the archive again, and its SHA-256 compared, before the archive has its name. False unless given. */
  readonly verify?: boolean;
  /**
   * Whether originals are deleted, of which the archive was verified: those that have not changed since they were read, and that nobody may still
   * be writing. False unless given; it implies `verify`.
   */
  readonly deleteOriginals?: boolean;
  /** Whether `out` is a folder with an archive for each directory of the logdir. False unless given. */
  readonly partition?: boolean;
  /** Told of each thing that is not archived, or not deleted, and the rest goes on; without it that throws. */
  readonly onError?: (problem: ArchiveProblem) => void;
  /** For tests. */
  readonly fileSystem?: FileSystem;
  /** For tests: milliseconds from one journal to the next. */
  readonly journalMs?: number;
  /** For tests: when a row group is full. */
  readonly limits?: WindowLimits;
}

/** One archive that was written, or had everything already. */
export interface ArchiveResult {
  readonly path: string;
  readonly start: ArchiveStart;
  /** Why one that was interrupted was begun anew; `undefined` when it was not. */
  readonly begunAnew: string | undefined;
  /** How many files this call added, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Bytes of the archive; 0 when it is not whole. */
  readonly size: number;
}

/** What was done. */
export interface ArchiveReport {
  /** One, or with `partition` one for each directory. */
  readonly archives: readonly ArchiveResult[];
  /** How many symbolic links the archives list. */
  readonly links: number;
  readonly deleted: Deleted;
  /** False when it was aborted: `append` goes on there. */
  readonly isWhole: boolean;
}

/** A kill loses no more than this and a window. */
const JOURNAL_MS = 2000;
const NOTHING_DELETED: Deleted = { files: 0, bytes: 0, kept: 0 };

/** The archives that this process is writing. */
const held = new Set<string>();

/**
 * Writes every file of `logdir` to the archive `out`, byte for byte: event files and record files as rows, any other file as its bytes. Symbolic
 * links are listed, not followed. The archive appears when all of it is on the disk; until then it is `<out>.part`, from which a call with `append`
 * goes on after a kill, unless a file has changed since.
 *
 * Memory grows with the number of files, not with their size. Throws a `LogdirError` when the logdir cannot be read or has no event file
 * (`NO_EVENT_FILES`), or the directory of `out` cannot be written; an `ArchiveError`: `TARGET_EXISTS`, what is wrong with an archive that is appended
 * to, `HASH_MISMATCH` or `ARCHIVE_DAMAGED` when what was written is not what was read; a `WriteError`; a `BusyError` when another process writes `out`.
 * `onError` is told of a file that cannot be read (`LogdirError`), of one that changed while it was read, of a run that the archive has and that is
 * not as it was, and of one that is not deleted (all `SOURCE_CHANGED`).
 */
export async function archiveLogdir(
  logdir: string,
  out: string,
  options: ArchiveOptions = {},
): Promise<ArchiveReport> {
  const place = placeOf(out);
  if (held.has(place)) throw busy(out, "this process");
  held.add(place);
  try {
    return await archive(logdir, out, place, options);
  } finally {
    held.delete(place);
  }
}

interface Planned {
  readonly plan: ArchivePlan;
  readonly journal: Journal<WriterState>;
}

async function archive(
  logdir: string,
  out: string,
  place: string,
  options: ArchiveOptions,
): Promise<ArchiveReport> {
  const { append = false, partition = false, journalMs = JOURNAL_MS, limits } = options;
  const { fileSystem = nodeFileSystem, onError = throwIt } = options;
  const deletes = options.deleteOriginals === true;
  const listed = filesOfLogdir(logdir, new Set([place, partOf(place), journalOf(place)]), onError);
  const real = realpathSync(logdir);
  if (partition) checkFolder(out, append);
  const planned = (partition ? byDirectory(out, listed) : [{ name: out, listed }]).map((one): Planned => {
    const journal = new Journal<WriterState>(placeOf(one.name), fileSystem);
    if (journal.isHeld()) throw busy(one.name, `another process; if that is none, delete ${journal.path}`);
    return { plan: planArchive({ ...one, logdir: real, append }, journal, onError), journal };
  });
  const verify = options.verify === true || deletes;
  const pace = new Pace(totalOf(planned, verify, deletes), options);
  const how = { verify, onError, fileSystem, journalMs, limits };
  const archives: ArchiveResult[] = [];
  const report = { archives, links: listed.links.length, deleted: NOTHING_DELETED };
  for (const { plan, journal } of planned) {
    const { isWhole, ...written } = await writePlan(plan, journal, how, pace);
    archives.push({ path: plan.name, start: plan.start, begunAnew: plan.reason, ...written });
    if (!isWhole) return { ...report, isWhole };
  }
  if (!deletes) return { ...report, isWhole: true };
  return { ...report, ...(await deleteOriginals(real, listed.files, archivedIn(planned), pace, onError)) };
}

async function writePlan(
  plan: ArchivePlan,
  journal: Journal<WriterState>,
  options: WriteOptions,
  pace: Pace,
): Promise<Written> {
  const { archive, base, files, state, listed } = plan;
  const known = new Set(base?.manifest.links.map(({ path }) => path));
  const isDone =
    files.length === 0 && state === undefined && listed.links.every(({ path }) => known.has(path));
  if (base !== undefined && isDone) {
    removePart(archive);
    journal.remove();
    const isWhole = !options.verify || (await verifyFile(archive, pace)).isWhole;
    return { files: 0, bytes: 0, size: base.size, isWhole };
  }
  openRunDirectory(dirname(archive), options.fileSystem);
  removeUnfinishedHere(dirname(archive));
  if (state === undefined) removePart(archive);
  return writeArchive(plan, journal, options, pace);
}

function archivedIn(planned: readonly Planned[]): Map<string, ArchivedFile> {
  const files = new Map<string, ArchivedFile>();
  for (const { plan } of planned) {
    for (const file of manifestOf(plan.archive).files) files.set(file.path, file);
  }
  return files;
}

// Bytes that are worked on: to write them, to make them from the archive, to compare the originals.
function totalOf(planned: readonly Planned[], verify: boolean, deletes: boolean): number {
  let total = 0;
  for (const { plan } of planned) {
    total += bytesOf(plan.files);
    if (verify) total += bytesOf([...(plan.base?.manifest.files ?? []), ...plan.seen, ...plan.files]);
    if (deletes) total += bytesOf(plan.listed.files);
  }
  return total;
}

// A directory of which there is an archive is a run here: of one that has only links, too.
function byDirectory(out: string, { files, links }: LogdirFiles): { name: string; listed: LogdirFiles }[] {
  const filesOf = groupBy(files, ({ run }) => run);
  const linksOf = groupBy(links, ({ path }) => (path.includes("/") ? posix.dirname(path) : "."));
  return [...new Set([...filesOf.keys(), ...linksOf.keys()])].map((run) => ({
    name: join(out, pathOfRun(run)),
    listed: { files: filesOf.get(run) ?? [], links: linksOf.get(run) ?? [] },
  }));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function checkFolder(out: string, append: boolean): void {
  const stat = statAt(placeOf(out));
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    const message = `${out} exists already, and is no directory: nothing is overwritten`;
    throw new ArchiveError("TARGET_EXISTS", out, message);
  }
  if (append || readdirSync(out).length === 0) return;
  const message = `${out} is a directory with something in it: nothing is overwritten`;
  throw new ArchiveError("TARGET_EXISTS", out, message);
}

function busy(name: string, who: string): BusyError {
  return new BusyError(`${name} is being written by ${who}`);
}

function throwIt(problem: ArchiveProblem): never {
  throw problem;
}
