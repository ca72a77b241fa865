// A file that appears with all of its first bytes or not at all.

import { randomBytes } from "node:crypto";
import { closeSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { isGone, type Asker } from "./abandoned.js";
import { cleanForFileName } from "./file-name.js";
import { nodeFileSystem, type FileSystem } from "./file-system.js";
import { PROBE } from "./run-directory.js";
import { processPart } from "./worker.js";

/** What the names of files begin with that are not finished. TensorBoard does not read them. */
export const UNFINISHED = ".tnl-unfinished.";

/** Deletes what writers of the directory left unfinished when they were killed, as far as that can be. Throws the error of listing it. */
export function removeUnfinished(fs: FileSystem, dir: string, asker: Asker): void {
  for (const name of fs.readdirSync(dir)) {
    if (!name.startsWith(UNFINISHED) && !name.startsWith(PROBE)) continue;
    const author = name.startsWith(UNFINISHED) ? name.slice(UNFINISHED.length) : undefined;
    const path = join(dir, name);
    try {
      if (isGone(author, asker, fs.statSync(path).mtimeMs)) fs.unlinkSync(path);
    } catch {
      // It is gone, or somebody else's; nobody reads it.
    }
  }
}

/** `removeUnfinished` as this process. */
export function removeUnfinishedHere(dir: string): void {
  removeUnfinished(nodeFileSystem, dir, { hostname: hostname(), pid: processPart() });
}

/**
 * Writes `path`, in a directory that is there, and puts it on the disk: a file of that name is replaced at once, or stays as it was.
 *
 * Throws the system's error.
 */
export function writeWholeFile(path: string, pieces: Iterable<Uint8Array>): void {
  closeSync(createWholeFile(nodeFileSystem, dirname(path), authorHere(), pieces, () => path).fd);
}

/** This process, as it stands in the names of unfinished files. */
export function authorHere(): string {
  return `${cleanForFileName(hostname())}.${processPart()}`;
}

/** A new file, open for writing behind its first bytes. */
export interface WholeFile {
  readonly fd: number;
  readonly path: string;
  readonly size: number;
}

/**
 * Writes `pieces` to a file that TensorBoard does not see, puts them on the disk, and gives the file the name that `newPath` chooses then.
 *
 * Throws the system's error, or what `pieces` throws; then there is no file.
 */
export function createWholeFile(
  fs: FileSystem,
  dir: string,
  author: string,
  pieces: Iterable<Uint8Array>,
  newPath: () => string,
): WholeFile {
  const file = new UnfinishedFile(fs, dir, author);
  try {
    for (const bytes of pieces) file.write(bytes);
    return file.finish(newPath);
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** A file that TensorBoard does not see yet. End it with `finish`, or with `discard` when anything has thrown. */
export class UnfinishedFile {
  size = 0;
  /** Where it is until it is finished. */
  readonly path: string;
  readonly #fs: FileSystem;
  readonly #dir: string;
  readonly #fd: number;

  /** Makes the file. Throws the system's error, as the other methods do. */
  constructor(fs: FileSystem, dir: string, author: string) {
    this.#fs = fs;
    this.#dir = dir;
    // Containers may have one author's name, and two that wrote one file would spoil it.
    this.path = join(dir, `${UNFINISHED}${author}.${randomBytes(6).toString("hex")}`);
    this.#fd = fs.openSync(this.path, "wx");
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const written = this.#fs.writeSync(this.#fd, bytes, done, bytes.length - done);
      if (written === 0) throw Object.assign(new Error("no bytes were written"), { code: "EIO" });
      done += written;
    }
    this.size += bytes.length;
  }

  /** Puts it on the disk, and gives it the name that `newPath` chooses then. */
  finish(newPath: () => string): WholeFile {
    // What it replaces is going to be deleted: that must not reach the disk first.
    this.#fs.fdatasyncSync(this.#fd);
    const path = newPath();
    this.#fs.renameSync(this.path, path);
    syncDirectory(this.#fs, this.#dir);
    return { fd: this.#fd, path, size: this.size };
  }

  /** Takes it away. Never throws: what made it needless is the error to tell. */
  discard(): void {
    for (const cleanUp of [() => this.#fs.closeSync(this.#fd), () => this.#fs.unlinkSync(this.path)]) {
      try {
        cleanUp();
      } catch {
        // Nobody reads it.
      }
    }
  }
}

/**
 * Puts the entries of a directory on the disk. Never throws: where that cannot be done (Windows, some network file systems), their own order of
 * things has to do.
 */
export function syncDirectory(fs: FileSystem, dir: string): void {
  try {
    const fd = fs.openSync(dir, "r");
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // The file is there and whole.
  }
}
