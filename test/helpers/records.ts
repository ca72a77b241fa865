// Files of records as tests damage them, and what must be read of them.
import { MemorySource } from "../../src/events/reading/byte-source.js";
import type { Damage } from "../../src/events/reading/damage.js";
import { RecordCursor } from "../../src/events/reading/record-cursor.js";
import { concat, frame, hex } from "./bytes.js";

/** A record that was read: where, and its data in hex. */
export interface ReadRecord {
  readonly offset: number;
  readonly end: number;
  readonly data: string;
}

/** What a cursor found in a file that does not grow. */
export interface ReadFile {
  readonly records: readonly ReadRecord[];
  readonly damages: readonly Damage[];
}

/** Reads all of a file. @throws {Error} When records and damage do not cover it, each byte once, or its buffer is larger than the file. */
export function readAll(file: Uint8Array, checksums = true): ReadFile {
  const damages: Damage[] = [];
  const cursor = new RecordCursor(new MemorySource("file", file), {
    checksums,
    onDamage: (damage) => damages.push(damage),
  });
  cursor.finish();
  const records = take(cursor);
  // What a record claims costs nothing.
  if (cursor.bytes.length > Math.max(64, file.length)) {
    throw new Error(`${cursor.bytes.length} bytes of memory for a file of ${file.length}`);
  }
  const parts = [...records, ...damages.map(({ offset, length }) => ({ offset, end: offset + length }))];
  let at = 0;
  for (const { offset, end } of parts.toSorted((a, b) => a.offset - b.offset)) {
    if (offset !== at || end <= offset) throw new Error(`bytes ${at} to ${offset} are in no part, or in two`);
    at = end;
  }
  if (at !== file.length) throw new Error(`bytes ${at} to ${file.length} are in no part`);
  return { records, damages };
}

/** The records that a cursor gives until it gives none. */
export function take(cursor: RecordCursor): ReadRecord[] {
  const records: ReadRecord[] = [];
  while (cursor.next()) {
    const { bytes, start, end, offset, recordEnd } = cursor;
    records.push({ offset, end: recordEnd, data: hex(bytes.subarray(start, end)) });
  }
  return records;
}

/** Records one behind the other. */
export interface RecordFile {
  readonly bytes: Uint8Array;
  readonly records: readonly ReadRecord[];
}

/** A file of records with these data. */
export function recordFile(datas: readonly Uint8Array[]): RecordFile {
  let offset = 0;
  const frames = datas.map(frame);
  const records = frames.map((bytes, i) => {
    const record = { offset, end: offset + bytes.length, data: hex(datas[i]!) };
    offset = record.end;
    return record;
  });
  return { bytes: concat(...frames), records };
}
