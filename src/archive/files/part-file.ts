// The file that an archive is written to until it is whole.

import { rmSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { BusyError, errnoOf, WriteError } from "../../errors.js";
import type { FileSystem } from "../../events/file-system.js";
import { syncDirectory } from "../../events/whole-file.js";
import type { ByteSink } from "../rows/archive-writer.js";
import { partOf } from "./journal.js";

/** `<archive>.part`, open for appending. Its methods throw a `WriteError`. */
export class PartFile implements ByteSink {
  readonly path: string;
  /** In bytes. */
  size: number;
  readonly #fs: FileSystem;
  readonly #archive: string;
  readonly #fd: number;
  #isOpen = true;

  /**
   * Opens the part of `archive`: a new one, or with `size` the first bytes of the one that is there. Throws a `BusyError` when there is one where a
   * new one is to be: another process makes it.
   */
  constructor(archive: string, fs: FileSystem, size?: number) {
    this.path = partOf(archive);
    this.size = size ?? 0;
    this.#fs = fs;
    this.#archive = archive;
    try {
      if (size !== undefined) truncateSync(this.path, size);
      this.#fd = fs.openSync(this.path, size === undefined ? "wx" : "a");
    } catch (error) {
      if (errnoOf(error) === "EEXIST")
        throw new BusyError(`${this.path} was made by another process: one at a time can write ${archive}`);
      throw new WriteError(this.path, error);
    }
  }

  write(bytes: Uint8Array): void {
    this.#try(() => {
      for (let done = 0; done < bytes.length;) {
        const written = this.#fs.writeSync(this.#fd, bytes, done, bytes.length - done);
        if (written === 0) throw Object.assign(new Error("no bytes were written"), { code: "EIO" });
        done += written;
        this.size += written;
      }
    });
  }

  /** Puts what was written on the disk. */
  sync(): void {
    this.#try(() => this.#fs.fdatasyncSync(this.#fd));
  }

  /** Gives it the archive's name; what had it is replaced. */
  publish(): void {
    this.sync();
    this.close();
    this.#try(() => this.#fs.renameSync(this.path, this.#archive));
    syncDirectory(this.#fs, dirname(this.#archive));
  }

  /** Closing twice is no error. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#try(() => this.#fs.closeSync(this.#fd));
  }

  /** Takes it away. Never throws: what made it useless is the error to tell. */
  remove(): void {
    try {
      this.#fs.unlinkSync(this.path);
    } catch {
      // The next call takes it away.
    }
  }

  #try<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw new WriteError(this.path, error);
    }
  }
}

/** Takes away what an archive that was interrupted has left. Throws a `WriteError`. */
export function removePart(archive: string): void {
  const path = partOf(archive);
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw new WriteError(path, error, "Cannot delete");
  }
}
