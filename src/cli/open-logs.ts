// What the commands that read logs are given: a logdir, a run's directory, an event file, an archive or a folder of archives.

import { readdirSync } from "node:fs";
import { LogdirError } from "../errors.js";
import { LogdirSource } from "../events/reading/logdir-source.js";
import type { LogSource } from "../events/reading/log-source.js";
import { beginsAsParquet } from "../events/reading/parquet-file.js";
import { isFileAt } from "../events/reading/runs-at.js";
import { UsageError } from "./exit-codes.js";

/**
 * Gives the files at a path of the user's to `use`: those of a logdir, a run's directory or an event file, or in an archive. Where it throws that there is no event
 * file in a directory, it is given those in the archives there, if there are any. Throws what it does, a `LogdirError` and an `ArchiveError`.
 */
export async function withLogs<T>(path: string, use: (source: LogSource) => Promise<T>): Promise<T> {
  if (isFileAt(path) && beginsAsParquet(path)) {
    const { openArchive } = await import("../archive/index.js");
    const archive = openArchive(path);
    try {
      return await use(archive);
    } finally {
      archive.close();
    }
  }
  try {
    return await use(new LogdirSource(path));
  } catch (error) {
    const isWithout = error instanceof LogdirError && error.code === "NO_EVENT_FILES";
    if (!isWithout || !hasArchives(path)) throw error;
  }
  const { openArchives } = await import("../archive/index.js");
  return use(openArchives(path));
}

function hasArchives(path: string): boolean {
  return readdirSync(path, { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(".parquet"));
}

/** For a command that needs files on the disk. Throws a `UsageError` when the path is an archive, a `LogdirError` when there is nothing. */
export function refuseArchive(path: string, command: string): void {
  if (!isFileAt(path) || !beginsAsParquet(path)) return;
  throw new UsageError(
    `${path} is an archive, which tnl ${command} does not take: tnl restore makes event files of it`,
  );
}
