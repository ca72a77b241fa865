// A file of a run that only grows: what is pending is handed over in time, kept when that fails, and put on the disk when asked.

import { ArgumentError, ClosedError, WriteError } from "../errors.js";
import { CurrentFile, type FilePlace } from "./current-file.js";
import { DiskSync } from "./disk-sync.js";

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

/** What a file appears with. */
export interface FirstContent {
  readonly pieces: Iterable<Uint8Array>;
  /** Called when the file is there. */
  onMade(): void;
  /** Called when there is none with it, and one with a head alone is going to be made; without `onFailed` that is an error. */
  onFailed?(error: unknown): void;
}

/** How an `AppendFile` is made and written. */
export interface AppendFileOptions<Buffer extends PendingBytes> extends FilePlace {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly clock: () => number;
  readonly buffer: Buffer;
  /** In words, for errors: `event file`. */
  readonly what: string;
  /** Adds to the buffer what a new file begins with. `wallTime` in seconds. */
  addHead?(wallTime: number): void;
  /** What the first file appears with, if that is more than a head; `now` in milliseconds. */
  firstContent?(now: number): FirstContent | undefined;
  /** What a file appears with that takes the place of a deleted one, if the owner has it all: what is pending is dropped then. */
  contentAgain?(now: number): FirstContent;
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
  readonly #options: AppendFileOptions<Buffer>;
  readonly #file: CurrentFile;
  readonly #disk: DiskSync;
  readonly #now = new Float64Array(1);
  readonly #lastWrite = new Float64Array(1);
  readonly #lastLook = new Float64Array(1);
  #isClosed = false;
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
    this.buffer = options.buffer;
    this.#file = new CurrentFile(options);
    const { fileSystem, directory, clock, syncEveryMs } = options;
    this.#disk = new DiskSync({
      ...{ fileSystem, directory, clock, everyMs: syncEveryMs },
      onFailure: (failure) => this.#onSyncFailure(failure),
    });
  }

  /** Its path, also when it is closed; `undefined` until it is made. */
  get path(): string | undefined {
    return this.#file.path;
  }

  /** Counts the files that this object made: what stands once in a file stands in each. */
  get fileNumber(): number {
    return this.#file.number;
  }

  /** Bytes of the file, with those that are pending. */
  get size(): number {
    return this.#file.size + this.pendingBytes;
  }

  /** The clock when it was read last, in milliseconds. */
  get now(): number {
    return this.#now[0]!;
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
    return this.#isClosed;
  }

  /**
   * Makes ready for an entry: reads the clock, and opens the file at the first one. `false` when the entry is to be dropped.
   *
   * Throws a `ClosedError`, a `WriteError`, or an `ArgumentError` when `wallTime` is given and not finite.
   */
  begin(wallTime?: number): boolean {
    if (this.#isClosed) {
      throw new ClosedError(`The ${this.#options.what} of ${this.#options.directory.path}`);
    }
    if (wallTime !== undefined && !Number.isFinite(wallTime)) {
      throw new ArgumentError("wallTime", "a finite number of seconds", wallTime);
    }
    this.#now[0] = this.#options.clock();
    if (wallTime === undefined) this.wallTime[0] = this.#now[0]! / 1000;
    else this.wallTime[0] = wallTime;
    return (this.#file.isOpen && this.#failure === undefined) || this.#recover();
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

  /** Hands everything over; with `makes` it makes the file if there is none. Throws a `WriteError`; what remains is kept. */
  flush({ makes = false } = {}): void {
    if (this.#isClosed || (!this.#file.isOpen && this.buffer.length === 0 && !makes)) return;
    this.#tellLoss();
    this.#handOver();
  }

  /** Like `flush`, and resolves when the file's bytes and the new directory entries are on the disk. Rejects with a `WriteError`. */
  async sync(): Promise<void> {
    this.flush();
    if (this.path === undefined) return;
    try {
      await this.#disk.run(this.path);
    } finally {
      if (this.#isClosed) this.#disk.leave();
    }
  }

  /**
   * Goes on in another file, which appears with `content` in it; the old one is handed the rest and stays. Throws a `WriteError`; then
   * the old one goes on.
   */
  replace(content: Iterable<Uint8Array>): void {
    this.flush();
    const { directory, what } = this.#options;
    try {
      this.#file.createWhole(content, this.now);
    } catch (error) {
      throw new WriteError(directory.path, error, `Cannot create an ${what} in`);
    }
    this.#start();
  }

  /** Writes the rest and closes; twice is no error. Throws a `WriteError` if an accepted entry is lost, or may be, or some were dropped. */
  closeSync(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    const place = (): string => this.path ?? this.#options.directory.path;
    try {
      this.#writeLast();
    } catch (error) {
      const what = `${this.pendingBytes} bytes of events are lost: cannot write`;
      throw new WriteError(place(), (error as WriteError).cause, what);
    } finally {
      this.#isClosed = true;
      this.#leaveFile();
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
      if (this.#file.isOpen) this.#drain();
      else this.#open();
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
    if (!this.#file.isOpen) this.#open();
    this.#drain();
  }

  #open(): void {
    try {
      if (!this.#openWhole()) this.#openNext();
    } catch (error) {
      const { directory, what } = this.#options;
      throw this.#fail(new WriteError(directory.path, error, `Cannot create an ${what} in`));
    }
    this.#start();
  }

  #openWhole(): boolean {
    const { firstContent, contentAgain } = this.#options;
    const content = this.fileNumber === 0 ? firstContent?.(this.now) : contentAgain?.(this.now);
    if (content === undefined) return false;
    try {
      this.#file.createWhole(content.pieces, this.now);
    } catch (error) {
      if (content.onFailed === undefined) throw error;
      content.onFailed(error);
      return false;
    }
    this.buffer.discard(this.buffer.length);
    content.onMade();
    return true;
  }

  #openNext(): void {
    const { buffer } = this;
    this.#file.create(this.now);
    const rest = buffer.bytes.slice(0, buffer.length);
    buffer.discard(buffer.length);
    this.#options.addHead?.(this.now / 1000);
    if (rest.length > 0) buffer.add(rest);
  }

  #start(): void {
    this.#failure = undefined;
    // So that the first entry is handed over at once: who looks at the logdir sees that the run began.
    this.#lastWrite[0] = -Infinity;
    this.#lastLook[0] = this.#now[0]!;
    this.#disk.leave();
  }

  #drain(): void {
    try {
      this.#look();
      this.#write();
      this.#failure = this.#lasting;
    } finally {
      this.#lastWrite[0] = this.#now[0]!;
    }
    this.#disk.written(this.path!, this.#now[0]!);
  }

  // Before writing, so that a writer that was idle while its file was deleted loses nothing.
  #look(): void {
    const age = this.#now[0]! - this.#lastLook[0]!;
    if (age >= 0 && age < LOOK_AFTER_MS) return;
    this.#lastLook[0] = this.#now[0]!;
    const path = this.path!;
    try {
      if (!this.#file.isDeleted()) return;
    } catch (error) {
      throw this.#fail(new WriteError(path, error));
    }
    try {
      this.#leaveFile();
    } catch {
      // Of a file that is gone there is nothing more to say.
    }
    this.#taken = 0;
    const cause = Object.assign(new Error("it was deleted"), { code: "ENOENT" });
    throw this.#fail(new WriteError(path, cause, `Cannot go on with the deleted ${this.#options.what}`));
  }

  // Only a file that was deleted is left by a write that fails.
  #keepLoss(error: unknown): void {
    if (!this.#file.isOpen && this.#options.onError === "throw") this.#loss ??= error as WriteError;
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
        this.#taken += this.#file.write(buffer.bytes, this.#taken, buffer.length);
      }
    } catch (error) {
      throw this.#fail(new WriteError(this.path!, error));
    }
    buffer.discard(this.#taken);
    this.#taken = 0;
  }

  #writeLast(): void {
    if (!this.#file.isOpen) {
      if (this.buffer.length === 0) return;
      this.#now[0] = this.#options.clock();
      this.#open();
    }
    this.#write();
    this.#disk.finish(this.path!);
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

  #leaveFile(): void {
    this.#disk.leave();
    if (!this.#file.isOpen) return;
    try {
      this.#file.close();
    } catch (error) {
      throw new WriteError(this.path!, error, "Cannot close");
    }
  }
}

function warn(failure: WriteError): void {
  process.emitWarning(failure.message, { code: failure.code });
}
