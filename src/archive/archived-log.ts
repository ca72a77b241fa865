// An archive where a logdir is asked for.

import { basename, dirname, join } from "node:path";
import { LogdirError } from "../errors.js";
import { parseWriter } from "../events/coverage.js";
import { compareNames } from "../events/file-name.js";
import { kindOfWriter } from "../events/file-kind.js";
import { compareFiles } from "../events/log-position.js";
import type { ByteSource } from "../events/reading/byte-source.js";
import type { LogSource } from "../events/reading/log-source.js";
import { readEvents } from "../events/reading/read-events.js";
import type { Restarts, ScalarColumns } from "../events/reading/scalar-columns.js";
import type { Run } from "../events/runs.js";
import { ArchivedFileSource } from "./rows/archived-file.js";
import { ArchiveReader } from "./rows/archive-reader.js";
import { archivedScalars } from "./rows/archived-scalars.js";
import type { ArchivedFile, Manifest } from "./manifest.js";

/**
 * Opens an archive, to be given to a `SummaryReader` where a logdir can: `new SummaryReader(openArchive("logs.parquet"))`. Nothing is restored: scalars come from
 * the columns, and of what else is read the bytes of its file are made on the way.
 *
 * Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when there is no such file, and an `ArchiveError`: `NOT_AN_ARCHIVE`, `OTHER_ARCHIVE_VERSION`,
 * `ARCHIVE_DAMAGED`. What reads it throws the latter too.
 */
export function openArchive(path: string): ArchivedLog {
  return new ArchivedLog(new ArchiveReader(path));
}

/** The event files of an archive. Paths of files are those that they would have in a directory of the archive's name. */
export class ArchivedLog implements LogSource {
  readonly path: string;
  readonly #archive: ArchiveReader;
  readonly #files: ReadonlyMap<string, ArchivedFile>;

  constructor(archive: ArchiveReader) {
    this.path = archive.path;
    this.#archive = archive;
    this.#files = new Map(archive.manifest.files.map((file) => [join(archive.path, file.path), file]));
  }

  /** What it has of the files that are in it. */
  get manifest(): Manifest {
    return this.#archive.manifest;
  }

  runs(): Run[] {
    const files = new Map<string, string[]>();
    for (const [path, { run, kind }] of this.#files) {
      if (kind !== "events") continue;
      const known = files.get(run);
      if (known === undefined) files.set(run, [path]);
      else known.push(path);
    }
    if (files.size === 0) {
      const message = `There is no event file in the archive ${this.path}`;
      throw new LogdirError("NO_EVENT_FILES", this.path, message);
    }
    const runs = [...files].map(([name, paths]): Run => {
      const inOrder = paths.toSorted((a, b) => compareNames(basename(a), basename(b)));
      return { name, dir: name === "." ? this.path : join(this.path, name), files: inOrder };
    });
    return runs.toSorted((a, b) => compareNames(a.name, b.name));
  }

  fullResolutionFiles({ dir, files }: Run): readonly string[] {
    const records = [...this.#files]
      .filter(([path, { kind }]) => kind === "records" && dirname(path) === dir)
      .map(([path]) => path);
    if (records.length === 0) return files;
    const whole = files.filter((path) => !this.#isBounded(path));
    return [...records, ...whole].toSorted((a, b) => compareFiles(basename(a), basename(b)));
  }

  open(file: string): ByteSource {
    return new ArchivedFileSource(this.#archive, this.#fileAt(file), file);
  }

  scalars(
    files: readonly string[],
    options: { readonly tags: (tag: string) => boolean; readonly restarts: Restarts },
  ): Map<string, ScalarColumns> | undefined {
    return archivedScalars(
      this.#archive,
      files.map((file) => this.#fileAt(file)),
      options,
    );
  }

  /** Closes the file. What is asked for afterwards is an error. */
  close(): void {
    this.#archive.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #fileAt(path: string): ArchivedFile {
    const file = this.#files.get(path);
    if (file !== undefined) return file;
    throw new LogdirError("LOGDIR_NOT_READABLE", path, `There is no ${path} in the archive ${this.path}`);
  }

  // One that TensorBoard shows in place of a record file.
  #isBounded(path: string): boolean {
    for (const { event } of readEvents(this.open(path), { onDamage: () => {} })) {
      return kindOfWriter(parseWriter(event.sourceMetadata?.writer)) === "bounded";
    }
    return false;
  }
}
