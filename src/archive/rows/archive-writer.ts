// Writes an archive: files go in one after another, row groups come out.

import type { RowGroup } from "hyparquet";
import { ArchiveError } from "../../errors.js";
import type { ByteSource } from "../../events/reading/byte-source.js";
import type { Damage } from "../../events/reading/damage.js";
import { RecordCursor } from "../../events/reading/record-cursor.js";
import { FOOTER_BYTES, HEADER_BYTES } from "../../wire/tfrecord.js";
import { version } from "../../version.js";
import { HashingSource } from "./hashing-source.js";
import { Layouts, Names } from "../layout/interned.js";
import { PIECE_BYTES, RecordIntake } from "./record-intake.js";
import { FORMAT, type ArchivedFile, type ArchivedLink, type Manifest } from "../manifest.js";
import { checksumOf } from "../parquet/checksum.js";
import { encodeFooter, MAGIC } from "../parquet/footer.js";
import { encodeGroup } from "../parquet/group-writer.js";
import { MANIFEST_KEY } from "../parquet/schema.js";
import { Window } from "./window.js";

/** Where the bytes of an archive go, one behind the other. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
}

/** What is known of a file before it is read. */
export type ArchiveEntry = Pick<ArchivedFile, "path" | "run" | "kind" | "modified">;

/** How far a writer is: plain data, for `v8.serialize`. */
export interface WriterState {
  /** How many bytes were written. */
  readonly offset: number;
  readonly groups: readonly RowGroup[];
  /** Those that are in them whole. */
  readonly files: readonly ArchivedFile[];
  /** The one that was being read; what is not in `groups` of it comes again. */
  readonly current: CurrentFile | undefined;
}

/** How far a file is read. */
interface CurrentFile {
  readonly entry: ArchiveEntry;
  readonly size: number;
  /** The first byte that is not in a row group. */
  offset: number;
  /** Up to here bytes are kept as they are; -1 where a record may begin. `position` is that of the next row of them. */
  rawEnd: number;
  position: number;
  records: number;
  raw: number;
  firstGroup: number;
  /** The dashboards that the run's tags are for, by tag. */
  plugins: readonly (readonly [tag: string, plugin: string])[];
}

/** How row groups are made; other numbers than the format's are for tests. */
export interface WindowLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** The format's: a row group ends with the record with which it has so many rows, or so many bytes beside them. */
export const LIMITS: WindowLimits = { rows: 2 ** 18, bytes: 16 * 1024 * 1024 };
const MOST_LAYOUTS = 8192;
/** Their ordinals have 32 bits. */
const MOST_RECORDS = 2 ** 31 - 2;

/** The program, as the manifest and the metadata name it. */
export const CREATED_BY = `tensorboard-node-logger ${version}`;

/**
 * Writes an archive of format 1. It holds one window of records. What `sink.write` throws comes out of each method, and the writer cannot be used any more.
 */
export class ArchiveWriter {
  readonly #sink: ByteSink;
  readonly #limits: WindowLimits;
  readonly #names = new Names();
  readonly #layouts = new Layouts();
  readonly #window = new Window(this.#names, this.#layouts);
  readonly #intake = new RecordIntake(this.#window);
  readonly #groups: RowGroup[];
  readonly #files: ArchivedFile[];
  #offset: number;
  #run: string | undefined;
  // Where a continued writer was.
  #resumed: CurrentFile | undefined;
  #current: CurrentFile | undefined;
  // Of the last row that was added.
  #lastGroup: number;
  #flushed: WriterState;

  /** `state`: goes on where another writer was; then `sink` has `state.offset` bytes, and the file that it was reading comes first. */
  constructor(sink: ByteSink, state?: WriterState, limits: WindowLimits = LIMITS) {
    this.#sink = sink;
    this.#limits = limits;
    this.#groups = [...(state?.groups ?? [])];
    this.#files = [...(state?.files ?? [])];
    this.#offset = state?.offset ?? 0;
    this.#resumed = state?.current;
    this.#lastGroup = this.#groups.length - 1;
    if (state === undefined) this.#write(MAGIC);
    this.#flushed = this.#snapshot(this.#resumed);
  }

  /**
   * Takes a file, as long as it is now. Each step of the iteration is a row group that was written; its result is what the manifest says of the file. `onBytes` is told
   * now and then how far it is.
   *
   * Throws an `ArchiveError` with code `SOURCE_CHANGED` when the file becomes shorter meanwhile, or is not the one that is to be gone on with; a `LogdirError`
   * when it cannot be read.
   */
  *add(
    source: ByteSource,
    entry: ArchiveEntry,
    onBytes?: (done: number) => void,
  ): Generator<void, ArchivedFile> {
    const hashing = new HashingSource(source, source.size());
    const current = this.#begin(entry, hashing);
    if (entry.kind === "other" && current.rawEnd < 0 && hashing.size() > 0) current.rawEnd = hashing.size();
    yield* this.#takeRaw(hashing, current, onBytes);
    if (entry.kind !== "other") yield* this.#takeRecords(hashing, current, onBytes);
    const sha256 = hashing.digest();
    if (sha256 === undefined) throw changed(source.path);
    const { size, records, raw, firstGroup } = current;
    const lastGroup = firstGroup < 0 ? -1 : this.#lastGroup;
    const file = { ...entry, size, sha256, records, raw, firstGroup, lastGroup };
    this.#files.push(file);
    this.#current = undefined;
    return file;
  }

  /** How far it was when the last row group was written. */
  state(): WriterState {
    return this.#flushed;
  }

  /** Writes what is left, and the end of the file. */
  finish(links: readonly ArchivedLink[] = []): void {
    if (this.#window.rows > 0) this.#flush();
    const manifest: Manifest = {
      ...{ format: FORMAT, createdBy: CREATED_BY, created: new Date().toISOString() },
      ...{ files: this.#files, links },
    };
    const text = JSON.stringify(manifest);
    const pairs = [{ key: MANIFEST_KEY, value: text }, checksumOf(Buffer.from(text))];
    this.#write(encodeFooter(this.#groups, pairs, `tensorboard-node-logger version ${version}`));
  }

  #begin(entry: ArchiveEntry, source: HashingSource): CurrentFile {
    const resumed = this.#resumed;
    this.#resumed = undefined;
    const size = source.size();
    if (resumed !== undefined && (resumed.entry.path !== entry.path || size < resumed.size)) {
      throw changed(source.path);
    }
    const start = { offset: 0, rawEnd: -1, position: 0, records: 0, raw: 0, firstGroup: -1, plugins: [] };
    const current = resumed === undefined ? { entry, size, ...start } : { ...resumed, entry, size };
    this.#current = current;
    if (entry.run !== this.#run) this.#intake.beginRun(current.plugins);
    this.#run = entry.run;
    return current;
  }

  *#takeRecords(
    source: HashingSource,
    current: CurrentFile,
    onBytes: ((done: number) => void) | undefined,
  ): Generator<void> {
    const damages: Damage[] = [];
    const cursor = new RecordCursor(source, {
      from: current.offset,
      onDamage: (damage) => damages.push(damage),
    });
    cursor.finish();
    const run = this.#names.numberOf(current.entry.run);
    const file = this.#files.length;
    let bytes = cursor.bytes;
    let view = new DataView(bytes.buffer);
    while (current.records < MOST_RECORDS) {
      const isRecord = cursor.next();
      for (const { offset, length } of damages) {
        current.offset = offset;
        current.rawEnd = offset + length;
        yield* this.#takeRaw(source, current, onBytes);
      }
      damages.length = 0;
      if (!isRecord) return;
      if (cursor.bytes !== bytes) {
        bytes = cursor.bytes;
        view = new DataView(bytes.buffer);
      }
      const { start, end } = cursor;
      this.#startRecord(current, file, run);
      const whole = bytes.subarray(start - HEADER_BYTES, end + FOOTER_BYTES);
      if (!this.#intake.takeRecord(bytes, view, start, end, whole)) current.raw++;
      current.records++;
      current.offset = cursor.recordEnd;
      if (this.#isFull()) {
        this.#flush();
        yield;
        onBytes?.(current.offset);
      }
    }
    if (current.offset < source.size()) current.rawEnd = source.size();
    yield* this.#takeRaw(source, current, onBytes);
  }

  // The bytes up to `rawEnd`, as one record.
  *#takeRaw(
    source: HashingSource,
    current: CurrentFile,
    onBytes: ((done: number) => void) | undefined,
  ): Generator<void> {
    // A writer that goes on may be at the end of them.
    if (current.rawEnd < 0) return;
    const run = this.#names.numberOf(current.entry.run);
    const file = this.#files.length;
    while (current.offset < current.rawEnd) {
      const length = Math.min(PIECE_BYTES, current.rawEnd - current.offset);
      const piece = readPiece(source, current.offset, length);
      this.#startRecord(current, file, run);
      current.position = this.#intake.takeBytes(piece, current.position);
      current.offset += length;
      if (this.#isFull()) {
        this.#flush();
        yield;
        onBytes?.(current.offset);
      }
    }
    current.rawEnd = -1;
    current.position = 0;
    current.records++;
    current.raw++;
  }

  #startRecord(current: CurrentFile, file: number, run: number): void {
    if (current.firstGroup < 0) current.firstGroup = this.#groups.length;
    this.#lastGroup = this.#groups.length;
    this.#window.begin(file, run, current.records);
  }

  #isFull(): boolean {
    return this.#window.rows >= this.#limits.rows || this.#window.bytes >= this.#limits.bytes;
  }

  #flush(): void {
    const window = this.#window;
    const { bytes, group } = encodeGroup(window.columns(), window.rows, this.#offset);
    this.#write(bytes);
    this.#groups.push(group);
    window.clear();
    if (this.#layouts.list.length > MOST_LAYOUTS) {
      this.#layouts.clear();
      this.#intake.forgetLayouts();
    }
    this.#flushed = this.#snapshot(this.#current);
  }

  #snapshot(current: CurrentFile | undefined): WriterState {
    return {
      offset: this.#offset,
      groups: this.#groups.slice(),
      files: this.#files.slice(),
      current: current && { ...current, plugins: this.#intake.plugins() },
    };
  }

  #write(bytes: Uint8Array): void {
    this.#sink.write(bytes);
    this.#offset += bytes.length;
  }
}

function readPiece(source: ByteSource, offset: number, length: number): Uint8Array {
  const piece = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const read = source.read(piece, done, length - done, offset + done);
    if (read === 0) throw changed(source.path);
    done += read;
  }
  return piece;
}

function changed(path: string): ArchiveError {
  return new ArchiveError("SOURCE_CHANGED", path, `${path} has changed while it was read: archive it again`);
}
