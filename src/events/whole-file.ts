// A file that appears with all of its first bytes or not at all.

import { join } from "node:path";
import type { FileSystem } from "./file-system.js";

/** What the names of files begin with that are not finished. TensorBoard does not read them. */
export const UNFINISHED = ".tnl-unfinished.";

const ABANDONED_AFTER_MS = 10 * 60 * 1000;

/** Deletes what writers of the directory left unfinished when they were killed. Throws the system's error. */
export function removeUnfinished(fs: FileSystem, dir: string, now: number): void {
  for (const name of fs.readdirSync(dir)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const path = join(dir, name);
    if (now - fs.statSync(path).mtimeMs >= ABANDONED_AFTER_MS) fs.unlinkSync(path);
  }
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
 * Throws the system's error; then there is no file.
 */
export function createWholeFile(
  fs: FileSystem,
  dir: string,
  author: string,
  pieces: Iterable<Uint8Array>,
  newPath: () => string,
): WholeFile {
  const unfinished = join(dir, `${UNFINISHED}${author}`);
  // Nobody else has this author's name; what is there was left by a predecessor.
  const fd = fs.openSync(unfinished, "w");
  try {
    let size = 0;
    for (const bytes of pieces) {
      for (let done = 0; done < bytes.length;) {
        const written = fs.writeSync(fd, bytes, done, bytes.length - done);
        if (written === 0) throw Object.assign(new Error("no bytes were written"), { code: "EIO" });
        done += written;
      }
      size += bytes.length;
    }
    // What it replaces is going to be deleted.
    fs.fdatasyncSync(fd);
    const path = newPath();
    fs.renameSync(unfinished, path);
    return { fd, path, size };
  } catch (error) {
    for (const cleanUp of [() => fs.closeSync(fd), () => fs.unlinkSync(unfinished)]) {
      try {
        cleanUp();
      } catch {
        // The first error is the one to tell.
      }
    }
    throw error;
  }
}
