// The calls a writer makes to the operating system, so that a test can let one of them fail.

import * as fs from "node:fs";

type Done = (error: NodeJS.ErrnoException | null) => void;

/** The part of `node:fs` that the writers use. */
export interface FileSystem {
  mkdirSync(path: string): void;
  readdirSync(path: string): string[];
  openSync(path: string, flags: string): number;
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  closeSync(fd: number): void;
  unlinkSync(path: string): void;
  renameSync(from: string, to: string): void;
  /** `nlink` is 0 once the open file was deleted. */
  fstatSync(fd: number): { readonly nlink: number; readonly size: number };
  statSync(path: string): { readonly size: number; readonly mtimeMs: number };
  readSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  fdatasync(fd: number, callback: Done): void;
  fdatasyncSync(fd: number): void;
  fsync(fd: number, callback: Done): void;
  fsyncSync(fd: number): void;
}

/** The real one. */
export const nodeFileSystem: FileSystem = fs;
