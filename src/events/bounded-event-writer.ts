// Writes a run whose curves stay small: what TensorBoard reads is bounded, and every event goes to a record file beside it.

import { ArgumentError, ClosedError, ContextError, WriteError } from "../errors.js";
import { encodeEvent, SessionStatus } from "../wire/event.js";
import type { RecordBuffer } from "../wire/record-buffer.js";
import type { SummaryValue } from "../wire/summary.js";
import type { AppendFile } from "./append-file.js";
import { BoundedChannel, type Gate } from "./bounded-channel.js";
import { BoundedFile, LAG_MS } from "./bounded-file.js";
import type { EventInit, EventSink, ScalarTag } from "./event-sink.js";
import { FileChannel, type DescribedTags } from "./file-channel.js";
import { highestSteps } from "./highest-steps.js";
import { FilesOfRecord, notReadable, positionNow, type LogPosition } from "./log-position.js";
import { OldFiles } from "./old-files.js";
import { addOpenWriter, removeOpenWriter } from "./open-writers.js";
import { recordFileOf } from "./record-file.js";
import { isUnshown } from "./unshown.js";
import { openSession, type BoundedEventWriterOptions, type Session } from "./session.js";

const SHOW_AFTER_MS = 200;

/**
 * Writes a run of any length for TensorBoard as curves of at most `maxPointsPerTag` points: of each stride of steps the lowest and the
 * highest, at their own steps. When they become too many, strides double, and a new event file takes the place of the old one, also while
 * TensorBoard reads the run. Every event goes to a record file, by the rules of an `EventFileWriter`; its name is no event file's.
 *
 * A point is shown within five seconds, or ten where that takes a new file. A session that continues the run continues its curves, also
 * after a kill: what had not been shown is read from the record file. With `records: false` a kill costs that.
 *
 * The event file can be written again from memory. So a write to it that fails costs nothing: with `onError: "throw"` one call for each try
 * throws, and has not taken its event. Without a file, and with `"warn"` while it cannot be written, events that are no scalars are refused or
 * dropped.
 */
export class BoundedEventWriter implements EventSink {
  readonly #session: Session;
  readonly #options: BoundedEventWriterOptions;
  readonly #files: FilesOfRecord;
  readonly #records: AppendFile<RecordBuffer> | undefined;
  readonly #file: BoundedFile;
  readonly #oldFiles: OldFiles;
  readonly #described: DescribedTags = new Map();
  readonly #gate: Gate;
  readonly #now = new Float64Array(1);
  readonly #lastShow = Float64Array.of(-Infinity);
  #hasStarted = false;
  #failure: WriteError | undefined;
  // That the last write to the event file failed, and why.
  #isFailing = false;
  #lastCause: unknown;
  #dropped = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  /** Throws like `EventFileWriter`'s. */
  constructor(dir: string, options: BoundedEventWriterOptions = {}) {
    checkBounds(options);
    const session = (this.#session = openSession(dir, options, { isBounded: true }));
    const oldFiles = (this.#oldFiles = new OldFiles(session.fileSystem, session.clock));
    const records = (this.#records =
      options.records === false ? undefined : recordFileOf(session, options, oldFiles));
    this.#options = options;
    this.#files = new FilesOfRecord(this.dir, session.fileSystem, true);
    this.#file = new BoundedFile({ session, options, records, oldFiles });
    this.#gate = {
      wallTime: records?.wallTime ?? new Float64Array(1),
      begin: (wallTime) => this.#begin(wallTime),
      end: () => this.#end(),
    };
  }

  /** The run's directory, absolute. */
  get dir(): string {
    return this.#session.directory.path;
  }

  /** The event file that is being written; `undefined` until the first event. */
  get path(): string | undefined {
    return this.#file.path;
  }

  /** The record file; `undefined` until the first event, and with `records: false`. */
  get recordPath(): string | undefined {
    return this.#records?.path;
  }

  /** Events that were lost after a failed write (`onError: "warn"`). */
  get dropped(): number {
    return this.#dropped + (this.#records?.dropped ?? 0);
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** As `EventSink` has it. An event of scalars and other values becomes two. */
  write(event: EventInit): boolean {
    const scalars = event.summary?.filter(isScalar) ?? [];
    if (scalars.length === 0) return this.#begin(event.wallTime) && this.#writeOther(event);
    const { wallTime } = event;
    const step = Number(event.step ?? 0);
    if (!Number.isSafeInteger(step)) throw new ArgumentError("step", "a safe integer", event.step);
    const others = event.summary!.filter((value) => !isScalar(value));
    // Both parts are taken, or none.
    if (others.length > 0) encodeEvent({ ...event, wallTime: wallTime ?? 0 });
    const channel = this.scalars(
      scalars.map(({ tag, metadata }) => ({ tag, ...(metadata && { metadata }) })),
    );
    const values = scalars.map(({ simpleValue }) => simpleValue!);
    if (!channel.write(step, values, 0, wallTime)) return false;
    return others.length === 0 || this.write({ ...event, summary: others });
  }

  scalars(tags: readonly ScalarTag[]): BoundedChannel {
    const curves = tags.map(({ tag, metadata }) => this.#file.curves.of(tag, metadata).curve);
    const records = this.#records && new FileChannel(this.#records, tags, this.#described);
    return new BoundedChannel(this.#gate, curves, records);
  }

  /** As `EventSink` has it. Without a record file, what waits to be shown is handed over as far as the event file has room for it. */
  flush(): void {
    if (this.#closed) return;
    this.#tell();
    this.#records?.flush();
    if (!this.#hasStarted) return;
    this.#now[0] = this.#session.clock();
    this.#show({ isAll: this.#records === undefined });
    this.#file.flush();
  }

  /**
   * As an `EventFileWriter` has it. The session that continues from there reads everything anew that the record files have before it, where
   * they have something behind it; that takes about a second for a million events.
   *
   * Throws a `ContextError` with `records: false`: what is shown cannot be taken apart.
   */
  position(): LogPosition {
    if (this.#closed) throw new ClosedError(`The event file of ${this.dir}`);
    const records = this.#records;
    if (records === undefined) throw new ContextError("A bounded run with `records: false` has no position");
    const { continueFrom, purgeStep } = this.#options;
    this.flush();
    if (!this.#hasStarted && purgeStep !== undefined) {
      records.flush({ makes: true });
      this.#begin(undefined);
    }
    if (records.path === undefined && continueFrom !== undefined) return continueFrom;
    return positionNow(this.#files, this.#oldFiles);
  }

  /** As an `EventFileWriter` has it. */
  earlierSteps(): ReadonlyMap<string, number> {
    return this.#session.continuation?.highest ?? highestSteps(this.dir);
  }

  async sync(): Promise<void> {
    this.flush();
    await this.#records?.sync();
    await this.#file.sync();
  }

  async close(): Promise<void> {
    this.closeSync();
  }

  closeSync(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    const errors: unknown[] = [];
    const steps = [
      () => this.#showEarlier(),
      () => {
        this.#closed = true;
        removeOpenWriter(this);
      },
      () => this.#records?.closeSync(),
      () => this.#showLast(),
      () => this.#file.closeSync(),
      () => this.#tell(),
      () => this.#tellDropped(),
    ];
    for (const step of steps) {
      try {
        step();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#oldFiles.sweep();
    this.#session.directory.release();
    if (errors.length > 0) throw errors[0];
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #begin(wallTime: number | undefined): boolean {
    if (this.#closed) throw new ClosedError(`The event file of ${this.dir}`);
    if (this.#failure !== undefined) this.#tell();
    if (this.#records === undefined) this.#readClock(wallTime);
    return this.#hasStarted || this.#start(wallTime);
  }

  #readClock(wallTime: number | undefined): void {
    if (wallTime !== undefined && !Number.isFinite(wallTime)) {
      throw new ArgumentError("wallTime", "a finite number of seconds", wallTime);
    }
    this.#now[0] = this.#session.clock();
    this.#gate.wallTime[0] = wallTime ?? this.#now[0]! / 1000;
  }

  // The record file first, since the event file names it.
  #start(wallTime: number | undefined): boolean {
    if (this.#records?.begin(wallTime) === false) return false;
    addOpenWriter(this);
    if (!this.#isReady(() => this.#file.open(this.#session.clock())) && this.#records === undefined) {
      this.#dropped++;
      return false;
    }
    this.#hasStarted = true;
    return true;
  }

  #writeOther(event: EventInit): boolean {
    const records = this.#records;
    if (records?.begin(event.wallTime) === false) return false;
    if (!this.#isReady(() => this.#file.beginOther())) {
      this.#dropped++;
      return false;
    }
    const bytes = encodeEvent({ ...event, wallTime: this.#gate.wallTime[0]! });
    records?.buffer.append(bytes);
    records?.end();
    if (event.sessionLog?.status === SessionStatus.START) this.#file.voidFrom(Number(event.step ?? 0));
    this.#file.addOther(event, bytes);
    this.#end();
    return true;
  }

  // Whether the event file could do it; with onError "throw" it throws when not.
  #isReady(body: () => void): boolean {
    try {
      body();
      return true;
    } catch (error) {
      if (this.#session.onError === "throw") throw error;
      this.#keep(error);
      return false;
    }
  }

  #end(): void {
    if (this.#records !== undefined) this.#now[0] = this.#records.now;
    const age = this.#now[0]! - this.#lastShow[0]!;
    if (age >= 0 && age < SHOW_AFTER_MS) {
      if (this.#timer === undefined) this.#startTimer(SHOW_AFTER_MS);
      return;
    }
    this.#tryToShow();
  }

  #startTimer(ms: number): void {
    this.#timer = setTimeout(() => this.#onTimer(), ms).unref();
  }

  #onTimer(): void {
    this.#timer = undefined;
    if (this.#closed) return;
    this.#now[0] = this.#session.clock();
    this.#tryToShow();
  }

  #tryToShow(): void {
    try {
      this.#show();
    } catch (error) {
      // The event is taken, or nobody called: the next call hears of it.
      this.#keep(error);
    }
  }

  #show(options?: { isAll?: boolean; isLast?: boolean }): void {
    const now = this.#now[0]!;
    this.#lastShow[0] = now;
    try {
      this.#file.show(now, options);
    } finally {
      if (this.#timer === undefined && !this.#closed && this.#file.isWaiting) this.#startTimer(LAG_MS);
    }
    if (this.#file.isBehind) return;
    // What failed before has been made good; but a file that was deleted cost what was in it.
    if (this.#failure?.errno !== "ENOENT") this.#failure = undefined;
    this.#isFailing = false;
  }

  // A session that goes on at the end of the log, and has nothing to add, still shows what the one before it was killed with.
  #showEarlier(): void {
    const { continueFrom } = this.#options;
    if (this.#hasStarted || continueFrom === undefined || this.#records === undefined) return;
    let unshown: boolean;
    try {
      unshown = isUnshown(this.#files, this.#session.fileSystem);
    } catch (error) {
      throw notReadable(this.dir, error);
    }
    if (unshown) this.#begin(undefined);
  }

  #showLast(): void {
    if (!this.#hasStarted) return;
    this.#now[0] = this.#session.clock();
    this.#show({ isLast: true });
  }

  #keep(error: unknown): void {
    if (!(error instanceof WriteError)) throw error;
    if (this.#session.onError === "throw") this.#failure = error;
    else if (!this.#isFailing) process.emitWarning(error.message, { code: error.code });
    this.#isFailing = true;
    this.#lastCause = error.cause;
  }

  #tell(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    throw new WriteError(
      this.path ?? this.dir,
      this.#lastCause,
      `${this.#dropped} events are lost: could not write`,
    );
  }
}

function isScalar({ simpleValue }: SummaryValue): boolean {
  return simpleValue !== undefined;
}

function checkBounds({ maxPointsPerTag, maxBytes }: BoundedEventWriterOptions): void {
  if (maxPointsPerTag !== undefined && (!Number.isSafeInteger(maxPointsPerTag) || maxPointsPerTag < 8)) {
    throw new ArgumentError("maxPointsPerTag", "an integer from 8", maxPointsPerTag);
  }
  if (maxBytes !== undefined && !(maxBytes >= 4096)) {
    throw new ArgumentError("maxBytes", "a number of bytes from 4096", maxBytes);
  }
}
