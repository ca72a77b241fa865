// Where the bytes of a file come from: the disk, or memory.

import { closeSync, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { unreadable } from "../unreadable.js";

/** Bytes that can be read anywhere, and may become more. */
export interface ByteSource {
  /** The file, for messages. */
  readonly path: string;
  /** How many bytes there are now. */
  size(): number;
  /** Reads `length` bytes from `position` to `into[offset, …)`, and fewer only where the file ends. Returns how many; 0 at the end. */
  read(into: Uint8Array, offset: number, length: number, position: number): number;
  close(): void;
}

/** A file on the disk, held open: what was written before it is deleted can be read behind that. */
export class FileSource implements ByteSource {
  readonly path: string;
  readonly #fd: number;
  #isOpen = true;

  /** Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when the file cannot be opened; the other methods when it cannot be read. */
  constructor(path: string) {
    this.path = path;
    this.#fd = this.#try(() => openSync(path, "r"));
  }

  size(): number {
    return this.#isOpen ? this.stats().size : 0;
  }

  /** What the system says of the file, while it is open. */
  stats(): Stats {
    return this.#try(() => fstatSync(this.#fd));
  }

  read(into: Uint8Array, offset: number, length: number, position: number): number {
    return this.#isOpen ? this.#try(() => readSync(this.#fd, into, offset, length, position)) : 0;
  }

  /** Closing twice is no error; behind it there is nothing to read. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
  }

  #try<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw unreadable(this.path, error);
    }
  }
}

/** Bytes in memory. */
export class MemorySource implements ByteSource {
  readonly path: string;
  bytes: Uint8Array;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
  }

  size(): number {
    return this.bytes.length;
  }

  read(into: Uint8Array, offset: number, length: number, position: number): number {
    const part = this.bytes.subarray(position, position + length);
    into.set(part, offset);
    return part.length;
  }

  close(): void {}
}
