// Reads an event file for its summary: each event's outline, and nothing of pictures, tensors and graphs.

import type { Stats } from "node:fs";
import { maskedCrc32cSigned } from "../../wire/crc32c.js";
import { EventField, ValueField } from "../../wire/event-fields.js";
import { EventParser } from "../../wire/event-parser.js";
import { SessionStatus } from "../../wire/event.js";
import { FOOTER_BYTES, HEADER_BYTES } from "../../wire/tfrecord.js";
import { parseWriter } from "../coverage.js";
import { FileSource, type ByteSource } from "../reading/byte-source.js";
import type { Damage } from "../reading/damage.js";
import { RecordCursor } from "../reading/record-cursor.js";
import { FileWindow } from "./file-window.js";
import { emptySummary, greatest, least, MOST_DAMAGES, type FileSummary } from "./file-summary.js";
import { outlineOf } from "./outline.js";
import { TagTable } from "./tag-table.js";

/** A larger event is not read as a whole. */
const WHOLE_BYTES = 32 * 1024;
/** A file names no more programs, unless it is damaged. */
const MOST_WRITERS = 16;
/** How often progress is told. */
const REPORT_BYTES = 8 * 1024 * 1024;

/** How a file is read. */
export interface ScanOptions {
  /** What was found before in the beginning of the file; it is gone on from there. */
  readonly known?: FileSummary | undefined;
  /** Where to stop, in bytes: for a file that grows. */
  readonly size: number;
  /** Called now and then with the bytes that are done. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/**
 * The summary of an open file. The checksums of the events' data are not looked at; behind bytes that are no record it goes on at the next
 * one. Throws what the source does.
 */
export function scanFile(source: ByteSource, options: ScanOptions): FileSummary {
  return new FileScan(source, options).scan();
}

/** Opens a file on the disk for `scan`, which is given its state, and closes it. Throws a `LogdirError` with code `LOGDIR_NOT_READABLE`. */
export function withFile<T>(path: string, scan: (source: FileSource, stats: Stats) => T): T {
  const source = new FileSource(path);
  try {
    return scan(source, source.stats());
  } finally {
    source.close();
  }
}

class FileScan {
  readonly #source: ByteSource;
  readonly #size: number;
  readonly #onProgress: ((bytes: number) => void) | undefined;
  readonly #window: FileWindow;
  readonly #parser = new EventParser();
  readonly #summary: FileSummary;
  readonly #table: TagTable;
  // Records of one kind have one length, and so one checksum of it.
  #length = -1;
  #lengthCrc = 0;

  constructor(source: ByteSource, { known = emptySummary(), size, onProgress }: ScanOptions) {
    this.#source = source;
    this.#size = size;
    this.#onProgress = onProgress;
    this.#window = new FileWindow(source, size);
    this.#summary = { ...known, writers: [...known.writers], damages: [...known.damages] };
    this.#table = new TagTable(this.#parser, known.tags);
  }

  scan(): FileSummary {
    const summary = this.#summary;
    let reported = summary.end;
    for (;;) {
      const length = this.#lengthAt(summary.end);
      if (length === undefined) break;
      if (length < 0) {
        if (!this.#passDamage()) break;
        continue;
      }
      const end = summary.end + HEADER_BYTES + length + FOOTER_BYTES;
      if (end > this.#size) break;
      this.#readRecord(summary.end, length);
      summary.end = end;
      if (end - reported >= REPORT_BYTES) this.#onProgress?.((reported = end));
    }
    summary.tags = this.#table.summaries();
    return summary;
  }

  // The length of the record there; -1 when it is none, undefined when the file ends before.
  #lengthAt(offset: number): number | undefined {
    const window = this.#window;
    const at = window.need(offset, HEADER_BYTES);
    if (at < 0) return undefined;
    const { bytes, view } = window;
    const length = view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    const stored = view.getInt32(at + 8, true);
    if (length === this.#length && high === 0) return stored === this.#lengthCrc ? length : -1;
    // What is negative is longer than any message.
    if (maskedCrc32cSigned(bytes, view, at, at + 8) !== stored || high !== 0 || length < 0) return -1;
    this.#length = length;
    this.#lengthCrc = stored;
    return length;
  }

  #readRecord(offset: number, length: number): void {
    const from = offset + HEADER_BYTES;
    if (length > WHOLE_BYTES) {
      const outline = outlineOf(this.#window, from, from + length);
      if (outline === undefined || !this.#parser.parse(outline.bytes)) this.#addBadEvent(offset, length);
      else this.#addEvent(outline.valueBytes);
      return;
    }
    const at = this.#window.need(from, length);
    if (at < 0 || !this.#parser.parse(this.#window.bytes, at, at + length)) this.#addBadEvent(offset, length);
    else this.#addEvent(undefined);
  }

  #addEvent(valueBytes: readonly number[] | undefined): void {
    const parser = this.#parser;
    const summary = this.#summary;
    summary.events++;
    const { wallTime } = parser;
    if (wallTime - wallTime === 0) {
      summary.firstWallTime = least(summary.firstWallTime, wallTime);
      summary.lastWallTime = greatest(summary.lastWallTime, wallTime);
    }
    if (parser.what !== EventField.SUMMARY) {
      this.#countOther();
      return;
    }
    if (this.#isVoiding()) return;
    const sizes = valueBytes ?? parser.sizes;
    for (let i = 0; i < parser.count; i++) this.#table.add(i, sizes[i]!);
  }

  // As `isVoiding` of events (wire/event.ts): it shows nothing.
  #isVoiding(): boolean {
    const { count, tags, forms } = this.#parser;
    return count === 2 && tags[0] === tags[1] && forms[1] === ValueField.OLD_STYLE_HISTOGRAM;
  }

  #countOther(): void {
    const { what, sessionStatus } = this.#parser;
    const summary = this.#summary;
    if (what === EventField.FILE_VERSION) this.#addWriter();
    else if (what === EventField.GRAPH_DEF) summary.graphs++;
    else if (what === EventField.META_GRAPH_DEF) summary.metaGraphs++;
    else if (what === EventField.TAGGED_RUN_METADATA) summary.runMetadata++;
    else if (what === EventField.LOG_MESSAGE) summary.logMessages++;
    else if (what === EventField.SESSION_LOG) {
      if (sessionStatus === SessionStatus.START) summary.starts++;
      else if (sessionStatus === SessionStatus.STOP) summary.stops++;
      else if (sessionStatus === SessionStatus.CHECKPOINT) summary.checkpoints++;
    }
  }

  #addWriter(): void {
    const writer = this.#parser.event().sourceMetadata?.writer;
    if (writer === undefined || writer === "") return;
    const ours = parseWriter(writer);
    if (ours?.isBounded === true) this.#summary.isBounded = true;
    // Behind the version a bounded file says how far it goes.
    const name = ours === undefined ? writer : writer.split(" ", 2).join(" ");
    const { writers } = this.#summary;
    if (!writers.includes(name) && writers.length < MOST_WRITERS) writers.push(name);
  }

  #addBadEvent(offset: number, length: number): void {
    const { damages } = this.#summary;
    this.#summary.damageCount++;
    if (damages.length >= MOST_DAMAGES) return;
    damages.push({
      code: "BAD_EVENT",
      path: this.#source.path,
      offset,
      length: HEADER_BYTES + length + FOOTER_BYTES,
      message: "the record's data are no Event",
    });
  }

  // To the next whole record. False when there is none (yet).
  #passDamage(): boolean {
    const summary = this.#summary;
    const found: Damage[] = [];
    // It is not closed: the source is the caller's.
    const cursor = new RecordCursor(this.#source, {
      from: summary.end,
      onDamage: (damage) => found.push(damage),
    });
    if (!cursor.next() || cursor.recordEnd > this.#size) return false;
    // What it passed over is all before the record.
    summary.damageCount += found.length;
    summary.damages.push(...found.slice(0, MOST_DAMAGES - summary.damages.length));
    const isFurther = cursor.offset > summary.end;
    summary.end = cursor.offset;
    return isFurther;
  }
}
