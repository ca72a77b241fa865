// The event file of a bounded session: what it shows is added to it while it stays within bounds; then a new one takes its place.

import { basename, join } from "node:path";
import { WriteError } from "../errors.js";
import { RecordBuffer } from "../wire/record-buffer.js";
import { HEADER_BYTES } from "../wire/tfrecord.js";
import { AppendFile, WRITE_AT_BYTES, type FirstContent } from "./append-file.js";
import { BoundedContent } from "./bounded-content.js";
import { loadBefore, loadEarlierFiles, type EarlierFile } from "./bounded-load.js";
import { boundedHeadOf, type Coverage } from "./coverage.js";
import type { EventInit } from "./event-sink.js";
import { recordFileNameOf } from "./file-name.js";
import { followedAt, type OldFiles } from "./old-files.js";
import { keyOf } from "./other-events.js";
import type { BoundedEventWriterOptions, Session } from "./session.js";
import type { TagCurves } from "./tag-curves.js";
import { removeUnfinished } from "./whole-file.js";

/** How old a point may become before it is shown, and the least time between two files, in milliseconds. */
export const LAG_MS = 5000;

/** What a `BoundedFile` works with. */
export interface BoundedFileParts {
  readonly session: Session;
  readonly options: BoundedEventWriterOptions;
  /** The file with every event of the session; none with `records: false`. */
  readonly records: AppendFile<RecordBuffer> | undefined;
  readonly oldFiles: OldFiles;
}

/** The file that TensorBoard reads of a bounded run. Its methods throw a `WriteError`; what could not be written comes with a later call. */
export class BoundedFile {
  readonly #parts: BoundedFileParts;
  readonly #content: BoundedContent;
  readonly #file: AppendFile<RecordBuffer>;
  readonly #lastFinish = Float64Array.of(-Infinity);
  readonly #lastReplace = Float64Array.of(-Infinity);
  // Bytes of the record file that the finished curves cover, and as far as a mark in the file says so.
  readonly #covered = new Float64Array(1);
  readonly #marked = new Float64Array(1);
  #earlierFiles: readonly EarlierFile[] | undefined;
  #firstSize = 0;
  #isBehind = false;

  constructor(parts: BoundedFileParts) {
    const { session, options } = (this.#parts = parts);
    this.#content = new BoundedContent(options.maxPointsPerTag ?? 1000);
    const buffer = new RecordBuffer(WRITE_AT_BYTES + 4096);
    this.#file = new AppendFile({
      ...session,
      // What it cannot take is not lost: the curves have it.
      onError: "throw",
      buffer,
      what: "event file",
      addHead: (wallTime) => {
        this.#content.startedAt ??= wallTime;
        buffer.append(boundedHeadOf(this.#content.startedAt));
        for (const start of this.#content.starts(wallTime)) buffer.append(start);
        this.#mark(wallTime);
      },
      firstContent: (now) => this.#firstContent(now),
      contentAgain: (now) => this.#whole(now, () => {}),
    });
  }

  get path(): string | undefined {
    return this.#file.path;
  }

  get curves(): TagCurves {
    return this.#content.curves;
  }

  /** Whether the last try to put a new file in place failed. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Whether points wait to be shown. */
  get isWaiting(): boolean {
    for (const { curve, unwritten } of this.curves) if (curve.isOpen || unwritten > 0) return true;
    return false;
  }

  /** Reads what earlier sessions left, and makes the file. To be called again when that fails. */
  open(now: number): void {
    if (this.#earlierFiles === undefined) {
      this.#earlierFiles = this.#load();
      const { purgeStep = Infinity } = this.#parts.options;
      this.#content.firstStep = Math.min(this.#content.firstStep, purgeStep);
      this.#cover();
      this.#lastFinish[0] = this.#lastReplace[0] = now;
    }
    this.#file.begin();
  }

  /** Makes ready for `addOther`. */
  beginOther(): void {
    this.#file.begin();
  }

  /** Adds an event that is no scalar. Never throws. */
  addOther(event: EventInit, bytes: Uint8Array): void {
    const file = this.#file;
    const step = Number(event.step ?? 0);
    const key = keyOf(event);
    if (key !== undefined) {
      const place = { path: this.path!, offset: file.size + HEADER_BYTES, length: bytes.length };
      this.#content.addOther({ key, step, ...place, scalars: [] });
    }
    file.buffer.append(bytes);
    file.end();
  }

  /** Makes void what the curves and the other events have at `step` and later. */
  voidFrom(step: number): void {
    this.#content.voidFrom(step);
  }

  /**
   * Shows what strides are finished, and every few seconds, or `now` with `isAll`, what all have: by adding to the file, else by a new one, at
   * most every few seconds but at the end (`isLast`).
   */
  show(now: number, { isAll = false, isLast = false } = {}): void {
    if (isAll || isLast || isDue(now, this.#lastFinish[0]!)) this.#finishCurves(now);
    for (const { curve } of this.curves) if (curve.length === 0) curve.closeStride();
    this.#file.begin();
    if (this.#needsNewFile() && (isLast || isDue(now, this.#lastReplace[0]!))) this.#replace(now);
    for (const curve of this.curves) if (curve.fits) curve.append(this.#file.buffer);
    if (this.#covered[0] !== this.#marked[0] && !this.#hasUnwritten()) this.#mark(now / 1000);
    this.#file.end();
  }

  flush(): void {
    this.#file.flush();
  }

  async sync(): Promise<void> {
    await this.#file.sync();
  }

  closeSync(): void {
    this.#file.closeSync();
  }

  #load(): readonly EarlierFile[] {
    const { session, options } = this.#parts;
    const { fileSystem, hostname, pid } = session;
    const dir = session.directory.path;
    try {
      const { purgeStep } = options;
      const asker = { hostname, pid };
      removeUnfinished(fileSystem, dir, asker);
      const { continuation } = session;
      if (continuation !== undefined)
        return loadBefore(this.#content, continuation, { dir, fileSystem, asker });
      const load = loadEarlierFiles(this.#content, { dir, fileSystem, asker, purgeStep });
      for (const { message } of load?.problems ?? [])
        warn(`An earlier file could not be read to its end: ${message}`);
      return load?.files ?? [];
    } catch (error) {
      this.#content.clear();
      // Without it the session would show what is void: so it is no session without it.
      if (session.continuation !== undefined) throw new WriteError(dir, error, "Cannot continue the run in");
      warn(`The earlier event files of ${dir} stay as they are: ${(error as Error).message}`);
      return [];
    }
  }

  #firstContent(now: number): FirstContent | undefined {
    const files = this.#earlierFiles ?? [];
    const { session, records, oldFiles } = this.#parts;
    if (files.length === 0 && session.continuation === undefined) return undefined;
    return this.#whole(now, () => {
      for (const [i, { path, kind }] of files.entries()) {
        const since = followedAt(files[i + 1]?.path, session.fileSystem, now);
        if (kind === "bounded") oldFiles.add(path, since);
        else if (kind === "whole" && records !== undefined && !oldFiles.doomed.has(path)) {
          oldFiles.add(path, since, join(session.directory.path, recordFileNameOf(basename(path))));
        }
      }
      oldFiles.sweep();
    });
  }

  // A file that appears with everything.
  #whole(now: number, onMade: () => void): FirstContent {
    this.#makeRoom(now);
    return {
      pieces: this.#pieces(now),
      onMade: () => {
        this.#onMade();
        onMade();
      },
    };
  }

  #replace(now: number): void {
    const { oldFiles } = this.#parts;
    this.#lastReplace[0] = now;
    this.#makeRoom(now);
    const old = this.path!;
    try {
      this.#file.replace(this.#pieces(now));
    } catch (error) {
      this.#content.takeBack();
      this.#isBehind = true;
      throw error;
    }
    this.#onMade();
    oldFiles.add(old, now);
    oldFiles.sweep();
  }

  #pieces(now: number): Iterable<Uint8Array> {
    return this.#content.pieces(now / 1000, this.#parts.session.fileSystem, this.#coverage);
  }

  #onMade(): void {
    const gone = this.#content.moveTo(this.path!);
    if (gone > 0)
      warn(`${gone} events that are no scalars are gone: the file that had them was deleted or cut`);
    this.#marked[0] = this.#covered[0]!;
    this.#firstSize = this.#file.size;
    this.#isBehind = false;
  }

  #makeRoom(now: number): void {
    // Half of it is for the file before, which stays a minute; and a file has room to become twice as large.
    const { maxBytes } = this.#parts.options;
    this.#content.makeRoom(maxBytes === undefined ? undefined : maxBytes / 4);
    this.#finishCurves(now);
  }

  #needsNewFile(): boolean {
    const { maxBytes = Infinity } = this.#parts.options;
    // Where the fewest points of all tags are too many bytes, it is no help to try again and again.
    return this.#content.needsNewFile || this.#file.size > Math.max(maxBytes / 2, 2 * this.#firstSize);
  }

  #finishCurves(now: number): void {
    this.#lastFinish[0] = now;
    this.#content.finishCurves();
    this.#cover();
  }

  #cover(): void {
    this.#covered[0] = this.#parts.records?.size ?? 0;
  }

  #hasUnwritten(): boolean {
    for (const { unwritten } of this.curves) if (unwritten > 0) return true;
    return false;
  }

  get #coverage(): Coverage | undefined {
    const path = this.#parts.records?.path;
    return path === undefined ? undefined : { recordFile: basename(path), bytes: this.#covered[0]! };
  }

  #mark(wallTime: number): void {
    const coverage = this.#coverage;
    if (coverage !== undefined) this.#file.buffer.append(boundedHeadOf(wallTime, coverage));
    this.#marked[0] = this.#covered[0]!;
  }
}

function isDue(now: number, last: number): boolean {
  return now - last >= LAG_MS || now < last;
}

function warn(message: string): void {
  process.emitWarning(message, { code: "NOT_FOLDED" });
}
