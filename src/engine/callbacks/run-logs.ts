// The writers of a training's directories, and how far each log is: what a training that is continued goes on from.

import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ClosedError, ContextError, errnoOf } from "../../errors.js";
import { nodeFileSystem } from "../../events/file-system.js";
import { FilesOfRecord, notReadable, type LogPosition } from "../../events/log-position.js";
import { syncFiles } from "../../events/sync-files.js";
import { workerDirectory } from "../../events/worker.js";
import type { SummaryWriter } from "../../summary/summary-writer.js";
import type { State } from "../state.js";
import { closeShared, openShared, type WriterOptions } from "./shared-writers.js";

/** How far the logs of a training are. */
export interface RememberedLogs {
  /** The epoch that the training is in, or comes to next. */
  readonly epoch: number;
  /**
   * By directory below the run's, `""` for that itself; null where the writer has no position, as one into a sink. Those of earlier epochs are
   * complete, and any other has nothing in it.
   */
  readonly logs: Readonly<Record<string, LogPosition | null>>;
}

interface OpenLog {
  readonly writer: SummaryWriter;
  readonly state: State;
}

const EPOCH = /^epoch-(\d+)$/;
const NOTHING: LogPosition = { files: {} };
const MOST_UNSYNCED = 1000;

/** At most two logs are open at a time: the run's and the epoch's. A directory that this training has opened before goes on where it is. */
export class RunLogs {
  readonly #options: WriterOptions;
  /** Where the logs stood that this training goes on from; undefined for one that begins behind what is there. */
  #before: RememberedLogs | undefined;
  /** By directory, where this training has got to; the writers that are open say it themselves. */
  readonly #reached = new Map<string, LogPosition | null>();
  /** The last epoch whose directory this training has opened; -1 before the first. */
  #lastEpoch = -1;
  /** By directory, the files of logs that were closed since the last `sync`. */
  readonly #unsynced = new Map<string, readonly string[]>();
  readonly #open = new Map<string, OpenLog>();

  constructor(options: WriterOptions) {
    this.#options = options;
    if (options.overwrite) this.#before = { epoch: 0, logs: {} };
  }

  /** The run's writer, if it is open. */
  get run(): SummaryWriter | undefined {
    return this.#open.get("")?.writer;
  }

  /** The epoch's writer, if it is open. */
  get epoch(): SummaryWriter | undefined {
    return [...this.#open].find(([name]) => name !== "")?.[1].writer;
  }

  /** Opens the log of the run in `runDir`. Throws what the writer's constructor throws. */
  openRun(runDir: string, state: State): void {
    this.#openLog(runDir, "", Infinity, state);
  }

  /** Opens the log of an epoch of the run in `runDir`. Throws what the writer's constructor throws. */
  openEpoch(runDir: string, state: State): void {
    this.#openLog(runDir, `epoch-${state.epoch}`, state.epoch, state);
  }

  closeEpoch(): void {
    for (const name of this.#open.keys()) if (name !== "") this.#close(name);
  }

  /** Closes all. The first error of a writer is thrown when all are closed. */
  close({ afterError = false } = {}): void {
    const errors: unknown[] = [];
    for (const name of [...this.#open.keys()].toReversed()) {
      try {
        this.#close(name, { afterError });
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** Resolves when all that was logged is on the disk, also by writers that are closed since. Rejects with a `WriteError`. */
  async sync(): Promise<void> {
    for (const { writer } of this.#open.values()) await writer.sync();
    for (const [dir, files] of this.#unsynced) {
      await syncFiles(
        files.map((file) => join(dir, file)),
        [dir, dirname(dir)],
      );
      this.#unsynced.delete(dir);
    }
  }

  /** Of the run in `runDir`. Hands over what the writers have; throws a `WriteError` or a `LogdirError`. */
  stateDict(runDir: string, state: State): RememberedLogs {
    const epoch = state.phase === "between" ? state.history.length : state.epoch;
    const all = new Map(Object.entries(this.#before?.logs ?? this.#logsIn(runDir)));
    for (const [name, position] of this.#reached) all.set(name, position);
    for (const [name, { writer }] of this.#open) all.set(name, positionOf(writer));
    const isComplete = (name: string): boolean => Number(EPOCH.exec(name)?.[1] ?? Infinity) < epoch;
    return { epoch, logs: Object.fromEntries([...all].filter(([name]) => !isComplete(name))) };
  }

  /** Directories that are opened from now on go on from there. */
  loadStateDict(logs: RememberedLogs): void {
    this.#before = logs;
    this.#reached.clear();
    this.#lastEpoch = -1;
  }

  #openLog(runDir: string, name: string, epoch: number, state: State): void {
    const from = this.#wasOpened(name) ? null : this.#beginning(name, epoch);
    this.#open.set(name, { writer: openShared(state, join(runDir, name), this.#options, from), state });
    if (name !== "") this.#lastEpoch = Math.max(epoch, this.#lastEpoch);
  }

  #wasOpened(name: string): boolean {
    const epoch = EPOCH.exec(name)?.[1];
    return epoch === undefined
      ? this.#open.has(name) || this.#reached.has(name)
      : Number(epoch) <= this.#lastEpoch;
  }

  // Null for behind what is there.
  #beginning(name: string, epoch: number): LogPosition | null {
    const before = this.#before;
    if (before === undefined || epoch < before.epoch) return null;
    return name in before.logs ? before.logs[name]! : NOTHING;
  }

  // What is in the directories that this training has not come to yet, and is going to write behind.
  #logsIn(runDir: string): Record<string, LogPosition> {
    const isUsed = this.#open.size > 0 || this.#reached.size > 0 || this.#lastEpoch >= 0;
    const names = [...(isUsed ? [] : [""]), ...subdirectories(runDir).filter((name) => EPOCH.test(name))];
    const others = names.filter((name) => !this.#wasOpened(name));
    return Object.fromEntries(others.map((name) => [name, positionIn(join(runDir, name))]));
  }

  #close(name: string, { afterError = false } = {}): void {
    const { writer, state } = this.#open.get(name)!;
    this.#open.delete(name);
    // Of the epochs before it is enough to know that they were opened.
    for (const other of this.#reached.keys()) if (other !== "" && name !== "") this.#reached.delete(other);
    this.#reached.set(name, null);
    try {
      const position = positionOf(writer);
      this.#reached.set(name, position);
      if (position !== null) this.#remember(writer.logdir!, Object.keys(position.files));
    } catch (error) {
      if (!afterError) throw error;
    } finally {
      closeShared(state, writer, this.#options);
    }
  }

  // A training without checkpoints never syncs: what it closed long ago the system has put on the disk by itself.
  #remember(dir: string, files: readonly string[]): void {
    this.#unsynced.set(dir, files);
    const [oldest] = this.#unsynced.keys();
    if (this.#unsynced.size > MOST_UNSYNCED) this.#unsynced.delete(oldest!);
  }
}

// Null of a writer into a sink, and of one that somebody else has closed.
function positionOf(writer: SummaryWriter): LogPosition | null {
  try {
    return writer.position();
  } catch (error) {
    if (error instanceof ContextError || error instanceof ClosedError) return null;
    throw error;
  }
}

function positionIn(logdir: string): LogPosition {
  const dir = workerDirectory(logdir);
  try {
    return new FilesOfRecord(dir, nodeFileSystem, true).position(new Set());
  } catch (error) {
    throw notReadable(dir, error);
  }
}

function subdirectories(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    // Of a file, whoever opens a log there says so.
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return [];
    throw notReadable(dir, error);
  }
}
