// How far the log of a run is, to be kept with a checkpoint: a later session goes on from there as if nothing had come behind.

import { basename, join } from "node:path";
import { ArgumentError, errnoOf } from "../errors.js";
import { unreadable } from "./unreadable.js";
import { kindOf } from "./file-kind.js";
import { compareNames, eventFileNameOf, isEventFileName } from "./file-name.js";
import type { FileSystem } from "./file-system.js";
import type { OldFiles } from "./old-files.js";

/** A position in the log of a run: plain data, which may go through JSON. From `position` of a writer, for `continueFrom` of a later one. */
export interface LogPosition {
  /**
   * By name, how many bytes each file of the run had that has every event of its session: of a plain run the event files, of a bounded
   * one the record files, and event files of other sessions.
   */
  readonly files: Readonly<Record<string, number>>;
}

/** Checks what came from a checkpoint. Throws an `ArgumentError`. */
export function checkPosition(position: unknown): LogPosition {
  const expected = "a position of a writer: `{ files: { <name>: <bytes>, … } }`";
  const files = (position as LogPosition | null | undefined)?.files;
  if (typeof files !== "object" || files === null || Array.isArray(files)) {
    throw new ArgumentError("continueFrom", expected, position);
  }
  for (const [name, bytes] of Object.entries(files)) {
    const isName = basename(name) === name && (isEventFileName(name) || eventFileNameOf(name) !== undefined);
    if (!isName) throw new ArgumentError(`continueFrom.files`, "named like files of a run", name);
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new ArgumentError(`continueFrom.files[${JSON.stringify(name)}]`, "a number of bytes", bytes);
    }
  }
  return position as LogPosition;
}

/** Order of the files of a run, a record file among the event files as if it were one. */
export function compareFiles(a: string, b: string): number {
  return compareNames(eventFileNameOf(a) ?? a, eventFileNameOf(b) ?? b);
}

/** The files of a run that have every event of their sessions, and the other ones. */
export class FilesOfRecord {
  readonly dir: string;
  readonly #fs: FileSystem;
  readonly #isBounded: boolean;
  // What was read of event files that have something in them.
  readonly #bounded = new Map<string, boolean>();

  /** `isBounded`: whether the run has record files, which then count, and bounded event files, which do not. */
  constructor(dir: string, fs: FileSystem, isBounded: boolean) {
    this.dir = dir;
    this.#fs = fs;
    this.#isBounded = isBounded;
  }

  /** The names of both, in order; of none when there is no directory. Throws the system's errors. */
  list(): { readonly whole: string[]; readonly bounded: string[] } {
    const names = this.#names();
    const events = names.filter(isEventFileName);
    if (!this.#isBounded) return { whole: events.toSorted(compareFiles), bounded: [] };
    const records = names.filter((name) => eventFileNameOf(name) !== undefined);
    const bounded = events.filter((name) => this.#isBoundedFile(name));
    const whole = [...records, ...events.filter((name) => !bounded.includes(name))];
    return { whole: whole.toSorted(compareFiles), bounded: bounded.toSorted(compareFiles) };
  }

  /** How far they are now, without those whose paths are in `without`. Throws the system's errors. */
  position(without: ReadonlySet<string>): LogPosition {
    const files: Record<string, number> = {};
    for (const name of this.list().whole) {
      const path = join(this.dir, name);
      const size = without.has(path) ? undefined : this.sizeOf(name);
      if (size !== undefined) files[name] = size;
    }
    return { files };
  }

  /** Bytes of a file; `undefined` when there is none. */
  sizeOf(name: string): number | undefined {
    try {
      return this.#fs.statSync(join(this.dir, name)).size;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  #names(): string[] {
    try {
      return this.#fs.readdirSync(this.dir);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  #isBoundedFile(name: string): boolean {
    const known = this.#bounded.get(name);
    if (known !== undefined) return known;
    try {
      const kind = kindOf(join(this.dir, name), this.#fs);
      if (kind !== undefined) this.#bounded.set(name, kind === "bounded");
      return kind === "bounded";
    } catch (error) {
      // A damaged one is another program's, as far as can be told.
      if ((error as NodeJS.ErrnoException).syscall !== undefined && errnoOf(error) !== "ENOENT") throw error;
    }
    return false;
  }
}

/** How far the files are now; those that are going to be deleted do not count. Throws a `LogdirError` when the directory cannot be read. */
export function positionNow(files: FilesOfRecord, oldFiles: OldFiles): LogPosition {
  try {
    return files.position(oldFiles.doomed);
  } catch (error) {
    throw notReadable(files.dir, error);
  }
}

/** The error of the system as one of the directory, or of a file in it; any other one as it is. */
export function notReadable(dir: string, error: unknown): unknown {
  const { syscall, path = dir } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return unreadable(path, error);
}
