// Reads an archive back: whether every file comes out of it as it was.

import { ArchiveError } from "../errors.js";
import { ArchiveReader } from "./rows/archive-reader.js";
import { archivesAt } from "./files/archives-at.js";
import { FileHash } from "./files/file-hash.js";
import type { ArchivedFile, Manifest } from "./manifest.js";
import { readKeys } from "./parquet/group-reader.js";
import { Pace, type PaceOptions } from "./files/pace.js";

/** How an archive is verified. */
export interface VerifyOptions extends PaceOptions {
  /** Told of each file that does not come out as it was, and the rest is verified; without it that throws. */
  readonly onError?: (error: ArchiveError) => void;
}

/** What a verification found. */
export interface VerifyReport {
  /** How many files came out as they were, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** How many did not; and one more where another column is damaged. */
  readonly bad: number;
  /** False when it was aborted. */
  readonly isWhole: boolean;
}

/**
 * Makes every file of an archive, or of a folder of archives, from its rows, and compares the SHA-256 with that of the original. Nothing is written.
 *
 * Throws an `ArchiveError` with code `NOT_AN_ARCHIVE` or `OTHER_ARCHIVE_VERSION`, and for a file that is not as it was `ARCHIVE_DAMAGED` or
 * `HASH_MISMATCH`, unless `onError` takes it; a `LogdirError` with code `LOGDIR_NOT_READABLE`.
 */
export async function verifyArchive(archive: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const paths = archivesAt(archive);
  const total = paths.reduce((sum, path) => sum + bytesOf(manifestOf(path).files), 0);
  const pace = new Pace(total, options);
  const report = { files: 0, bytes: 0, bad: 0, isWhole: true };
  for (const path of paths) {
    const found = await verifyFile(path, pace, options.onError);
    report.files += found.files;
    report.bytes += found.bytes;
    report.bad += found.bad;
    if (!found.isWhole) return { ...report, isWhole: false };
  }
  return report;
}

/** What an archive says of its files. Throws as `verifyArchive`. */
export function manifestOf(path: string): Manifest {
  const reader = new ArchiveReader(path);
  try {
    return reader.manifest;
  } finally {
    reader.close();
  }
}

/** As `verifyArchive`, of one archive. */
export async function verifyFile(
  path: string,
  pace: Pace,
  onError?: (error: ArchiveError) => void,
): Promise<VerifyReport> {
  const reader = new ArchiveReader(path);
  try {
    return await verifyOpened(reader, pace, onError);
  } finally {
    reader.close();
  }
}

async function verifyOpened(
  reader: ArchiveReader,
  pace: Pace,
  onError: ((error: ArchiveError) => void) | undefined,
): Promise<VerifyReport> {
  const report = { files: 0, bytes: 0, bad: 0, isWhole: true };
  for (const file of reader.manifest.files) {
    if (!(await pace.turnIfDue())) return { ...report, isWhole: false };
    try {
      const hash = new FileHash();
      for (const bytes of reader.bytesOf(file)) {
        hash.update(bytes);
        if (pace.isDue(bytes.length) && !(await pace.turn())) return { ...report, isWhole: false };
      }
      hash.check(reader.path, file);
      report.files++;
      report.bytes += hash.size;
    } catch (error) {
      if (onError === undefined || !(error instanceof ArchiveError)) throw error;
      report.bad++;
      onError(error);
    }
  }
  try {
    await checkOtherColumns(reader, pace);
  } catch (error) {
    if (onError === undefined || !(error instanceof ArchiveError)) throw error;
    report.bad++;
    onError(error);
  }
  return report;
}

// Those of which no file is made: they are for who asks the archive.
async function checkOtherColumns(reader: ArchiveReader, pace: Pace): Promise<void> {
  for (const group of reader.groups) {
    reader.read((source) => {
      for (const column of ["run", "plugin"] as const) readKeys(source, group, column);
    });
    await pace.turnIfDue();
  }
}

/** The bytes of the originals. */
export function bytesOf(files: Iterable<Pick<ArchivedFile, "size">>): number {
  let sum = 0;
  for (const { size } of files) sum += size;
  return sum;
}
