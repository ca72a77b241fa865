// Writes one archive: beside its place, with a journal, and under its name when it is whole.

import { ArchiveError, LogdirError } from "../../errors.js";
import { compareNames } from "../../events/file-name.js";
import type { FileSystem } from "../../events/file-system.js";
import { FileSource } from "../../events/reading/byte-source.js";
import { isAsItWas, targetExists, type ArchivePlan } from "./archive-plan.js";
import { ArchiveReader } from "../rows/archive-reader.js";
import { ArchiveWriter, type WindowLimits, type WriterState } from "../rows/archive-writer.js";
import type { Journal, SeenFile } from "./journal.js";
import type { ArchiveProblem, LogdirFile } from "./logdir-files.js";
import type { ArchivedLink } from "../manifest.js";
import type { Pace } from "./pace.js";
import { PartFile } from "./part-file.js";
import { statAt } from "./stat-at.js";
import { verifyFile } from "../verify-archive.js";

const COPIED_BYTES = 1024 * 1024;

/** How an archive is written. */
export interface WriteOptions {
  readonly verify: boolean;
  readonly onError: (problem: ArchiveProblem) => void;
  readonly fileSystem: FileSystem;
  /** Milliseconds from one journal to the next. */
  readonly journalMs: number;
  readonly limits: WindowLimits | undefined;
}

/** What was written. */
export interface Written {
  /** How many files were added by this call, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Of the archive; 0 when it is not whole. */
  readonly size: number;
  /** False when it was aborted. */
  readonly isWhole: boolean;
}

/**
 * Does what was planned. What is written lies in `<archive>.part` until all of it is there, and verified where that is asked for. When it is
 * aborted or fails, part and journal stay if something can go on from there.
 *
 * Throws a `WriteError`; an `ArchiveError`: `TARGET_EXISTS`, `SOURCE_CHANGED` for an archive that others changed meanwhile, and when it is verified
 * `HASH_MISMATCH` or `ARCHIVE_DAMAGED`; a `LogdirError` for a file that cannot be read to its end. `options.onError` is told of one that cannot be
 * opened, and of one that changed while it was read.
 */
export async function writeArchive(
  plan: ArchivePlan,
  journal: Journal<WriterState>,
  options: WriteOptions,
  pace: Pace,
): Promise<Written> {
  const work = new ArchiveWork(plan, journal, options, pace);
  try {
    return await work.run();
  } finally {
    work.end();
  }
}

class ArchiveWork {
  readonly #plan: ArchivePlan;
  readonly #journal: Journal<WriterState>;
  readonly #options: WriteOptions;
  readonly #pace: Pace;
  readonly #seen: SeenFile[];
  readonly #part: PartFile;
  #journalled = performance.now();
  // What the journal has, or need not have.
  #noted: WriterState | undefined;
  // Whether a later call can go on from what is on the disk.
  #canGoOn: boolean;
  #files = 0;
  #bytes = 0;

  constructor(plan: ArchivePlan, journal: Journal<WriterState>, options: WriteOptions, pace: Pace) {
    this.#plan = plan;
    this.#journal = journal;
    this.#options = options;
    this.#pace = pace;
    this.#seen = [...plan.seen];
    this.#canGoOn = plan.state !== undefined;
    this.#part = new PartFile(plan.archive, options.fileSystem, plan.state?.offset);
  }

  async run(): Promise<Written> {
    // From the first moment on it says who writes.
    if (this.#plan.state === undefined) this.#note(undefined);
    if (!(await this.#writeAll())) return this.#written(0);
    this.#part.sync();
    if (this.#options.verify && !(await this.#verify())) return this.#written(0);
    this.#checkPlace();
    this.#part.publish();
    this.#journal.remove();
    return this.#written(this.#part.size);
  }

  // Returns whether it came to its end. What the writer holds is free then, for what verifies.
  async #writeAll(): Promise<boolean> {
    const writer = await this.#writer();
    if (writer === undefined) return false;
    this.#noted = writer.state();
    for (const file of this.#plan.files) {
      if ((await this.#pace.turnIfDue()) && (await this.#add(writer, file))) continue;
      if (writer.state() !== this.#noted) this.#note(writer.state());
      return false;
    }
    writer.finish(this.#links());
    return true;
  }

  /** Closes the part, and takes it away when nothing can go on from it. */
  end(): void {
    this.#part.close();
    if (this.#canGoOn) return;
    this.#part.remove();
    this.#journal.remove();
  }

  // Behind the bytes of the archive that is appended to; undefined when it was aborted.
  async #writer(): Promise<ArchiveWriter | undefined> {
    const { archive, base, state } = this.#plan;
    const { limits } = this.#options;
    if (state !== undefined || base === undefined) return new ArchiveWriter(this.#part, state, limits);
    const reader = new ArchiveReader(archive);
    try {
      const end = reader.state();
      if (!(await this.#copy(archive, end.offset))) return undefined;
      return new ArchiveWriter(this.#part, end, limits);
    } finally {
      reader.close();
    }
  }

  async #copy(archive: string, size: number): Promise<boolean> {
    const source = new FileSource(archive);
    const buffer = Buffer.allocUnsafe(COPIED_BYTES);
    try {
      while (this.#part.size < size) {
        const at = this.#part.size;
        const length = source.read(buffer, 0, Math.min(buffer.length, size - at), at);
        if (length === 0) throw this.#baseChanged();
        this.#part.write(buffer.subarray(0, length));
        if (!(await this.#pace.turnIfDue())) return false;
      }
      return true;
    } finally {
      source.close();
    }
  }

  // Returns whether to go on with the next file.
  async #add(writer: ArchiveWriter, file: LogdirFile): Promise<boolean> {
    const { path, run, kind } = file;
    const { before, source } = this.#open(file) ?? {};
    if (before === undefined || source === undefined) return true;
    this.#seen.push(before);
    let told = 0;
    const count = (bytes: number): void => {
      this.#pace.isDue(bytes - told);
      told = bytes;
    };
    try {
      const adding = writer.add(source, { path, run, kind, modified: before.modified }, count);
      for (let step = adding.next(); ; step = adding.next()) {
        if (step.done === true) {
          this.#tell(file, before, step.value.size);
          return true;
        }
        if (performance.now() - this.#journalled >= this.#options.journalMs) this.#note(writer.state());
        if (!(await this.#pace.turn())) return false;
      }
    } finally {
      source.close();
    }
  }

  #open(file: LogdirFile): { before: SeenFile; source: FileSource } | undefined {
    try {
      return { before: lookAt(file), source: new FileSource(file.place) };
    } catch (error) {
      // Of one that was begun the rest must come.
      const isBegun = this.#plan.state?.current !== undefined && file === this.#plan.files[0];
      if (isBegun || !(error instanceof LogdirError)) throw error;
      this.#options.onError(error);
      return undefined;
    }
  }

  // Counts a file that was read; one that changed meanwhile is told.
  #tell(file: LogdirFile, before: SeenFile, size: number): void {
    this.#files++;
    this.#bytes += size;
    if (size === before.size && isUnchanged(file, before)) return;
    const message = `${file.place} changed while it was read: the archive has ${size} bytes of it`;
    this.#options.onError(new ArchiveError("SOURCE_CHANGED", file.place, message));
  }

  // How far the writer is: on the disk before the journal says so.
  #note(state: WriterState | undefined): void {
    const { logdir, base } = this.#plan;
    const files = (state?.files.length ?? 0) - (base?.manifest.files.length ?? 0);
    if (state !== undefined) this.#part.sync();
    this.#journal.write({
      logdir,
      base: base && { size: base.size, modified: base.modified },
      seen: state === undefined ? [] : this.#seen.slice(0, state.current === undefined ? files : files + 1),
      state,
    });
    this.#journalled = performance.now();
    this.#noted = state;
    this.#canGoOn ||= state !== undefined;
  }

  // Returns whether it came to its end.
  async #verify(): Promise<boolean> {
    try {
      return (await verifyFile(this.#part.path, this.#pace)).isWhole;
    } catch (error) {
      // Whoever went on from it would end here again.
      if (error instanceof ArchiveError) this.#canGoOn = false;
      throw error;
    }
  }

  // Those of the archive that is appended to stay.
  #links(): ArchivedLink[] {
    const { base, listed } = this.#plan;
    const links = new Map(base?.manifest.links.map((link) => [link.path, link]));
    for (const link of listed.links) links.set(link.path, link);
    return [...links.values()].toSorted((a, b) => compareNames(a.path, b.path));
  }

  // Somebody may have been there meanwhile.
  #checkPlace(): void {
    const { archive, name, base } = this.#plan;
    const stat = statAt(archive);
    if (base === undefined && stat !== undefined) throw targetExists(name, stat);
    if (base !== undefined && (stat?.size !== base.size || stat.mtimeMs !== base.modified))
      throw this.#baseChanged();
  }

  #baseChanged(): ArchiveError {
    const { name } = this.#plan;
    const message = `${name} was changed by another program while it was appended to: nothing was overwritten`;
    return new ArchiveError("SOURCE_CHANGED", name, message);
  }

  #written(size: number): Written {
    return { files: this.#files, bytes: this.#bytes, size, isWhole: size > 0 };
  }
}

function lookAt({ path, place }: LogdirFile): SeenFile {
  const stat = statAt(place);
  if (stat?.isFile() === true) return { path, size: stat.size, modified: stat.mtimeMs };
  throw new LogdirError("LOGDIR_NOT_READABLE", place, `${place} is gone`);
}

function isUnchanged(file: LogdirFile, before: SeenFile): boolean {
  try {
    return isAsItWas(lookAt(file), before);
  } catch {
    return false;
  }
}
