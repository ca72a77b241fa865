// Writes the event file of one session of a run.

import { hostname } from "node:os";
import { join } from "node:path";
import { ArgumentError, ClosedError, errnoOf, WriteError } from "../errors.js";
import { version } from "../version.js";
import { encodeEvent, SessionStatus } from "../wire/event.js";
import { RecordBuffer } from "../wire/record-buffer.js";
import type { ScalarEventEncoder } from "../wire/scalar-event.js";
import type { EventInit, EventSink } from "./event-sink.js";
import { nextFileName } from "./file-name.js";
import { nodeFileSystem, type FileSystem } from "./file-system.js";
import { addOpenWriter, removeOpenWriter } from "./open-writers.js";
import { holdRunDirectory, type RunDirectory } from "./run-directory.js";

const WRITE_AT_BYTES = 128 * 1024;
const WRITE_AFTER_MS = 200;

/** How an `EventFileWriter` writes. */
export interface EventFileWriterOptions {
  /**
   * The first step of a session that continues a run, as a safe integer: points of earlier files at this step and later are void in
   * both of TensorBoard's loaders. Without it nothing is void.
   */
  readonly purgeStep?: number;
  /** Added to the end of the file's name. */
  readonly filenameSuffix?: string;
  /**
   * What a failed write does to the calls that add events. `"throw"` (default): the next one throws a `WriteError` and takes nothing; what was
   * taken before is kept and tried again first at each call. `"warn"`: events are dropped and counted (`dropped`), one process warning is
   * emitted per failure, and the program goes on; `close` throws if any event was lost. `flush` and `sync` throw in both.
   */
  readonly onError?: "throw" | "warn";
  /** Milliseconds since 1970-01-01 UTC; `Date.now` unless given. */
  readonly clock?: () => number;
  /** Part of the file's name; the machine's unless given. */
  readonly hostname?: string;
  /** Part of the file's name; the process's unless given. */
  readonly pid?: number;
  /** For tests that let the operating system fail. */
  readonly fileSystem?: FileSystem;
}

/**
 * Writes the events of one session of a run into a new file of its directory.
 *
 * The directory is made and tried for writing at construction; the file is made at the first event, with a name that sorts after every
 * other one there. No file is ever appended to or cut. Events are handed to the operating system when 128 KiB are full, when 200 ms
 * have passed since the last time, and by a timer (which does not keep the process alive) when the program is idle; so a program that
 * is killed loses at most the last 200 ms.
 */
export class EventFileWriter implements EventSink {
  readonly #directory: RunDirectory;
  readonly #options: EventFileWriterOptions;
  readonly #fs: FileSystem;
  readonly #clock: () => number;
  readonly #buffer = new RecordBuffer(WRITE_AT_BYTES + 4096);
  #state: "idle" | "open" | "closed" = "idle";
  #fd = -1;
  #path: string | undefined;
  // Cells and not fields, because a number that is passed on between methods may be put on the heap each time.
  readonly #now = new Float64Array(1);
  readonly #wallTime = new Float64Array(1);
  readonly #lastWrite = new Float64Array(1);
  #failure: WriteError | undefined;
  #lastCause: unknown;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #directoryIsDurable = false;

  /**
   * Throws a `LogdirError` when `dir` cannot be made or written or this process already has a writer on it, and an
   * `ArgumentError` when `purgeStep` is no safe integer.
   */
  constructor(dir: string, options: EventFileWriterOptions = {}) {
    const { purgeStep } = options;
    if (purgeStep !== undefined && !Number.isSafeInteger(purgeStep)) {
      throw new ArgumentError("purgeStep", "a safe integer", purgeStep);
    }
    this.#options = options;
    this.#fs = options.fileSystem ?? nodeFileSystem;
    this.#clock = options.clock ?? Date.now;
    this.#directory = holdRunDirectory(dir, this.#fs);
  }

  /** The run's directory, absolute. */
  get dir(): string {
    return this.#directory.path;
  }

  /** The session's file; `undefined` until the first event. */
  get path(): string | undefined {
    return this.#path;
  }

  /** Bytes accepted and not yet handed to the operating system. */
  get pendingBytes(): number {
    return this.#buffer.length;
  }

  /** Events that were lost after a failed write (`onError: "warn"`). */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#state === "closed";
  }

  write(event: EventInit): boolean {
    if (!this.#begin(event.wallTime)) return false;
    this.#buffer.append(encodeEvent({ ...event, wallTime: this.#wallTime[0]! }));
    this.#end();
    return true;
  }

  writeScalars(
    encoder: ScalarEventEncoder,
    step: number,
    values: ArrayLike<number>,
    from = 0,
    wallTime?: number,
  ): void {
    if (!this.#begin(wallTime)) return;
    encoder.write(this.#buffer, this.#wallTime, step, values, from);
    this.#end();
  }

  writeScalar(encoder: ScalarEventEncoder, step: number, value: number, wallTime?: number): void {
    if (!this.#begin(wallTime)) return;
    encoder.writeOne(this.#buffer, this.#wallTime, step, value);
    this.#end();
  }

  flush(): void {
    if (this.#state !== "open") return;
    this.#now[0] = this.#clock();
    this.#drain();
  }

  async sync(): Promise<void> {
    this.flush();
    if (this.#state !== "open") return;
    await this.#syncPath(this.#path!, "r+", (fd, done) => this.#fs.fdatasync(fd, done));
    if (this.#directoryIsDurable) return;
    // Windows cannot open a directory, and its file systems do not need it.
    const directories = process.platform === "win32" ? [] : this.#directory.changed;
    for (const dir of directories) await this.#syncPath(dir, "r", (fd, done) => this.#fs.fsync(fd, done));
    this.#directoryIsDurable = true;
  }

  async close(): Promise<void> {
    this.closeSync();
  }

  closeSync(): void {
    if (this.#state === "closed") return;
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    clearTimeout(this.#timer);
    removeOpenWriter(this);
    this.#directory.release();
    try {
      if (wasOpen) this.#drain();
    } catch (error) {
      throw new WriteError(
        this.#path ?? this.dir,
        (error as WriteError).cause,
        `${this.#buffer.length} bytes of events are lost: cannot write`,
      );
    } finally {
      if (wasOpen) this.#closeFile();
    }
    if (this.#dropped > 0) {
      throw new WriteError(
        this.#path ?? this.dir,
        this.#lastCause,
        `${this.#dropped} events are lost: could not write`,
      );
    }
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // Reads the clock and makes ready for an event; false when it is to be dropped.
  #begin(wallTime: number | undefined): boolean {
    if (this.#state === "closed") throw new ClosedError(`The event file of ${this.dir}`);
    if (wallTime !== undefined && !Number.isFinite(wallTime)) {
      throw new ArgumentError("wallTime", "a finite number of seconds", wallTime);
    }
    this.#now[0] = this.#clock();
    if (wallTime === undefined) this.#wallTime[0] = this.#now[0]! / 1000;
    else this.#wallTime[0] = wallTime;
    return (this.#state === "open" && this.#failure === undefined) || this.#recover();
  }

  #recover(): boolean {
    const isWarning = this.#options.onError === "warn";
    // A disk that is full is not asked again for every event that is going to be dropped.
    if (isWarning && this.#failure !== undefined && !this.#isDue()) {
      this.#dropped++;
      return false;
    }
    try {
      if (this.#state === "idle") this.#open();
      else this.#drain();
      return true;
    } catch (error) {
      if (!isWarning) throw error;
      this.#dropped++;
      return false;
    }
  }

  #end(): void {
    if (this.#buffer.length < WRITE_AT_BYTES && !this.#isDue()) {
      if (this.#timer === undefined) this.#startTimer();
      return;
    }
    try {
      this.#drain();
    } catch {
      // This event is taken and kept: if its call threw, a caller that tries again would have it twice. The next one hears of it.
    }
  }

  // A clock that went back must not hold events for as long as it went back.
  #isDue(): boolean {
    const age = this.#now[0]! - this.#lastWrite[0]!;
    return age >= WRITE_AFTER_MS || age < 0;
  }

  // Apart from its caller, because a closure costs a function an object at each call, made or not.
  #startTimer(): void {
    this.#timer = setTimeout(() => this.#onTimer(), WRITE_AFTER_MS).unref();
  }

  #onTimer(): void {
    this.#timer = undefined;
    if (this.#state !== "open" || this.#buffer.length === 0) return;
    try {
      this.flush();
    } catch {
      // Kept in #failure: the program hears of it at its next call, since nobody called this one.
    }
  }

  #open(): void {
    const { purgeStep } = this.#options;
    try {
      this.#createFile();
    } catch (error) {
      throw this.#fail(new WriteError(this.dir, error, "Cannot create an event file in"));
    }
    this.#state = "open";
    this.#failure = undefined;
    // So that the first event is handed over at once: who looks at the logdir sees that the run began.
    this.#lastWrite[0] = -Infinity;
    addOpenWriter(this);
    const wallTime = this.#now[0]! / 1000;
    this.#buffer.append(
      encodeEvent({
        wallTime,
        fileVersion: "brain.Event:2",
        sourceMetadata: { writer: `tensorboard-node-logger ${version}` },
      }),
    );
    if (purgeStep === undefined) return;
    const start = encodeEvent({ wallTime, step: purgeStep, sessionLog: { status: SessionStatus.START } });
    // Twice, because the Python loader passes over the first START it sees in a run.
    this.#buffer.append(start);
    this.#buffer.append(start);
  }

  #createFile(): void {
    const { filenameSuffix } = this.#options;
    for (;;) {
      const name = nextFileName(this.#fs.readdirSync(this.dir), {
        now: this.#now[0]!,
        hostname: this.#options.hostname ?? hostname(),
        pid: this.#options.pid ?? process.pid,
        ...(filenameSuffix !== undefined && { suffix: filenameSuffix }),
      });
      const path = join(this.dir, name);
      try {
        this.#fd = this.#fs.openSync(path, "wx");
        this.#path = path;
        return;
      } catch (error) {
        // Another process took the name since the directory was listed: the next list has it.
        if (errnoOf(error) !== "EEXIST") throw error;
      }
    }
  }

  // Writes the whole buffer; what could not be written stays at its front, from the first byte that the system did not take.
  #drain(): void {
    const buffer = this.#buffer;
    let done = 0;
    try {
      while (done < buffer.length) {
        const written = this.#fs.writeSync(this.#fd, buffer.bytes, done, buffer.length - done);
        // A system that takes nothing and names no error would be asked for ever.
        if (written === 0) throw Object.assign(new Error("no bytes were written"), { code: "EIO" });
        done += written;
      }
      this.#failure = undefined;
    } catch (error) {
      throw this.#fail(new WriteError(this.#path ?? this.dir, error));
    } finally {
      buffer.discard(done);
      this.#lastWrite[0] = this.#now[0]!;
    }
  }

  #fail(failure: WriteError): WriteError {
    const isNew = this.#failure === undefined;
    this.#failure = failure;
    this.#lastCause = failure.cause;
    this.#lastWrite[0] = this.#now[0]!;
    if (isNew && this.#options.onError === "warn")
      process.emitWarning(failure.message, { code: failure.code });
    return failure;
  }

  // Network file systems report a failed write as late as here.
  #closeFile(): void {
    try {
      this.#fs.closeSync(this.#fd);
    } catch (error) {
      throw new WriteError(this.#path ?? this.dir, error, "Cannot close");
    }
  }

  // By a descriptor of its own, since the writer may be closed meanwhile.
  async #syncPath(
    path: string,
    flags: string,
    sync: (fd: number, done: (error: NodeJS.ErrnoException | null) => void) => void,
  ): Promise<void> {
    let fd: number | undefined;
    try {
      const opened = (fd = this.#fs.openSync(path, flags));
      await new Promise<void>((resolve, reject) =>
        sync(opened, (error) => (error === null ? resolve() : reject(error))),
      );
    } catch (error) {
      throw new WriteError(path, error, "Cannot sync");
    } finally {
      if (fd !== undefined) this.#fs.closeSync(fd);
    }
  }
}
