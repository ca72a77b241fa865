// What is in the runs of a logdir, without reading more of it than is needed.

import { availableParallelism } from "node:os";
import type { Stats } from "node:fs";
import { LogdirError } from "../../errors.js";
import type { ByteSource } from "../reading/byte-source.js";
import { isRecordFile } from "../reading/full-resolution.js";
import type { LogSource } from "../reading/log-source.js";
import { LogdirSource, sizeIn } from "../reading/logdir-source.js";
import type { Run } from "../runs.js";
import type { FileSummary } from "./file-summary.js";
import { inspectionOf, recordBytesOf, type RunInspection, type ScannedFile } from "./run-inspection.js";
import { scanFile, withFile } from "./scan-file.js";
import { startScanThread } from "./scan-thread.js";
import { SummaryCache } from "./summary-cache.js";

/** Of a smaller file nothing is kept: it is read as fast as what would be known of it. */
const KEPT_BYTES = 256 * 1024;
/** With less to read, threads would take longer to start than they save. */
const THREADS_BYTES = 64 * 1024 * 1024;

/** How runs are inspected. */
export interface InspectOptions {
  /** Where the files of the runs are; on the disk unless given. Of those that are elsewhere nothing is kept, and they are read by one thread. */
  readonly source?: LogSource;
  /**
   * A directory where summaries of files are kept, such as `defaultCacheDirectory()`: a file that has not changed is not read again, and of one
   * that has grown only what is new. What cannot be read or written there is no error. Without it nothing is kept.
   */
  readonly cache?: string;
  /** How many threads read large files at the same time; one a core unless given. With little to read there are none. */
  readonly threads?: number;
  /** Told of the bytes that are done and of those that are to be read; only of large files. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called for a file that cannot be read, which is left out. Without it that throws. */
  readonly onError?: (error: LogdirError) => void;
}

/**
 * What is in each of `runs`, as `findRuns` gives them: tags, counts, ranges, sizes. Checksums of data are not looked at, and pictures, tensors and
 * graphs are not read. Memory grows with the tags, not with the events.
 *
 * Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` for a file that cannot be read, unless `onError` is there.
 */
export async function inspectRuns(
  runs: readonly Run[],
  options: InspectOptions = {},
): Promise<RunInspection[]> {
  const inspection = new Inspection(options);
  const files = runs.map((run) => run.files.map((path) => inspection.add(path)));
  await inspection.readLarge();
  return runs.map((run, i) =>
    inspectionOf(
      run,
      files[i]!.flatMap((file) => file.scanned ?? []),
      inspection.recordBytes(run),
    ),
  );
}

/** A file on its way. */
interface Entry {
  readonly path: string;
  scanned?: ScannedFile;
}

/** A large file that is to be read, as a whole or from where it was left. */
interface Task {
  readonly entry: Entry;
  readonly size: number;
  /** Of a file on the disk. */
  readonly stats: Stats | undefined;
  readonly known: FileSummary | undefined;
}

class Inspection {
  readonly #options: InspectOptions;
  readonly #cache: SummaryCache | undefined;
  /** What has the files when they are not on the disk. */
  readonly #source: LogSource | undefined;
  readonly #tasks: Task[] = [];

  constructor(options: InspectOptions) {
    this.#options = options;
    this.#cache = options.cache === undefined ? undefined : new SummaryCache(options.cache);
    if (!(options.source instanceof LogdirSource)) this.#source = options.source;
  }

  /** Reads the file if it is small; what is known of it, if it is large. */
  add(path: string): Entry {
    const entry: Entry = { path };
    this.#guard(() => {
      this.#withFile(path, (file, stats) => {
        const size = stats?.size ?? file.size();
        if (size < KEPT_BYTES) {
          entry.scanned = { path, bytes: size, summary: scanFile(file, { size }) };
          return;
        }
        const found = stats && this.#cache?.find(path, stats, file);
        if (found?.isWhole === true) entry.scanned = { path, bytes: size, summary: found.summary };
        else this.#tasks.push({ entry, size, stats, known: found?.summary });
      });
    });
    return entry;
  }

  /** Of the record files of a run. */
  recordBytes(run: Run): number {
    const source = this.#source;
    if (source === undefined) return recordBytesOf(run);
    const records = source
      .fullResolutionFiles(run)
      .filter((path) => isRecordFile(path) && !run.files.includes(path));
    return records.reduce((sum, path) => sum + sizeIn(source, path), 0);
  }

  /** Reads the large files. */
  async readLarge(): Promise<void> {
    // The largest first: else one thread may be left alone with it at the end.
    const tasks = this.#tasks.toSorted((a, b) => bytesOf(b) - bytesOf(a));
    const total = tasks.reduce((sum, task) => sum + bytesOf(task), 0);
    const { threads = availableParallelism(), onProgress } = this.#options;
    const done = tasks.map(() => 0);
    let sum = 0;
    const reporter = (i: number) => (bytes: number) => {
      sum += bytes - done[i]!;
      done[i] = bytes;
      onProgress?.(sum, total);
    };
    if (total > 0) onProgress?.(0, total);
    const isHere = this.#source !== undefined || total < THREADS_BYTES;
    const count = isHere ? 1 : Math.min(threads, tasks.length);
    if (count > 1) await this.#readInThreads(tasks, count, reporter);
    else for (const [i, task] of tasks.entries()) this.#readHere(task, reporter(i));
  }

  #readHere(task: Task, report: (bytes: number) => void): void {
    const { entry, size, known } = task;
    const from = known?.end ?? 0;
    this.#guard(() => {
      const summary = this.#withFile(entry.path, (file) =>
        scanFile(file, { known, size, onProgress: (bytes) => report(bytes - from) }),
      );
      this.#finish(task, summary);
    });
    report(bytesOf(task));
  }

  async #readInThreads(
    tasks: readonly Task[],
    count: number,
    reporter: (i: number) => (bytes: number) => void,
  ): Promise<void> {
    let next = 0;
    const takeTasks = async (): Promise<void> => {
      const thread = startScanThread();
      try {
        while (next < tasks.length) {
          const i = next++;
          const task = tasks[i]!;
          const report = reporter(i);
          const from = task.known?.end ?? 0;
          const order = { path: task.entry.path, size: task.size, known: task.known };
          try {
            this.#finish(task, await thread.do(order, (bytes) => report(bytes - from)));
          } catch (error) {
            this.#tell(error);
          }
          report(bytesOf(task));
        }
      } catch (error) {
        // What the others have begun they finish.
        next = tasks.length;
        throw error;
      } finally {
        await thread.end();
      }
    };
    await Promise.all(Array.from({ length: count }, takeTasks));
  }

  #finish({ entry, size, stats }: Task, summary: FileSummary): void {
    const { path } = entry;
    entry.scanned = { path, bytes: size, summary };
    if (stats !== undefined) withFile(path, (file) => this.#cache?.keep(path, stats, file, summary));
  }

  #withFile<T>(path: string, scan: (file: ByteSource, stats: Stats | undefined) => T): T {
    if (this.#source === undefined) return withFile(path, scan);
    const file = this.#source.open(path);
    try {
      return scan(file, undefined);
    } finally {
      file.close();
    }
  }

  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    if (this.#options.onError === undefined || !(error instanceof LogdirError)) throw error;
    this.#options.onError(error);
  }
}

function bytesOf({ size, known }: Task): number {
  return size - (known?.end ?? 0);
}
