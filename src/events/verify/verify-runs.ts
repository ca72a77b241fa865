// Goes through the runs of a logdir, several at the same time, and says what is wrong with them.

import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { LogdirError } from "../../errors.js";
import { isRecordFile } from "../reading/full-resolution.js";
import type { LogSource } from "../reading/log-source.js";
import { LogdirSource, sizeIn } from "../reading/logdir-source.js";
import type { Run } from "../runs.js";
import { recordFilesOf, verifySteps, type RunReport } from "./verify-run.js";
import { reportOf, startVerifyThread } from "./verify-thread.js";

/** Less is read faster than threads start. */
const FEWEST_BYTES = 32 * 1024 * 1024;

/** How runs are gone through. */
export interface VerifyOptions {
  /** Where the files of the runs are; on the disk unless given. Those that are elsewhere are read by one thread. */
  readonly source?: LogSource;
  /** How many threads; as many as there are cores, and none for a small logdir, unless given. */
  readonly threads?: number;
  /** Whether the record files of bounded runs are looked at as well; true unless given. */
  readonly records?: boolean;
  /** Called about every 8 MiB with the bytes that were read of all there are. */
  readonly onProgress?: (bytes: number, total: number) => void;
  /** When it is aborted, the result has only the runs that were done then. */
  readonly signal?: AbortSignal;
}

/**
 * What is in the files of each run below a logdir, or of a run's directory or one event file, or where else event files are, such as in an archive, and
 * what is wrong with them.
 *
 * Memory grows with the tags, not with the files. Throws a `LogdirError` when there is nothing to look at; a file or a directory below that cannot be
 * read is among the `errors` of its run.
 */
export async function verifyLogdir(
  path: string | LogSource,
  options: Omit<VerifyOptions, "source"> = {},
): Promise<RunReport[]> {
  const source = typeof path === "string" ? new LogdirSource(path) : path;
  const unreadable: LogdirError[] = [];
  const runs = source.runs({ onError: (error) => unreadable.push(error) });
  const reports = await verifyRuns(runs, { records: hasRecords(source), ...options, source });
  return [
    ...reports,
    ...unreadable.map((error) => ({ run: error.path, files: [], defects: [], more: {}, errors: [error] })),
  ];
}

/** Of an event file that is named nothing else is looked at. */
export function hasRecords(source: LogSource): boolean {
  return !(source instanceof LogdirSource) || statSync(source.path).isDirectory();
}

interface Work {
  readonly index: number;
  readonly run: Run;
  readonly records: readonly string[];
  readonly bytes: number;
}

/** As `verifyLogdir`, of runs that were found before. The reports are in the order of the runs. */
export async function verifyRuns(runs: readonly Run[], options: VerifyOptions = {}): Promise<RunReport[]> {
  const { source = new LogdirSource(""), records = true, onProgress, signal } = options;
  const work = runs.map((run, index) => workOf(source, run, index, records));
  const total = work.reduce((sum, { bytes }) => sum + bytes, 0);
  const isHere = !(source instanceof LogdirSource) || (options.threads === undefined && total < FEWEST_BYTES);
  const threads = isHere ? 0 : (options.threads ?? availableParallelism());
  // The largest first: else the last one would be alone at the end.
  const queue = work.toSorted((a, b) => b.bytes - a.bytes);
  const reports: (RunReport | undefined)[] = runs.map(() => undefined);
  let done = 0;
  const onBytes = (bytes: number): void => onProgress?.((done += bytes), total);
  if (threads === 0) await verifyHere(source, queue, reports, onBytes, signal);
  else await verifyInThreads(queue, reports, threads, onBytes, signal);
  return reports.filter((report) => report !== undefined);
}

async function verifyHere(
  source: LogSource,
  queue: readonly Work[],
  reports: (RunReport | undefined)[],
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { index, run, records } of queue) {
    const steps = verifySteps(run, records, (path) => source.open(path));
    try {
      for (;;) {
        // So that a signal is heard.
        await setImmediate();
        if (signal?.aborted === true) return;
        const step = steps.next();
        if (step.done === true) {
          reports[index] = step.value;
          break;
        }
        onBytes(step.value);
      }
    } finally {
      steps.return(undefined as never);
    }
  }
}

async function verifyInThreads(
  queue: readonly Work[],
  reports: (RunReport | undefined)[],
  threads: number,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const kept: ReturnType<typeof startVerifyThread>[] = [];
  const end = (): void => void Promise.all(kept.map((thread) => thread.end()));
  signal?.addEventListener("abort", end);
  let next = 0;
  const takeRuns = async (): Promise<void> => {
    const thread = startVerifyThread();
    kept.push(thread);
    while (next < queue.length) {
      if (signal?.aborted === true) break;
      const { index, run, records } = queue[next++]!;
      reports[index] = reportOf(await thread.do({ run, records }, onBytes));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(threads, queue.length) }, takeRuns));
  } catch (error) {
    // A thread that was ended says so.
    if (signal?.aborted !== true) throw error;
  } finally {
    signal?.removeEventListener("abort", end);
    await Promise.all(kept.map((thread) => thread.end()));
  }
}

function workOf(source: LogSource, run: Run, index: number, withRecords: boolean): Work {
  const records = withRecords ? recordFilesIn(source, run) : [];
  const bytes = [...run.files, ...records].reduce((sum, path) => sum + sizeOf(source, path), 0);
  return { index, run, records, bytes };
}

// A directory that is gone since has nothing to look at; its event files say so.
function recordFilesIn(source: LogSource, run: Run): readonly string[] {
  try {
    if (source instanceof LogdirSource) return recordFilesOf(run);
    return source.fullResolutionFiles(run).filter(isRecordFile);
  } catch (error) {
    if (error instanceof LogdirError) return [];
    throw error;
  }
}

// What cannot be read says so later.
function sizeOf(source: LogSource, path: string): number {
  try {
    return sizeIn(source, path);
  } catch {
    return 0;
  }
}
