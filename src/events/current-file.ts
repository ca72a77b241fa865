// The file that is being written, and the one after it: making, writing, closing. Errors are the system's; what they mean is the caller's.

import { errnoOf } from "../errors.js";
import type { FileSystem } from "./file-system.js";
import type { RunDirectory } from "./run-directory.js";
import { createWholeFile } from "./whole-file.js";

/** Where files are made and how they are named. */
export interface FilePlace {
  readonly directory: RunDirectory;
  readonly fileSystem: FileSystem;
  /** Who writes, as it stands in the names of files: no two writers have one name. */
  readonly author: string;
  /** A path for a new file, given the names in the directory and the time in milliseconds. */
  newPath(existing: readonly string[], now: number): string;
}

/** One file after another, of which one is open. */
export class CurrentFile {
  /** Counts the files: what stands once in a file stands in each. */
  number = 0;
  /** Its path, also when it is closed; `undefined` until the first one is made. */
  path: string | undefined;
  isOpen = false;
  readonly #place: FilePlace;
  #fd = -1;
  readonly #size = new Float64Array(1);

  constructor(place: FilePlace) {
    this.#place = place;
  }

  /** Bytes that were written. */
  get size(): number {
    return this.#size[0]!;
  }

  /** Makes a new file, empty. The directory too, if it was removed. */
  create(now: number): void {
    const { directory, fileSystem, newPath } = this.#place;
    directory.restore();
    for (;;) {
      const path = newPath(fileSystem.readdirSync(directory.path), now);
      try {
        this.#take(fileSystem.openSync(path, "wx"), path, 0);
        return;
      } catch (error) {
        // Another process took the name since the directory was listed: the next list has it.
        if (errnoOf(error) !== "EEXIST") throw error;
      }
    }
  }

  /** Makes a new file that appears with `content` in it, and closes the one before. When the first fails, the one before is as it was. */
  createWhole(content: Iterable<Uint8Array>, now: number): void {
    const { directory, fileSystem, author, newPath } = this.#place;
    directory.restore();
    const choose = (): string => newPath(fileSystem.readdirSync(directory.path), now);
    const made = createWholeFile(fileSystem, directory.path, author, content, choose);
    const [wasOpen, old] = [this.isOpen, this.#fd];
    this.#take(made.fd, made.path, made.size);
    try {
      if (wasOpen) fileSystem.closeSync(old);
    } catch {
      // What a close could still lose stands in the new file.
    }
  }

  /** Writes a piece of `bytes[from, to)` and returns how much of it was taken. */
  write(bytes: Uint8Array, from: number, to: number): number {
    const written = this.#place.fileSystem.writeSync(this.#fd, bytes, from, to - from);
    // A system that takes nothing and names no error would be asked for ever.
    if (written === 0) throw Object.assign(new Error("no bytes were written"), { code: "EIO" });
    this.#size[0]! += written;
    return written;
  }

  /** Whether somebody deleted it. */
  isDeleted(): boolean {
    return this.#place.fileSystem.fstatSync(this.#fd).nlink === 0;
  }

  /** Closes it. Network file systems report a failed write as late as here. */
  close(): void {
    this.isOpen = false;
    this.#place.fileSystem.closeSync(this.#fd);
  }

  #take(fd: number, path: string, size: number): void {
    this.#fd = fd;
    this.path = path;
    this.#size[0] = size;
    this.isOpen = true;
    this.number++;
  }
}
