// What the commands that read logs are given: a logdir, a run's directory, an event file or an archive.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isEventFileName } from "../events/file-name.js";
import { LogdirSource } from "../events/reading/logdir-source.js";
import type { LogSource } from "../events/reading/log-source.js";
import { beginsAsParquet } from "../events/reading/parquet-file.js";
import { isFileAt } from "../events/reading/runs-at.js";
import { UsageError } from "./exit-codes.js";

/** The files of logs, open until they are closed. */
export interface OpenLogs {
  readonly source: LogSource;
  close(): void;
}

/** The files at a path of the user's. Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when there is nothing, and an `ArchiveError`. */
export async function openLogs(path: string): Promise<OpenLogs> {
  const isFile = isFileAt(path);
  if (isFile ? beginsAsParquet(path) : await hasOnlyArchives(path)) {
    const { openArchive } = await import("../archive/archived-log.js");
    const archive = openArchive(path);
    return { source: archive, close: () => archive.close() };
  }
  return { source: new LogdirSource(path), close: () => {} };
}

// Whether a folder has archives and no event file. In a logdir an event file is found soon.
async function hasOnlyArchives(path: string): Promise<boolean> {
  if (hasEventFile(path)) return false;
  const { archivesAt } = await import("../archive/archives-at.js");
  try {
    return archivesAt(path).some(beginsAsParquet);
  } catch {
    return false;
  }
}

// What cannot be read, and what links lead to, is for the search of runs.
function hasEventFile(dir: string): boolean {
  let entries;
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch {
    return false;
  }
  return (
    entries.some(({ name }) => isEventFileName(name)) ||
    entries.some((entry) => entry.isDirectory() && hasEventFile(join(dir, entry.name)))
  );
}

/** For a command that needs files on the disk. Throws a `UsageError` when the path is an archive, a `LogdirError` when there is nothing. */
export function refuseArchive(path: string, command: string): void {
  if (!isFileAt(path) || !beginsAsParquet(path)) return;
  throw new UsageError(
    `${path} is an archive, which tnl ${command} does not take: tnl restore makes event files of it`,
  );
}
