// Putting a file on the disk: its bytes, and the directory entries that lead to it.

import { WriteError } from "../errors.js";
import type { FileSystem } from "./file-system.js";
import type { RunDirectory } from "./run-directory.js";

/** A descriptor that is only there to sync by. */
interface Target {
  readonly fd: number;
  /** Syncs that are under way. */
  users: number;
  /** Whether the file is done with, so that the last user closes. */
  left: boolean;
}

/** What a `DiskSync` works on. */
export interface DiskSyncOptions {
  readonly fileSystem: FileSystem;
  readonly directory: RunDirectory;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly clock: () => number;
  /** Milliseconds between two syncs that it makes by itself; none unless given. */
  readonly everyMs: number | undefined;
  /** Hears of a sync of its own that failed. */
  onFailure(failure: WriteError): void;
}

/**
 * Syncs one file after another of a run.
 *
 * A sync that failed is never made good: after an error the system may have thrown the bytes away and say yes the next time. So every later
 * one fails with the same error. Only a descriptor that cannot be had (too many open files) is another matter.
 */
export class DiskSync {
  /** The sync that failed. */
  failure: WriteError | undefined;
  readonly #options: DiskSyncOptions;
  readonly #fs: FileSystem;
  readonly #last = new Float64Array(1);
  #timer: NodeJS.Timeout | undefined;
  #target: Target | undefined;
  #entriesAreDurable = false;

  constructor(options: DiskSyncOptions) {
    this.#options = options;
    this.#fs = options.fileSystem;
    this.#last[0] = -Infinity;
  }

  /** Whether it syncs by itself. */
  get isTimed(): boolean {
    return this.#options.everyMs !== undefined;
  }

  /** To be told of each write: syncs in time, if it syncs by itself. Failures go to `onFailure`. */
  written(path: string, now: number): void {
    const { everyMs, onFailure } = this.#options;
    if (everyMs === undefined || this.failure !== undefined) return;
    // The first write makes the directory entries: they are not left to a timer.
    const age = now - this.#last[0]!;
    if (age >= 0 && age < 2 * everyMs) {
      this.#timer ??= setTimeout(() => void this.#onTimer(path), everyMs).unref();
      return;
    }
    // A loop that gives the timer no turn waits for the disk here.
    this.#last[0] = now;
    try {
      this.runSync(path);
    } catch (error) {
      onFailure(error as WriteError);
    }
  }

  /** Syncs for the last time, if it syncs by itself. What cannot be synced now is a failure for good. */
  finish(path: string): void {
    clearTimeout(this.#timer);
    if (!this.isTimed || this.failure !== undefined) return;
    try {
      this.runSync(path);
    } catch (error) {
      this.failure ??= error as WriteError;
    }
  }

  /** Resolves when both the bytes of `path` and the new directory entries are on the disk. Rejects with a `WriteError`. */
  async run(path: string): Promise<void> {
    const target = this.#use(path);
    try {
      await this.#call(path, (done) => this.#fs.fdatasync(target.fd, done));
      if (this.#entriesAreDurable) return;
      for (const dir of this.#directories()) {
        const fd = this.#open(dir, "r");
        try {
          await this.#call(dir, (done) => this.#fs.fsync(fd, done));
        } finally {
          this.#close(fd);
        }
      }
      this.#entriesAreDurable = true;
    } finally {
      this.#release(target);
    }
  }

  /** `run`, done when it returns. Throws a `WriteError`. */
  runSync(path: string): void {
    const target = this.#use(path);
    try {
      this.#callSync(path, () => this.#fs.fdatasyncSync(target.fd));
      if (this.#entriesAreDurable) return;
      for (const dir of this.#directories()) {
        const fd = this.#open(dir, "r");
        try {
          this.#callSync(dir, () => this.#fs.fsyncSync(fd));
        } finally {
          this.#close(fd);
        }
      }
      this.#entriesAreDurable = true;
    } finally {
      this.#release(target);
    }
  }

  /** The file is done with: its descriptor is closed once no sync needs it. */
  leave(): void {
    clearTimeout(this.#timer);
    const target = this.#target;
    this.#target = this.#timer = undefined;
    this.#last[0] = -Infinity;
    this.#entriesAreDurable = false;
    if (target === undefined) return;
    target.left = true;
    if (target.users === 0) this.#close(target.fd);
  }

  async #onTimer(path: string): Promise<void> {
    this.#timer = undefined;
    this.#last[0] = this.#options.clock();
    try {
      await this.run(path);
    } catch (error) {
      this.#options.onFailure(error as WriteError);
    }
  }

  // One descriptor for the life of the file: the system tells each descriptor of the errors since it was opened.
  #use(path: string): Target {
    if (this.failure !== undefined) throw this.failure;
    const target = (this.#target ??= { fd: this.#open(path, "r+"), users: 0, left: false });
    target.users++;
    return target;
  }

  #release(target: Target): void {
    target.users--;
    if (target.left && target.users === 0) this.#close(target.fd);
  }

  // Windows cannot open a directory, and its file systems do not need it.
  #directories(): readonly string[] {
    return process.platform === "win32" ? [] : [...this.#options.directory.changed];
  }

  // Nothing is written through it, and what a sync had to say it said.
  #close(fd: number): void {
    try {
      this.#fs.closeSync(fd);
    } catch {
      // The descriptor is gone in any case.
    }
  }

  #open(path: string, flags: string): number {
    try {
      return this.#fs.openSync(path, flags);
    } catch (error) {
      throw new WriteError(path, error, "Cannot sync");
    }
  }

  async #call(
    path: string,
    call: (done: (error: NodeJS.ErrnoException | null) => void) => void,
  ): Promise<void> {
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => call(resolve));
    if (error !== null) throw (this.failure ??= new WriteError(path, error, "Cannot sync"));
  }

  #callSync(path: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      throw (this.failure ??= new WriteError(path, error, "Cannot sync"));
    }
  }
}
