// A text file of lines, that a training which is continued goes on with from where its checkpoint left it.

import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { ArgumentError, CheckpointError, errnoOf, explainErrno, WriteError } from "../errors.js";
import { nodeFileSystem, type FileSystem } from "../events/file-system.js";
import { makeDirectories } from "../events/run-directory.js";

const WRITE_AT_CHARACTERS = 64 * 1024;
const WRITE_AFTER_MS = 200;

/** How a `LineFile` begins: anew, behind what is there, or at the end of the first so many bytes of it. */
export type Beginning = "new" | "append" | { readonly offset: number };

/** Lines are gathered and handed to the system after 64 KiB or 200 ms, and when asked. */
export class LineFile {
  readonly path: string;
  readonly #fd: number;
  readonly #fs: Pick<FileSystem, "writeSync">;
  #size: number;
  #pending = "";
  /** What the system did not take of an earlier write. */
  #rest: Buffer = Buffer.alloc(0);
  #lastWrite = -Infinity;

  /**
   * Opens `path`, whose directory is made; with an offset, the file is cut there. Throws a `WriteError`, and a `CheckpointError` when the file
   * is shorter than the offset or not there.
   */
  constructor(
    path: string,
    beginning: Beginning,
    fileSystem: Pick<FileSystem, "writeSync"> = nodeFileSystem,
  ) {
    this.path = path;
    this.#fs = fileSystem;
    if (typeof beginning === "object") cut(path, beginning.offset);
    try {
      makeDirectories(dirname(path));
      if (beginning === "new") closeSync(openSync(path, "w"));
      this.#fd = openSync(path, "a+");
      this.#size = fstatSync(this.#fd).size;
    } catch (error) {
      throw new WriteError(path, error);
    }
  }

  /** Bytes of the file; what is pending is not among them. */
  get size(): number {
    return this.#size;
  }

  /** Whether the file has nothing in it and nothing is pending. */
  get isEmpty(): boolean {
    return this.#size === 0 && this.#rest.length === 0 && this.#pending === "";
  }

  /** The first `bytes` bytes of the file, or fewer. */
  start(bytes: number): string {
    const buffer = Buffer.alloc(bytes);
    try {
      return buffer.toString("utf8", 0, readSync(this.#fd, buffer, 0, bytes, 0));
    } catch (error) {
      throw new WriteError(this.path, error, "Cannot read");
    }
  }

  /** Adds a line, whose end it has. Throws a `WriteError`. */
  add(line: string): void {
    this.#pending += line;
    if (this.#pending.length >= WRITE_AT_CHARACTERS || performance.now() - this.#lastWrite >= WRITE_AFTER_MS)
      this.flush();
  }

  /** Hands over what is pending. Throws a `WriteError`; then what the system did not take is kept, and goes first at the next call. */
  flush(): void {
    this.#lastWrite = performance.now();
    this.#rest = Buffer.concat([this.#rest, Buffer.from(this.#pending, "utf8")]);
    this.#pending = "";
    try {
      while (this.#rest.length > 0) {
        const written = this.#fs.writeSync(this.#fd, this.#rest, 0, this.#rest.length);
        this.#rest = this.#rest.subarray(written);
        this.#size += written;
      }
    } catch (error) {
      throw new WriteError(this.path, error);
    }
  }

  /** `flush`, and puts the bytes on the disk. Throws a `WriteError`. */
  sync(): void {
    this.flush();
    try {
      fdatasyncSync(this.#fd);
    } catch (error) {
      // What is no file on a disk, as a pipe, cannot be synced and need not be.
      if (errnoOf(error) !== "EINVAL") throw new WriteError(this.path, error, "Cannot sync");
    }
  }

  /** `flush`, and closes in any case. Throws a `WriteError`. */
  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.#fd);
    }
  }
}

function cut(path: string, offset: number): void {
  let fd: number;
  try {
    fd = openSync(path, "r+");
  } catch (error) {
    throw new CheckpointError("LOG_DOES_NOT_FIT", path, explainErrno(errnoOf(error), error), error);
  }
  try {
    const { size } = fstatSync(fd);
    if (size < offset) {
      const reason = `it has ${size} bytes, and had ${offset} at the checkpoint`;
      throw new CheckpointError("LOG_DOES_NOT_FIT", path, reason);
    }
    ftruncateSync(fd, offset);
  } catch (error) {
    throw error instanceof CheckpointError ? error : new WriteError(path, error, "Cannot cut");
  } finally {
    closeSync(fd);
  }
}

/** `path` if it is one. Throws an `ArgumentError`. */
export function checkPath(path: string): string {
  if (typeof path !== "string" || path === "") throw new ArgumentError("path", "a path", path);
  return path;
}
