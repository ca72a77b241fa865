// Files whose events stand in a later one too: deleted once no TensorBoard can still be at them.

import { basename } from "node:path";
import { errnoOf } from "../errors.js";
import { timeInName } from "./file-name.js";
import type { FileSystem } from "./file-system.js";

/**
 * How long a file stays after the next one of its run appeared, in milliseconds. The Python loader goes to a run's next file when it has
 * read the one it is at; if that one is gone by then, it stays there for ever.
 */
export const STAYS_MS = 60_000;

/** Deletes files, each some time after the next one of its run appeared. */
export class OldFiles {
  readonly #fs: FileSystem;
  readonly #clock: () => number;
  #files: { path: string; dueAt: number; newPath: string | undefined }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `clock` in milliseconds. */
  constructor(fs: FileSystem, clock: () => number) {
    this.#fs = fs;
    this.#clock = clock;
  }

  /** How many are still there. */
  get count(): number {
    return this.#files.length;
  }

  /** The paths of those that are going to be deleted. */
  get doomed(): ReadonlySet<string> {
    return new Set(this.#files.filter(({ newPath }) => newPath === undefined).map(({ path }) => path));
  }

  /**
   * To be deleted `STAYS_MS` after `followedAt`, when the next file appeared; milliseconds. With a `newPath`, which is no event file's, it is
   * given that name instead, unless there is such a file.
   */
  add(path: string, followedAt: number, newPath?: string): void {
    this.#files.push({ path, dueAt: followedAt + STAYS_MS, newPath });
  }

  /** `add` for files that stand one behind the other, and behind them one that appeared at `now`. */
  addAll(paths: readonly string[], now: number): void {
    for (const [i, path] of paths.entries()) this.add(path, followedAt(paths[i + 1], this.#fs, now));
  }

  /** Deletes those that are due now, and the others by a timer that keeps no process alive. What cannot be deleted is tried again. */
  sweep(): void {
    clearTimeout(this.#timer);
    const now = this.#clock();
    this.#files = this.#files.filter(({ path, dueAt, newPath }) => {
      if (now < dueAt) return true;
      try {
        if (newPath === undefined) this.#fs.unlinkSync(path);
        else if (!this.#exists(newPath)) this.#fs.renameSync(path, newPath);
        return false;
      } catch (error) {
        return errnoOf(error) !== "ENOENT";
      }
    });
    if (this.#files.length > 0) this.#timer = setTimeout(() => this.sweep(), STAYS_MS).unref();
  }

  /** Deletes those that are due. The others are left to the run's next session. */
  close(): void {
    this.sweep();
    clearTimeout(this.#timer);
  }

  #exists(path: string): boolean {
    try {
      this.#fs.statSync(path);
      return true;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw error;
    }
  }
}

/**
 * When the file `next` appeared, at the latest, in milliseconds: its name says when, unless the clock went wrong since or before, and it
 * was there when it was last written. `now` for none.
 */
export function followedAt(next: string | undefined, fs: FileSystem, now: number): number {
  if (next === undefined) return now;
  try {
    return Math.min(timeInName(basename(next)) ?? now, fs.statSync(next).mtimeMs, now);
  } catch {
    // It was deleted meanwhile.
    return now;
  }
}
