// Makes the files of an archive again.

import { utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { ArchiveError, NoMatchError, TnlError, WriteError } from "../errors.js";
import { compareNames } from "../events/file-name.js";
import { nodeFileSystem, type FileSystem } from "../events/file-system.js";
import { makeDirectories, openRunDirectory } from "../events/run-directory.js";
import { authorHere, UnfinishedFile } from "../events/whole-file.js";
import { nameFilter, type NamePatterns } from "../summary/name-filter.js";
import { ArchiveReader } from "./rows/archive-reader.js";
import { archivesAt } from "./files/archives-at.js";
import { FileHash } from "./files/file-hash.js";
import type { ArchivedFile, ArchivedLink } from "./manifest.js";
import { Pace, type PaceOptions } from "./files/pace.js";
import { RestoredPaths } from "./files/safe-path.js";
import { statAt } from "./files/stat-at.js";
import { bytesOf, manifestOf } from "./verify-archive.js";

/** What is restored, and how. */
export interface RestoreOptions extends PaceOptions {
  /** Names, globs or regular expressions: only the files in the directories of these runs. All unless given. */
  readonly runs?: NamePatterns;
  /**
   * Names, globs or regular expressions: only event files and record files, and of them only the records with one of these tags, each as it was, and
   * the first record. What comes out has no SHA-256 to compare it with. All unless given.
   */
  readonly tags?: NamePatterns;
  /** Told of each file that does not come out as it was, which is not written, and the rest is; without it that throws. */
  readonly onError?: (error: ArchiveError) => void;
  /** For tests. */
  readonly fileSystem?: FileSystem;
}

/** What was restored. */
export interface RestoreReport {
  /** How many files were written, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** How many could not be made as they were. */
  readonly bad: number;
  /** Whether each has the SHA-256 that it had: false with `tags`. */
  readonly isChecked: boolean;
  /** Symbolic links of the runs that are restored: they are not made. */
  readonly links: readonly ArchivedLink[];
  /** False when it was aborted. */
  readonly isWhole: boolean;
}

/** An archive and what is wanted of it. */
interface Wanted {
  readonly path: string;
  readonly files: readonly ArchivedFile[];
  readonly links: readonly ArchivedLink[];
}

/**
 * Writes the files of an archive, or of a folder of archives, below `target`, which is made: byte for byte, with the time at which they were modified.
 * Each gets its name when all of it is on the disk and has its SHA-256. Nothing is overwritten, and nothing is written outside of `target`: all paths
 * are checked before the first one is written.
 *
 * Throws an `ArchiveError`: `UNSAFE_PATH`, `TARGET_EXISTS`, `NOT_AN_ARCHIVE`, `OTHER_ARCHIVE_VERSION`, and for a file that does not come out as it was
 * `ARCHIVE_DAMAGED` or `HASH_MISMATCH`, unless `onError` takes it; a `LogdirError` when the archive cannot be read, or the target cannot be written; a
 * `NoMatchError` when no run or tag is one of those that are asked for; a `WriteError`. Files that were written before are whole, and stay.
 */
export async function restoreArchive(
  archive: string,
  target: string,
  options: RestoreOptions = {},
): Promise<RestoreReport> {
  const wanted = wantedOf(archive, options);
  const paths = new RestoredPaths(archive, target);
  for (const { files } of wanted) for (const { path } of files) paths.add(path);
  const pace = new Pace(
    wanted.reduce((sum, { files }) => sum + bytesOf(files), 0),
    options,
  );
  const restorer = new Restorer(target, pace, options);
  const links = wanted.flatMap((one) => one.links);
  for (const { path, files } of wanted) {
    const isWhole = await restorer.restore(path, files);
    if (!isWhole) return { ...restorer.report, links, isWhole };
  }
  const { report, tags } = restorer;
  if (options.tags !== undefined && report.files === 0 && report.bad === 0)
    throw new NoMatchError("tag", wordsOf(options.tags), archive, [...tags].toSorted(compareNames));
  return { ...report, links, isWhole: true };
}

function wordsOf(patterns: NamePatterns | undefined): string[] {
  return patterns === undefined ? [] : [patterns].flat().map(String);
}

function wantedOf(archive: string, { runs, tags }: RestoreOptions): Wanted[] {
  const isRun = nameFilter(runs, "runs");
  const known = new Set<string>();
  const wanted = archivesAt(archive).map((path): Wanted => {
    const { files, links } = manifestOf(path);
    for (const { run } of files) known.add(run);
    return {
      path,
      files: files.filter(({ run, kind }) => isRun(run) && (tags === undefined || kind !== "other")),
      links: links.filter((link) => isRun(link.path.includes("/") ? dirname(link.path) : ".")),
    };
  });
  if (wanted.every(({ files }) => files.length === 0) && known.size > 0) {
    throw new NoMatchError("run", wordsOf(runs), archive, [...known]);
  }
  return wanted;
}

class Restorer {
  /** With tags that are asked for, those that were met. */
  readonly tags = new Set<string>();
  readonly report: { files: number; bytes: number; bad: number; isChecked: boolean };
  readonly #target: string;
  readonly #pace: Pace;
  readonly #fs: FileSystem;
  readonly #isTag: ((tag: string) => boolean) | undefined;
  readonly #onError: RestoreOptions["onError"];
  #directory: string | undefined;

  constructor(target: string, pace: Pace, options: RestoreOptions) {
    const { tags, onError, fileSystem = nodeFileSystem } = options;
    this.#target = target;
    this.#pace = pace;
    this.#fs = fileSystem;
    const isTag = nameFilter(tags, "tags");
    if (tags !== undefined) {
      this.#isTag = (tag) => {
        this.tags.add(tag);
        return isTag(tag);
      };
    }
    this.#onError = onError;
    this.report = { files: 0, bytes: 0, bad: 0, isChecked: tags === undefined };
  }

  /** Returns false when it was aborted. */
  async restore(archive: string, files: readonly ArchivedFile[]): Promise<boolean> {
    const reader = new ArchiveReader(archive);
    const paths = new Set(files.map(({ path }) => path));
    try {
      for (const file of reader.manifest.files) {
        if (!paths.has(file.path)) continue;
        try {
          if (!(await this.#pace.turnIfDue()) || !(await this.#write(reader, file))) return false;
        } catch (error) {
          const isOfFile = error instanceof ArchiveError && error.code !== "TARGET_EXISTS";
          if (!isOfFile || this.#onError === undefined) throw error;
          this.report.bad++;
          this.#onError(error);
        }
      }
      return true;
    } finally {
      reader.close();
    }
  }

  async #write(reader: ArchiveReader, file: ArchivedFile): Promise<boolean> {
    const path = join(this.#target, ...file.path.split("/"));
    const isTag = this.#isTag;
    const pieces = isTag === undefined ? reader.bytesOf(file) : taggedBytes(reader, file, isTag);
    // Of a file without such a record nothing is made, not even a directory.
    let piece = pieces.next();
    if (isTag !== undefined && piece.done === true) return true;
    const unfinished = this.#create(path);
    try {
      const hash = new FileHash();
      for (; piece.done !== true; piece = pieces.next()) {
        const bytes = piece.value;
        writing(path, () => unfinished.write(bytes));
        hash.update(bytes);
        if (!this.#pace.isDue(bytes.length) || (await this.#pace.turn())) continue;
        unfinished.discard();
        return false;
      }
      if (isTag === undefined) hash.check(reader.path, file);
      writing(path, () => {
        const { fd } = unfinished.finish(() => {
          // It was free when the restore began.
          checkFree(path);
          const modified = microsecondsOf(file);
          utimesSync(unfinished.path, modified, modified);
          return path;
        });
        this.#fs.closeSync(fd);
      });
      this.report.files++;
      this.report.bytes += hash.size;
      return true;
    } catch (error) {
      unfinished.discard();
      throw error;
    }
  }

  #create(path: string): UnfinishedFile {
    const directory = dirname(path);
    return writing(path, () => {
      if (this.#directory === undefined) openRunDirectory(this.#target, this.#fs);
      if (directory !== this.#directory) makeDirectories(directory);
      this.#directory = directory;
      return new UnfinishedFile(this.#fs, directory, authorHere());
    });
  }
}

// The records with such a tag behind the file's first record; nothing where there is none.
function* taggedBytes(
  reader: ArchiveReader,
  file: ArchivedFile,
  tags: (tag: string) => boolean,
): Generator<Uint8Array> {
  let held: Uint8Array | undefined;
  let isFirst = true;
  for (const bytes of reader.bytesOf(file, { tags })) {
    if (isFirst && !hasTagFirst(reader, file, tags)) {
      // It is valid only until the next piece.
      held = Uint8Array.from(bytes);
    } else {
      if (held !== undefined) yield held;
      held = undefined;
      yield bytes;
    }
    isFirst = false;
  }
}

function hasTagFirst(reader: ArchiveReader, file: ArchivedFile, tags: (tag: string) => boolean): boolean {
  const rows = reader.rowsOf(file.firstGroup);
  const from = rows.firstOf(reader.ordinalOf(file));
  for (let place = from; place < rows.recordEnd(from); place++) {
    const tag = rows.tagAt(place);
    if (tag !== undefined && tags(tag)) return true;
  }
  return false;
}

// In seconds. Node cuts off what is behind a microsecond, which the half of one keeps from being the one before.
function microsecondsOf({ modified }: ArchivedFile): number {
  return (Math.round(modified * 1000) + 0.5) / 1e6;
}

function writing<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof TnlError ? error : new WriteError(path, error);
  }
}

function checkFree(path: string): void {
  if (statAt(path) === undefined) return;
  throw new ArchiveError("TARGET_EXISTS", path, `${path} exists already: a restore overwrites nothing`);
}
