// Putting files on the disk that are closed already.

import { promises } from "node:fs";
import { errnoOf, WriteError } from "../errors.js";

/**
 * Resolves when the bytes of the files, and the entries of the directories, are on the disk. What is not there any more is passed over. Rejects
 * with a `WriteError`.
 */
export async function syncFiles(files: readonly string[], directories: readonly string[]): Promise<void> {
  for (const path of files) await syncPath(path, (file) => file.datasync());
  // Where a directory cannot be opened (Windows), its file system does not need it.
  if (process.platform === "win32") return;
  for (const path of directories) await syncPath(path, (directory) => directory.sync());
}

async function syncPath(path: string, sync: (file: promises.FileHandle) => Promise<void>): Promise<void> {
  try {
    const file = await promises.open(path, "r");
    try {
      await sync(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw new WriteError(path, error, "Cannot sync");
  }
}
