// Writes a run whose curves stay small: what TensorBoard reads is bounded, and every event goes to a record file beside it.

import { basename, join } from "node:path";
import { ArgumentError, ClosedError, WriteError } from "../errors.js";
import { encodeEvent } from "../wire/event.js";
import { RecordBuffer } from "../wire/record-buffer.js";
import { HEADER_BYTES } from "../wire/tfrecord.js";
import { AppendFile, WRITE_AT_BYTES, type FirstContent } from "./append-file.js";
import { BoundedContent } from "./bounded-content.js";
import { loadEarlierFiles, recordFileKind, type EarlierFile } from "./bounded-load.js";
import type { EventInit, EventSink, ScalarTag } from "./event-sink.js";
import { BoundedChannel, type Gate } from "./bounded-channel.js";
import { FileChannel, type DescribedTags } from "./file-channel.js";
import { recordFileNameOf } from "./file-name.js";
import { headOf, startOf } from "./head.js";
import { followedAt, OldFiles } from "./old-files.js";
import { addOpenWriter, removeOpenWriter } from "./open-writers.js";
import { keyOf } from "./other-events.js";
import { recordFileOf } from "./record-file.js";
import { openSession, type BoundedEventWriterOptions, type Session } from "./session.js";
import { removeUnfinished } from "./whole-file.js";

const EMIT_AFTER_MS = 200;
/** How old a point may become before it is shown, and the least time between two files. */
const LAG_MS = 5000;

/**
 * Writes a run of any length for TensorBoard as curves of at most `maxPointsPerTag` points: of each stride of steps the lowest and the
 * highest, at their own steps. When they become too many, strides double, and a new event file takes the place of the old one, also while
 * TensorBoard reads the run. Every event goes to a record file, by the rules of an `EventFileWriter`; its name is no event file's.
 *
 * A point is shown within five seconds. A session that continues the run continues its curves, also after a kill: what an unfinished
 * stride had is read from the record file.
 */
export class BoundedEventWriter implements EventSink {
  readonly #session: Session;
  readonly #options: BoundedEventWriterOptions;
  readonly #content: BoundedContent;
  readonly #records: AppendFile<RecordBuffer> | undefined;
  readonly #file: AppendFile<RecordBuffer>;
  readonly #oldFiles: OldFiles;
  readonly #described: DescribedTags = new Map();
  readonly #gate: Gate;
  readonly #now = new Float64Array(1);
  readonly #lastEmit = Float64Array.of(-Infinity);
  readonly #lastClose = Float64Array.of(-Infinity);
  readonly #lastReplace = Float64Array.of(-Infinity);
  #earlierFiles: readonly EarlierFile[] | undefined;
  #failure: WriteError | undefined;
  #hasWarned = false;
  #dropped = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  /** Throws like `EventFileWriter`'s. */
  constructor(dir: string, options: BoundedEventWriterOptions = {}) {
    const { maxPointsPerTag = 1000, records = true, purgeStep } = options;
    checkBounds(options);
    const session = (this.#session = openSession(dir, options));
    this.#options = options;
    this.#content = new BoundedContent(maxPointsPerTag);
    this.#oldFiles = new OldFiles(session.fileSystem, session.clock);
    this.#records = records ? recordFileOf(session, options, this.#oldFiles) : undefined;
    this.#gate = {
      wallTime: this.#records?.wallTime ?? new Float64Array(1),
      begin: (wallTime) => this.#begin(wallTime),
      end: () => this.#end(),
    };
    const buffer = new RecordBuffer(WRITE_AT_BYTES + 4096);
    this.#file = new AppendFile({
      ...session,
      // What it cannot take is not lost: the curves have it.
      onError: "throw",
      buffer,
      what: "event file",
      addHead: (wallTime) => {
        buffer.append(headOf(wallTime, this.#kind));
        if (purgeStep !== undefined) for (const start of startOf(wallTime, purgeStep)) buffer.append(start);
        this.#content.startOver();
      },
      firstContent: (now) => this.#firstContent(now),
    });
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

  write(event: EventInit): boolean {
    const { summary } = event;
    if (summary?.every(({ simpleValue }) => simpleValue !== undefined) === true) {
      const tags = summary.map(({ tag, metadata }) => ({ tag, ...(metadata && { metadata }) }));
      const channel = this.scalars(tags);
      return channel.write(
        Number(event.step ?? 0),
        summary.map(({ simpleValue }) => simpleValue!),
        0,
        event.wallTime,
      );
    }
    return this.#begin(event.wallTime) && this.#beginOther() && this.#writeOther(event);
  }

  scalars(tags: readonly ScalarTag[]): BoundedChannel {
    const curves = tags.map(({ tag, metadata }) => this.#content.curves.of(tag, metadata).curve);
    const records = this.#records && new FileChannel(this.#records, tags, this.#described);
    return new BoundedChannel(this.#gate, curves, records);
  }

  flush(): void {
    if (this.#closed) return;
    this.#tell();
    this.#records?.flush();
    this.#now[0] = this.#session.clock();
    if (this.#earlierFiles === undefined) return;
    this.#emit(false);
    this.#file.flush();
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
    this.#closed = true;
    clearTimeout(this.#timer);
    removeOpenWriter(this);
    const errors: unknown[] = [];
    const steps = [
      () => this.#records?.closeSync(),
      () => this.#finish(),
      () => this.#file.closeSync(),
      () => this.#oldFiles.close(),
    ];
    for (const step of steps) {
      try {
        step();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#session.directory.release();
    if (errors.length > 0) throw errors[0];
    this.#tell();
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #kind(): string {
    return recordFileKind(this.recordPath);
  }

  #begin(wallTime: number | undefined): boolean {
    if (this.#closed) throw new ClosedError(`The event file of ${this.dir}`);
    this.#tell();
    if (this.#earlierFiles === undefined && !this.#start(wallTime)) return false;
    if (this.#records !== undefined) return true;
    if (wallTime !== undefined && !Number.isFinite(wallTime)) {
      throw new ArgumentError("wallTime", "a finite number of seconds", wallTime);
    }
    this.#now[0] = this.#session.clock();
    this.#gate.wallTime[0] = wallTime ?? this.#now[0]! / 1000;
    return true;
  }

  // The record file first, since the event file names it.
  #start(wallTime: number | undefined): boolean {
    if (this.#records?.begin(wallTime) === false) return false;
    this.#now[0] = this.#session.clock();
    this.#earlierFiles = this.#load();
    this.#lastClose[0] = this.#lastReplace[0] = this.#now[0]!;
    addOpenWriter(this);
    return this.#beginOther();
  }

  #load(): readonly EarlierFile[] {
    const { fileSystem, hostname, pid } = this.#session;
    const { purgeStep } = this.#options;
    const asker = { hostname, pid };
    try {
      removeUnfinished(fileSystem, this.dir, asker);
      const load = loadEarlierFiles(this.#content, { dir: this.dir, fileSystem, asker, purgeStep });
      for (const problem of load?.problems ?? [])
        warn(`An earlier file could not be read to its end: ${problem.message}`);
      return load?.files ?? [];
    } catch (error) {
      this.#content.clear();
      warn(`The earlier event files of ${this.dir} stay as they are: ${(error as Error).message}`);
      return [];
    }
  }

  #firstContent(now: number): FirstContent | undefined {
    const files = this.#earlierFiles ?? [];
    if (files.length === 0) return undefined;
    if (this.#options.maxBytes !== undefined) this.#content.shrinkTo(this.#options.maxBytes / 2);
    const onMade = (): void => {
      this.#content.moveTo(this.path!);
      for (const [i, { path, kind }] of files.entries()) {
        const since = followedAt(files[i + 1]?.path, this.#session.fileSystem, now);
        if (kind === "bounded") this.#oldFiles.add(path, since);
        else if (kind === "whole" && this.#records !== undefined) {
          this.#oldFiles.add(path, since, join(this.dir, recordFileNameOf(basename(path))));
        }
      }
      this.#oldFiles.sweep();
    };
    return {
      pieces: this.#content.pieces(now / 1000, this.#kind, this.#session.fileSystem),
      onMade,
    };
  }

  // Whether the event file is ready for an event; false when that is dropped.
  #beginOther(): boolean {
    try {
      return this.#file.begin();
    } catch (error) {
      if (this.#session.onError === "throw") throw error;
      this.#keep(error);
      return true;
    }
  }

  #writeOther(event: EventInit): boolean {
    const { wallTime } = this.#gate;
    const records = this.#records;
    if (records !== undefined && !records.begin(event.wallTime)) return false;
    const bytes = encodeEvent({ ...event, wallTime: wallTime[0]! });
    records?.buffer.append(bytes);
    records?.end();
    const key = keyOf(event);
    if (this.#file.path === undefined) {
      this.#dropped++;
      return false;
    }
    if (key !== undefined) {
      const offset = this.#file.size + HEADER_BYTES;
      const step = Number(event.step ?? 0);
      this.#content.addOther({ key, step, path: this.#file.path, offset, length: bytes.length });
    }
    this.#file.buffer.append(bytes);
    this.#file.end();
    this.#end();
    return true;
  }

  #end(): void {
    const now = this.#records?.now ?? this.#now[0]!;
    const age = now - this.#lastEmit[0]!;
    if (age >= 0 && age < EMIT_AFTER_MS) {
      if (this.#timer === undefined) this.#startTimer(EMIT_AFTER_MS);
      return;
    }
    this.#now[0] = now;
    this.#tryToEmit();
  }

  #startTimer(ms: number): void {
    this.#timer = setTimeout(() => this.#onTimer(), ms).unref();
  }

  #onTimer(): void {
    this.#timer = undefined;
    if (this.#closed) return;
    this.#now[0] = this.#session.clock();
    this.#tryToEmit();
  }

  #tryToEmit(): void {
    try {
      this.#emit(false);
    } catch (error) {
      // The event is taken, or nobody called: the next call hears of it.
      this.#keep(error);
    }
  }

  // Shows finished strides: added to the file while it stays within bounds, else by a new one, at most every few seconds.
  #emit(isLast: boolean): void {
    const now = this.#now[0]!;
    this.#lastEmit[0] = now;
    const { curves } = this.#content;
    const isLate = isDue(now, this.#lastClose[0]!);
    if (isLate) this.#lastClose[0] = now;
    for (const { curve } of curves) if (isLate || curve.length === 0) curve.closeStride();
    if (!this.#file.begin()) return;
    if (this.#needsNewFile() && (isLast || isDue(now, this.#lastReplace[0]!))) this.#replace();
    let isWaiting = false;
    for (const curve of curves) {
      if (curve.fits) curve.append(this.#file.buffer);
      isWaiting ||= curve.curve.isOpen || curve.unwritten > 0;
    }
    this.#file.end();
    this.#hasWarned = false;
    if (isWaiting && !isLast && this.#timer === undefined) this.#startTimer(LAG_MS);
  }

  #needsNewFile(): boolean {
    const { maxBytes = Infinity } = this.#options;
    if (this.#content.hasTooMany || this.#file.size > maxBytes) return true;
    for (const curve of this.#content.curves) if (!curve.fits) return true;
    return false;
  }

  #replace(): void {
    const { maxBytes } = this.#options;
    const content = this.#content;
    const now = this.#now[0]!;
    this.#lastReplace[0] = now;
    for (const { fits, curve } of content.curves)
      if (!fits && curve.length > curve.limit / 2) curve.compact();
    content.thin();
    if (maxBytes !== undefined) content.shrinkTo(maxBytes / 2);
    const old = this.path!;
    try {
      this.#file.replace(content.pieces(now / 1000, this.#kind, this.#session.fileSystem));
    } catch (error) {
      content.takeBack();
      throw error;
    }
    content.moveTo(this.path!);
    this.#oldFiles.add(old, now);
    this.#oldFiles.sweep();
  }

  #finish(): void {
    if (this.#earlierFiles === undefined) return;
    for (const { curve } of this.#content.curves) curve.finish();
    this.#now[0] = this.#session.clock();
    this.#emit(true);
  }

  #keep(error: unknown): void {
    if (!(error instanceof WriteError)) throw error;
    if (this.#session.onError === "throw") this.#failure = error;
    else if (!this.#hasWarned) process.emitWarning(error.message, { code: error.code });
    this.#hasWarned = true;
  }

  #tell(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }
}

function isDue(now: number, last: number): boolean {
  return now - last >= LAG_MS || now < last;
}

function warn(message: string): void {
  process.emitWarning(message, { code: "NOT_FOLDED" });
}

function checkBounds({ maxPointsPerTag, maxBytes }: BoundedEventWriterOptions): void {
  if (maxPointsPerTag !== undefined && (!Number.isSafeInteger(maxPointsPerTag) || maxPointsPerTag < 8)) {
    throw new ArgumentError("maxPointsPerTag", "an integer from 8", maxPointsPerTag);
  }
  if (maxBytes !== undefined && !(maxBytes >= 4096)) {
    throw new ArgumentError("maxBytes", "a number of bytes from 4096", maxBytes);
  }
}
