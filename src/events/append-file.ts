// A file of a run that only grows: what is pending is handed over in time, kept when that fails, and put on the disk when asked.

import { ArgumentError, ClosedError, errnoOf, WriteError } from "../errors.js";
import { DiskSync } from "./disk-sync.js";
import type { FileSystem } from "./file-system.js";
import type { RunDirectory } from "./run-directory.js";

/** Pending bytes are handed over when there are so many. */
export const WRITE_AT_BYTES = 128 * 1024;
const WRITE_AFTER_MS = 200;
const LOOK_AFTER_MS = 1000;

/** What an `AppendFile` needs of the buffer that its owner fills with whole entries. */
export interface PendingBytes {
  readonly bytes: Uint8Array;
  readonly length: number;
  /** Adds bytes as they are. */
  add(bytes: Uint8Array): void;
  /** Removes the first `bytes` bytes. */
  discard(bytes: number): void;
}

/** How an `AppendFile` is made and written. */
export interface AppendFileOptions<Buffer extends PendingBytes> {
  readonly directory: RunDirectory;
  readonly fileSystem: FileSystem;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly clock: () => number;
  readonly buffer: Buffer;
  /** In words, for errors: `event file`. */
  readonly what: string;
  /** A path for a new file, given the names in the directory and the time in milliseconds. */
  newPath(existing: readonly string[], now: number): string;
  /** Adds to the buffer what a new file begins with. `wallTime` in seconds. */
  addHead?(wallTime: number): void;
  readonly onError: "throw" | "warn";
  /** Milliseconds between two syncs to the disk; none unless given. */
  readonly syncEveryMs?: number | undefined;
}

/**
 * A file that is made at the first `begin` and only appended to. Its owner calls `begin`, adds a whole entry to `buffer`, and calls `end`.
 *
 * After a failed write the unwritten rest is kept, from the first byte that the system did not take, and goes first at the next call; new
 * entries are refused until then. A file that was deleted under the writer is an error once; then a new one is made, with all that is
 * still in memory.
 */
export class AppendFile<Buffer extends PendingBytes = PendingBytes> {
  readonly buffer: Buffer;
  /** The wall time, in seconds, of the entry that `begin` allowed: a cell, since a number that is passed on may be put on the heap. */
  readonly wallTime = new Float64Array(1);
  /** Counts the files that this object made: what stands once in a file stands in each. */
  fileNumber = 0;
  readonly #options: AppendFileOptions<Buffer>;
  readonly #fs: FileSystem;
  readonly #disk: DiskSync;
  readonly #now = new Float64Array(1);
  readonly #lastWrite = new Float64Array(1);
  readonly #lastLook = new Float64Array(1);
  #state: "idle" | "open" | "closed" = "idle";
  #fd = -1;
  #path: string | undefined;
  // Bytes at the buffer's front that the system took in a write that then failed. The front stays where an entry begins, so that another
  // file can have the whole of it.
  #taken = 0;
  #failure: WriteError | undefined;
  // That the file was deleted, which cost what was in it, until a caller has heard of it.
  #loss: WriteError | undefined;
  #lastCause: unknown;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AppendFileOptions<Buffer>) {
    this.#options = options;
    this.#fs = options.fileSystem;
    this.buffer = options.buffer;
    const { fileSystem, directory, clock, syncEveryMs } = options;
    this.#disk = new DiskSync({
      fileSystem,
      directory,
      clock,
      everyMs: syncEveryMs,
      onFailure: (failure) => this.#onSyncFailure(failure),
    });
  }

  /** Its path, also when it is closed; `undefined` until it is made. */
  get path(): string | undefined {
    return this.#path;
  }

  /** Bytes accepted and not yet handed to the operating system. */
  get pendingBytes(): number {
    return this.buffer.length - this.#taken;
  }

  /** Entries that were lost after a failed write (`onError: "warn"`). */
  get dropped(): number {
    return this.#dropped;
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /**
   * Makes ready for an entry: reads the clock, and opens the file at the first one. `false` when the entry is to be dropped.
   *
   * Throws a `ClosedError`, a `WriteError`, or an `ArgumentError` when `wallTime` is given and not finite.
   */
  begin(wallTime?: number): boolean {
    if (this.#state === "closed") {
      throw new ClosedError(`The ${this.#options.what} of ${this.#options.directory.path}`);
    }
    if (wallTime !== undefined && !Number.isFinite(wallTime)) {
      throw new ArgumentError("wallTime", "a finite number of seconds", wallTime);
    }
    this.#now[0] = this.#options.clock();
    if (wallTime === undefined) this.wallTime[0] = this.#now[0]! / 1000;
    else this.wallTime[0] = wallTime;
    return (this.#state === "open" && this.#failure === undefined) || this.#recover();
  }

  /** Ends an entry, and hands the buffer over if it is due. Never throws: the entry is taken, and the next call hears of a failure. */
  end(): void {
    if (this.buffer.length < WRITE_AT_BYTES && !this.#isDue()) {
      if (this.#timer === undefined) this.#startTimer();
      return;
    }
    try {
      this.#drain();
    } catch (error) {
      // This entry is taken and kept: if its call threw, a caller that tries again would have it twice.
      this.#keepLoss(error);
    }
  }

  /** Hands everything over. Throws a `WriteError`; what remains is kept. */
  flush(): void {
    if (this.#state === "closed" || (this.#state === "idle" && this.buffer.length === 0)) return;
    this.#tellLoss();
    this.#handOver();
  }

  /** Like `flush`, and resolves when the file's bytes and the new directory entries are on the disk. Rejects with a `WriteError`. */
  async sync(): Promise<void> {
    this.flush();
    if (this.#path === undefined) return;
    try {
      await this.#disk.run(this.#path);
    } finally {
      if (this.#state === "closed") this.#disk.leave();
    }
  }

  /** Hands everything over and closes the file; the next `begin` makes another. Throws a `WriteError`, and has then closed nothing. */
  rotate(): void {
    if (this.#state !== "open") return;
    this.flush();
    this.#leave();
  }

  /** Writes the rest and closes; twice is no error. Throws a `WriteError` if an accepted entry is lost, or may be, or some were dropped. */
  closeSync(): void {
    if (this.#state === "closed") return;
    clearTimeout(this.#timer);
    const place = (): string => this.#path ?? this.#options.directory.path;
    try {
      this.#writeLast();
    } catch (error) {
      const what = `${this.pendingBytes} bytes of events are lost: cannot write`;
      throw new WriteError(place(), (error as WriteError).cause, what);
    } finally {
      const wasOpen = this.#state === "open";
      this.#state = "closed";
      if (wasOpen) this.#closeFile();
    }
    if (this.#dropped > 0) {
      throw new WriteError(place(), this.#lastCause, `${this.#dropped} events are lost: could not write`);
    }
    if (this.#disk.isTimed && this.#disk.failure !== undefined) throw this.#disk.failure;
    this.#tellLoss();
  }

  #recover(): boolean {
    const isWarning = this.#options.onError === "warn";
    // A disk that is full is not asked again for every entry that is going to be dropped.
    if (isWarning && this.#failure !== undefined && !this.#isDue()) {
      this.#dropped++;
      return false;
    }
    try {
      if (this.#lasting !== undefined) throw this.#lasting;
      this.#tellLoss();
      if (this.#state === "idle") this.#open();
      else this.#drain();
      return true;
    } catch (error) {
      if (!isWarning) throw error;
      this.#dropped++;
      return false;
    }
  }

  // A clock that went back must not hold entries for as long as it went back.
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
    if (this.buffer.length === 0) return;
    try {
      this.#handOver();
    } catch (error) {
      // Kept in #failure: the program hears of it at its next call, since nobody called this one.
      this.#keepLoss(error);
    }
  }

  #handOver(): void {
    this.#now[0] = this.#options.clock();
    if (this.#state === "idle") this.#open();
    this.#drain();
  }

  #open(): void {
    const { directory, what, addHead } = this.#options;
    try {
      this.#createFile();
    } catch (error) {
      throw this.#fail(new WriteError(directory.path, error, `Cannot create an ${what} in`));
    }
    this.#state = "open";
    this.#failure = undefined;
    this.fileNumber++;
    // So that the first entry is handed over at once: who looks at the logdir sees that the run began.
    this.#lastWrite[0] = -Infinity;
    this.#lastLook[0] = this.#now[0]!;
    const { buffer } = this;
    const rest = buffer.bytes.slice(0, buffer.length);
    buffer.discard(buffer.length);
    addHead?.(this.#now[0]! / 1000);
    if (rest.length > 0) buffer.add(rest);
  }

  #createFile(): void {
    const { directory, newPath } = this.#options;
    directory.restore();
    for (;;) {
      const path = newPath(this.#fs.readdirSync(directory.path), this.#now[0]!);
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

  #drain(): void {
    try {
      this.#look();
      this.#write();
      this.#failure = this.#lasting;
    } finally {
      this.#lastWrite[0] = this.#now[0]!;
    }
    this.#disk.written(this.#path!, this.#now[0]!);
  }

  // Before writing, so that a writer that was idle while its file was deleted loses nothing.
  #look(): void {
    const age = this.#now[0]! - this.#lastLook[0]!;
    if (age >= 0 && age < LOOK_AFTER_MS) return;
    this.#lastLook[0] = this.#now[0]!;
    const path = this.#path!;
    const { what } = this.#options;
    try {
      if (this.#fs.fstatSync(this.#fd).nlink > 0) return;
    } catch (error) {
      throw this.#fail(new WriteError(path, error));
    }
    try {
      this.#leave();
    } catch {
      // Of a file that is gone there is nothing more to say.
    }
    this.#taken = 0;
    const cause = Object.assign(new Error("it was deleted"), { code: "ENOENT" });
    throw this.#fail(new WriteError(path, cause, `Cannot go on with the deleted ${what}`));
  }

  // Only a file that was deleted is left by a write that fails.
  #keepLoss(error: unknown): void {
    if (this.#state === "idle" && this.#options.onError === "throw") this.#loss ??= error as WriteError;
  }

  #tellLoss(): void {
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss !== undefined) throw loss;
  }

  // What could not be written stays, from the first byte that the system did not take.
  #write(): void {
    const { buffer } = this;
    try {
      while (this.#taken < buffer.length) {
        const length = buffer.length - this.#taken;
        const written = this.#fs.writeSync(this.#fd, buffer.bytes, this.#taken, length);
        // A system that takes nothing and names no error would be asked for ever.
        if (written === 0) throw Object.assign(new Error("no bytes were written"), { code: "EIO" });
        this.#taken += written;
      }
    } catch (error) {
      throw this.#fail(new WriteError(this.#path!, error));
    }
    buffer.discard(this.#taken);
    this.#taken = 0;
  }

  #writeLast(): void {
    if (this.#state === "idle") {
      if (this.buffer.length === 0) return;
      this.#now[0] = this.#options.clock();
      this.#open();
    }
    this.#write();
    this.#disk.finish(this.#path!);
  }

  // A failure that no later write makes good: what is asked to be on the disk cannot be.
  get #lasting(): WriteError | undefined {
    return this.#options.onError === "throw" && this.#disk.isTimed ? this.#disk.failure : undefined;
  }

  #onSyncFailure(failure: WriteError): void {
    if (this.#options.onError === "warn") warn(failure);
    // Kept: it came from a timer, or inside a call whose entry was taken, so the next call hears of it.
    else this.#failure = failure;
  }

  #fail(failure: WriteError): WriteError {
    const isNew = this.#failure === undefined;
    this.#failure = failure;
    this.#lastCause = failure.cause;
    this.#lastWrite[0] = this.#now[0]!;
    if (isNew && this.#options.onError === "warn") warn(failure);
    return failure;
  }

  #leave(): void {
    this.#state = "idle";
    this.#closeFile();
  }

  // Network file systems report a failed write as late as here.
  #closeFile(): void {
    this.#disk.leave();
    try {
      this.#fs.closeSync(this.#fd);
    } catch (error) {
      throw new WriteError(this.#path!, error, "Cannot close");
    }
  }
}

function warn(failure: WriteError): void {
  process.emitWarning(failure.message, { code: failure.code });
}
