// What the commands that read logs are given: a logdir, a run's directory, an event file or an archive.

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
  if (isFileAt(path) && beginsAsParquet(path)) {
    const { openArchive } = await import("../archive/archived-log.js");
    const archive = openArchive(path);
    return { source: archive, close: () => archive.close() };
  }
  return { source: new LogdirSource(path), close: () => {} };
}

/** For a command that needs files on the disk. Throws a `UsageError` when the path is an archive, a `LogdirError` when there is nothing. */
export function refuseArchive(path: string, command: string): void {
  if (!isFileAt(path) || !beginsAsParquet(path)) return;
  throw new UsageError(
    `${path} is an archive, which tnl ${command} does not take: tnl restore makes event files of it`,
  );
}
