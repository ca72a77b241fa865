// The calls a writer makes to the operating system, so that a test can let one of them fail.

import * as fs from "node:fs";

/** The part of `node:fs` that an `EventFileWriter` uses. */
export interface FileSystem {
  mkdirSync(path: string): void;
  readdirSync(path: string): string[];
  openSync(path: string, flags: string): number;
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  closeSync(fd: number): void;
  unlinkSync(path: string): void;
  fdatasync(fd: number, callback: (error: NodeJS.ErrnoException | null) => void): void;
  fsync(fd: number, callback: (error: NodeJS.ErrnoException | null) => void): void;
}

/** The real one. */
export const nodeFileSystem: FileSystem = fs;
