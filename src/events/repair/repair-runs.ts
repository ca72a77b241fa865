// Copies the runs of a logdir without what is damaged.

import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { ArgumentError, errnoOf, LogdirError } from "../../errors.js";
import { nodeFileSystem, type FileSystem } from "../file-system.js";
import { RecordCursor } from "../reading/record-cursor.js";
import { runsAt } from "../reading/runs-at.js";
import type { Run } from "../runs.js";
import { recordFilesOf } from "../verify/verify-run.js";
import { EventRepair } from "./event-repair.js";
import { checkFree, repairFile } from "./repair-file.js";
import type { RecordPlaces } from "./record-places.js";
import type { FileRepair, RunRepair } from "./repair-report.js";
import { RunSurvey } from "./run-survey.js";

/** How runs are repaired. */
export interface RepairOptions {
  /** The directory of the copy, which has the runs under their names. It is made. */
  readonly out: string;
  /** Whether to leave out what later restarts have made void, so that both of TensorBoard's loaders show one curve. False unless given. */
  readonly dropVoid?: boolean;
  /** Called about every 8 MiB with the bytes that were read of all that are to be read; each file is read twice. */
  readonly onProgress?: (bytes: number, total: number) => void;
  /** When it is aborted, the file at hand is not written, and nothing behind it. */
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly fileSystem?: FileSystem;
}

/**
 * Writes a clean copy of the event files and record files below `path`, a logdir, a run's directory or an event file. Every undamaged record is in it,
 * byte for byte and in its order, but for those that a loader would not show as they are; what was left out and what was changed is told.
 *
 * Memory grows with the tags, not with the files. Throws a `LogdirError` when there is nothing to read, when the copy would overwrite a file
 * (`RUN_EXISTS`), or cannot be written; an `ArgumentError` when it would lie within `path`; a `WriteError`. Then the files that were done before are
 * there, each one whole. A file that cannot be read is among the `errors` of its run.
 */
export async function repairLogdir(path: string, options: RepairOptions): Promise<RunRepair[]> {
  const unreadable: LogdirError[] = [];
  const runs = runsAt(path, { onError: (error) => unreadable.push(error) });
  const repairs = await repairRuns(path, runs, options);
  return [...repairs, ...unreadable.map((error) => ({ run: error.path, files: [], errors: [error] }))];
}

interface Work {
  readonly run: Run;
  readonly events: readonly string[];
  readonly records: readonly string[];
}

/** As `repairLogdir`, of runs of `path` that were found before. */
export async function repairRuns(
  path: string,
  runs: readonly Run[],
  options: RepairOptions,
): Promise<RunRepair[]> {
  const { out, onProgress, signal, fileSystem = nodeFileSystem } = options;
  const isDirectory = statSync(path).isDirectory();
  if (isDirectory) checkOutside(path, out);
  const work = runs.map((run): Work => ({
    run,
    events: run.files,
    records: isDirectory ? recordFilesOf(run) : [],
  }));
  const copyOf = (run: Run, file: string): string => join(out, run.name, basename(file));
  let total = 0;
  for (const { run, events, records } of work) {
    for (const file of [...events, ...records]) {
      checkFree(copyOf(run, file), fileSystem);
      total += 2 * sizeOf(file);
    }
  }
  let done = 0;
  const onBytes = async (bytes: number): Promise<void> => {
    done += bytes;
    onProgress?.(done, total);
    // So that a signal is heard.
    await setImmediate();
    signal?.throwIfAborted();
  };
  const repairs: RunRepair[] = [];
  for (const { run, events, records } of work) {
    const files: FileRepair[] = [];
    const errors: LogdirError[] = [];
    repairs.push({ run: run.name, files, errors });
    const plan = (list: readonly string[]): Promise<FilesPlan> => {
      const paths = list.filter((file) => isReadable(file, errors));
      return surveyFiles(paths, options.dropVoid === true, onBytes);
    };
    const copy = async (
      { paths, survey, wallTime }: FilesPlan,
      places?: RecordPlaces,
    ): Promise<FileRepair[]> => {
      const repair = new EventRepair(survey);
      const done: FileRepair[] = [];
      for (const [file, from] of paths.entries()) {
        const place = { path: from, copy: copyOf(run, from), file, survey, events: repair };
        const how = {
          dropVoid: options.dropVoid === true,
          places: places?.of(from),
          wallTime,
          fileSystem,
          onBytes,
        };
        done.push(await repairFile({ ...place, ...how }));
      }
      return done;
    };
    try {
      const eventFiles = await plan(events);
      // First, since the event files name places in them.
      const ofRecords = await copy(await plan(records), eventFiles.survey.places);
      files.push(...(await copy(eventFiles)), ...ofRecords);
    } catch (error) {
      if (signal?.aborted === true) break;
      throw error;
    }
  }
  return repairs;
}

/** Files of one kind, and what is known of them. */
interface FilesPlan {
  readonly paths: readonly string[];
  readonly survey: RunSurvey;
  /** In seconds, for a file in which there is none. */
  readonly wallTime: number;
}

async function surveyFiles(
  paths: readonly string[],
  findsVoid: boolean,
  onBytes: (bytes: number) => Promise<void>,
): Promise<FilesPlan> {
  const survey = new RunSurvey(findsVoid);
  for (const [i, path] of paths.entries()) await surveyFile(survey, path, i, onBytes);
  survey.startAgain();
  const [first] = survey.firstTimes.values();
  const wallTime = first ?? (paths[0] === undefined ? 0 : statSync(paths[0]).mtimeMs / 1000);
  return { paths, survey, wallTime };
}

async function surveyFile(
  survey: RunSurvey,
  path: string,
  file: number,
  onBytes: (bytes: number) => Promise<void>,
): Promise<void> {
  const cursor = new RecordCursor(path);
  let reported = 0;
  try {
    cursor.finish();
    while (cursor.next()) {
      survey.add(cursor, file);
      if (cursor.recordEnd - reported < REPORT_BYTES) continue;
      const bytes = cursor.recordEnd - reported;
      reported = cursor.recordEnd;
      await onBytes(bytes);
    }
  } finally {
    cursor.close();
  }
  await onBytes(Math.max(0, cursor.recordEnd - reported));
}

const REPORT_BYTES = 8 * 1024 * 1024;

function isReadable(file: string, errors: LogdirError[]): boolean {
  try {
    new RecordCursor(file).close();
    return true;
  } catch (error) {
    if (!(error instanceof LogdirError)) throw error;
    errors.push(error);
    return false;
  }
}

function checkOutside(path: string, out: string): void {
  const below = relative(realpathSync(path), realPathOf(resolve(out)));
  if (below === "" || (below !== ".." && !below.startsWith(`..${sep}`) && !below.startsWith(sep))) {
    throw new ArgumentError(
      "out",
      `a directory outside of ${path}, which stays as it is`,
      out,
      JSON.stringify(out),
    );
  }
}

// Of a path that may not be there yet.
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (errnoOf(error) !== "ENOENT" || parent === path) return path;
    return join(realPathOf(parent), basename(path));
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
