// Writes the event file of one session of a run.

import { ClosedError } from "../errors.js";
import { encodeEvent } from "../wire/event.js";
import { RecordBuffer } from "../wire/record-buffer.js";
import { AppendFile, WRITE_AT_BYTES, type FirstContent } from "./append-file.js";
import type { Continuation } from "./continuation.js";
import type { EventInit, EventSink, ScalarChannel, ScalarTag } from "./event-sink.js";
import { FileChannel, type DescribedTags } from "./file-channel.js";
import { foldEarlierFiles } from "./fold.js";
import { headOf, startOf } from "./head.js";
import { highestSteps } from "./highest-steps.js";
import { FilesOfRecord, positionNow, type LogPosition } from "./log-position.js";
import { OldFiles } from "./old-files.js";
import { addOpenWriter, removeOpenWriter } from "./open-writers.js";
import { openSession, type EventFileWriterOptions, type Session } from "./session.js";
import { removeUnfinished } from "./whole-file.js";

/**
 * Writes the events of one session of a run into a new file of its directory.
 *
 * The directory is made and tried for writing at construction; the file is made at the first event, with a name that sorts after every
 * other one there. No file is ever appended to or cut. Events are handed to the operating system when 128 KiB are full, when 200 ms
 * have passed since the last time, and by a timer (which does not keep the process alive) when the program is idle; so a program that
 * is killed loses at most the last 200 ms.
 */
export class EventFileWriter implements EventSink {
  readonly #session: Session;
  readonly #file: AppendFile<RecordBuffer>;
  readonly #described: DescribedTags = new Map();
  readonly #oldFiles: OldFiles;
  readonly #options: EventFileWriterOptions;
  readonly #files: FilesOfRecord;

  /**
   * Throws a `LogdirError` when `dir` cannot be made or written, this process already has a writer on it, or a file that `continueFrom` names is
   * not as it says; a `CorruptFileError` when such a file is damaged; and an `ArgumentError` when an option is not what it must be.
   */
  constructor(dir: string, options: EventFileWriterOptions = {}) {
    const session = (this.#session = openSession(dir, options, { isBounded: false }));
    const { fold = true, purgeStep } = options;
    const { continuation } = session;
    this.#options = options;
    const buffer = new RecordBuffer(WRITE_AT_BYTES + 4096);
    this.#oldFiles = new OldFiles(session.fileSystem, session.clock);
    this.#file = new AppendFile({
      ...session,
      buffer,
      what: "event file",
      addHead: (wallTime) => {
        addOpenWriter(this);
        buffer.append(headOf(wallTime));
        for (const start of continuation?.starts(wallTime) ?? []) buffer.append(start);
        if (purgeStep !== undefined) for (const start of startOf(wallTime, purgeStep)) buffer.append(start);
      },
      firstContent: (now) => {
        if (continuation !== undefined) return this.#continue(continuation, now);
        return fold ? this.#fold(now, purgeStep) : undefined;
      },
    });
    this.#files = new FilesOfRecord(this.dir, session.fileSystem, false);
  }

  /** The run's directory, absolute. */
  get dir(): string {
    return this.#session.directory.path;
  }

  /** The session's file; `undefined` until the first event. */
  get path(): string | undefined {
    return this.#file.path;
  }

  /** Bytes accepted and not yet handed to the operating system. */
  get pendingBytes(): number {
    return this.#file.pendingBytes;
  }

  /** Events that were lost after a failed write (`onError: "warn"`). */
  get dropped(): number {
    return this.#file.dropped;
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#file.isClosed;
  }

  write(event: EventInit): boolean {
    const file = this.#file;
    if (!file.begin(event.wallTime)) return false;
    file.buffer.append(encodeEvent({ ...event, wallTime: file.wallTime[0]! }));
    file.end();
    return true;
  }

  scalars(tags: readonly ScalarTag[]): ScalarChannel {
    return new FileChannel(this.#file, tags, this.#described);
  }

  flush(): void {
    this.#file.flush();
  }

  /**
   * Hands everything over, and says how far the run's log is now. What a checkpoint of the same moment keeps of it is for `continueFrom` of a
   * later session. It is as durable as the log: call `sync` first where the machine may go down.
   *
   * Throws a `WriteError`; a `ClosedError` when it is closed; a `LogdirError` when the directory cannot be read.
   */
  position(): LogPosition {
    if (this.closed) throw new ClosedError(`The event file of ${this.dir}`);
    const { continueFrom, purgeStep } = this.#options;
    // What earlier files have from that step on is not void before the session's own says so.
    this.#file.flush({ makes: purgeStep !== undefined });
    if (this.path === undefined && continueFrom !== undefined) return continueFrom;
    return positionNow(this.#files, this.#oldFiles);
  }

  /** By tag, the highest step before this session, in a logdir that only this writer changes. */
  earlierSteps(): ReadonlyMap<string, number> {
    return this.#session.continuation?.highest ?? highestSteps(this.dir);
  }

  async sync(): Promise<void> {
    await this.#file.sync();
  }

  async close(): Promise<void> {
    this.closeSync();
  }

  closeSync(): void {
    if (this.closed) return;
    removeOpenWriter(this);
    this.#session.directory.release();
    this.#oldFiles.close();
    this.#file.closeSync();
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // Without it the session would show what is void: so it is no session without it.
  #continue(continuation: Continuation, now: number): FirstContent {
    const { fileSystem, hostname, pid } = this.#session;
    removeUnfinished(fileSystem, this.dir, { hostname, pid });
    const needless = continuation.needless();
    const onMade = (): void => {
      addOpenWriter(this);
      this.#oldFiles.addAll(needless, now);
      this.#oldFiles.sweep();
    };
    return { pieces: continuation.pieces(now), onMade };
  }

  #fold(now: number, purgeStep: number | undefined): FirstContent | undefined {
    const { fileSystem, hostname, pid } = this.#session;
    const asker = { hostname, pid };
    // Logging goes on without it, in a file of its own.
    const onFailed = (error: unknown): void => {
      const message = `The earlier event files of ${this.dir} stay as they are: ${(error as Error).message}`;
      process.emitWarning(message, { code: "NOT_FOLDED" });
    };
    try {
      removeUnfinished(fileSystem, this.dir, asker);
      const where = { dir: this.dir, fileSystem, asker };
      const fold = foldEarlierFiles({ ...where, now, purgeStep, onDamage: onFailed });
      if (fold === undefined) return undefined;
      const onMade = (): void => {
        addOpenWriter(this);
        this.#oldFiles.addAll(fold.paths, now);
        this.#oldFiles.sweep();
      };
      return { pieces: fold.pieces, onMade, onFailed };
    } catch (error) {
      onFailed(error);
      return undefined;
    }
  }
}
