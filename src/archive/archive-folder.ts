// A folder of archives where a logdir is asked for: one for each run, or whatever archives were put there.

import { basename, join } from "node:path";
import { LogdirError } from "../errors.js";
import { compareNames } from "../events/file-name.js";
import { compareFiles } from "../events/log-position.js";
import type { ByteSource } from "../events/reading/byte-source.js";
import type { LogSource } from "../events/reading/log-source.js";
import type { Restarts, ScalarColumns } from "../events/reading/scalar-columns.js";
import type { Run } from "../events/runs.js";
import { openArchive, type ArchivedLog } from "./archived-log.js";
import { archivesAt } from "./files/archives-at.js";

/**
 * The archives in a folder and below it, to be given to a `SummaryReader` where a logdir can: the runs of all of them. A run that several have is one, with
 * the files of all, as in the logdir that they would be restored to. An archive is open only while a file of it is read.
 *
 * Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when there is no such folder or an archive cannot be opened, and an `ArchiveError`: `NOT_AN_ARCHIVE`, also
 * for a folder without any, `OTHER_ARCHIVE_VERSION`, `ARCHIVE_DAMAGED`.
 */
export function openArchives(path: string): LogSource {
  return new ArchiveFolder(path);
}

class ArchiveFolder implements LogSource {
  readonly path: string;
  /** By run, what each archive has of it. */
  readonly #parts = new Map<string, { readonly archive: string; readonly run: Run }[]>();
  /** By file, its archive. */
  readonly #archives = new Map<string, string>();

  constructor(path: string) {
    this.path = path;
    for (const archive of archivesAt(path)) {
      using log = openArchive(archive);
      const { files } = log.manifest;
      // As `ArchivedLog` names them.
      for (const file of files) this.#archives.set(join(archive, file.path), archive);
      if (!files.some(({ kind }) => kind === "events")) continue;
      for (const run of log.runs()) {
        const parts = this.#parts.get(run.name);
        if (parts === undefined) this.#parts.set(run.name, [{ archive, run }]);
        else parts.push({ archive, run });
      }
    }
  }

  runs(): Run[] {
    if (this.#parts.size === 0) {
      const message = `There is no event file in the archives of ${this.path}`;
      throw new LogdirError("NO_EVENT_FILES", this.path, message);
    }
    const runs = [...this.#parts].map(([name, parts]): Run => {
      const files = parts.flatMap(({ run }) => run.files);
      const inOrder = files.toSorted((a, b) => compareNames(basename(a), basename(b)));
      return { name, dir: parts[0]!.run.dir, files: inOrder };
    });
    return runs.toSorted((a, b) => compareNames(a.name, b.name));
  }

  fullResolutionFiles({ name, files }: Run): readonly string[] {
    const parts = this.#parts.get(name) ?? [];
    const whole = parts.flatMap(({ archive, run }) => {
      using log = openArchive(archive);
      return log.fullResolutionFiles(run);
    });
    const isBounded = whole.some((file) => !files.includes(file));
    return isBounded ? whole.toSorted((a, b) => compareFiles(basename(a), basename(b))) : files;
  }

  open(file: string): ByteSource {
    const log = openArchive(this.#archiveOf(file));
    try {
      return new OwnedSource(log.open(file), log);
    } catch (error) {
      log.close();
      throw error;
    }
  }

  scalars(
    files: readonly string[],
    options: { readonly tags: (tag: string) => boolean; readonly restarts: Restarts },
  ): Map<string, ScalarColumns> | undefined {
    const [archive, ...others] = new Set(files.map((file) => this.#archiveOf(file)));
    if (archive === undefined || others.length > 0) return undefined;
    using log = openArchive(archive);
    return log.scalars(files, options);
  }

  #archiveOf(file: string): string {
    const archive = this.#archives.get(file);
    if (archive !== undefined) return archive;
    throw new LogdirError("LOGDIR_NOT_READABLE", file, `There is no ${file} in the archives of ${this.path}`);
  }
}

/** A file that closes its archive. */
class OwnedSource implements ByteSource {
  readonly path: string;
  readonly #source: ByteSource;
  readonly #log: ArchivedLog;

  constructor(source: ByteSource, log: ArchivedLog) {
    this.path = source.path;
    this.#source = source;
    this.#log = log;
  }

  size(): number {
    return this.#source.size();
  }

  read(into: Uint8Array, offset: number, length: number, position: number): number {
    return this.#source.read(into, offset, length, position);
  }

  close(): void {
    this.#source.close();
    this.#log.close();
  }
}
