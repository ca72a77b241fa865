// Archives of files in memory, made and unmade by the code under test.
import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { ArchiveReader } from "../../src/archive/rows/archive-reader.js";
import { ArchiveWriter, LIMITS } from "../../src/archive/rows/archive-writer.js";
import type { ArchivedKind } from "../../src/archive/manifest.js";
import { compareNames, eventFileNameOf, isEventFileName } from "../../src/events/file-name.js";
import { MemorySource } from "../../src/events/reading/byte-source.js";
import { concat } from "./bytes.js";

/** Files by their path below the logdir. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** `maxRows`, `maxBytes`: a row group ends with the record with which it has so many; `kind` is that of every file, where a name does not tell it. */
export interface ArchiveFilesOptions {
  readonly maxRows?: number;
  readonly maxBytes?: number;
  readonly kind?: ArchivedKind;
}

/** `below`: only what is in this directory of the logdir, or below it. */
export interface ArchiveOfOptions extends ArchiveFilesOptions {
  readonly below?: string;
}

/** Writes an archive of these files. */
export function archiveFiles(path: string, files: Files, options: ArchiveFilesOptions = {}): void {
  const { maxRows = LIMITS.rows, maxBytes = LIMITS.bytes, kind } = options;
  const fd = openSync(path, "w");
  try {
    const sink = { write: (bytes: Uint8Array): void => writeAll(fd, bytes) };
    const writer = new ArchiveWriter(sink, undefined, { rows: maxRows, bytes: maxBytes });
    for (const [name, bytes] of Object.entries(files)) {
      const entry = {
        path: name,
        run: posix.dirname(name),
        kind: kind ?? kindOf(posix.basename(name)),
        modified: 1.7e12,
      } as const;
      for (const _ of writer.add(new MemorySource(name, bytes), entry)) continue;
    }
    writer.finish([]);
  } finally {
    closeSync(fd);
  }
}

function kindOf(name: string): ArchivedKind {
  if (isEventFileName(name)) return "events";
  return eventFileNameOf(name) === undefined ? "other" : "records";
}

/** Writes an archive of what is below `logdir` to `out`, run by run, and gives `out`. */
export function archiveOf(logdir: string, out: string, options: ArchiveOfOptions = {}): string {
  const { below = ".", ...rest } = options;
  const entries = readdirSync(join(logdir, below), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths
    .map((path): [string, Uint8Array] => [relative(logdir, path).split(sep).join("/"), readFileSync(path)])
    .toSorted(
      ([a], [b]) =>
        compareNames(posix.dirname(a), posix.dirname(b)) ||
        compareNames(posix.basename(a), posix.basename(b)),
    );
  archiveFiles(out, Object.fromEntries(files), rest);
  return out;
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

/** What an archive makes of its files again. @throws {Error} When the hash or the size in its manifest is another one. */
export function restoredFiles(path: string): Files {
  const reader = new ArchiveReader(path);
  try {
    const files = reader.manifest.files.map((file): [string, Uint8Array] => {
      // A piece is valid until the next one.
      const bytes = concat(...Array.from(reader.bytesOf(file), (piece) => piece.slice()));
      const found = { size: bytes.length, sha256: sha256Of(bytes) };
      if (found.size !== file.size || found.sha256 !== file.sha256) {
        throw new Error(
          `${file.path} is told as ${file.sha256}, ${file.size} bytes, and is ${JSON.stringify(found)}`,
        );
      }
      return [file.path, bytes];
    });
    return Object.fromEntries(files);
  } finally {
    reader.close();
  }
}

/** In hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The hashes of files, by path: what a test compares. */
export function hashesOf(files: Files): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, sha256Of(bytes)]));
}
