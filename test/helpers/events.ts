// What is in the event files that tests write.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeTfRecord, isIntact, TfRecordDecoder } from "../../src/wire/tfrecord.js";
import { decodeEvent, encodeEvent, type Event } from "../../src/wire/event.js";

/** A file as it is on the disk now. */
export interface FileContent {
  readonly events: readonly Event[];
  /** Bytes behind the last whole record. */
  readonly torn: number;
}

/** Reads a whole file. @throws {Error} When a checksum is wrong. */
export function readEventFile(path: string): FileContent {
  const decoder = new TfRecordDecoder(path);
  decoder.push(readFileSync(path));
  const events: Event[] = [];
  for (let record = decoder.next(); record !== undefined; record = decoder.next()) {
    if (!isIntact(record)) throw new Error(`${path}: wrong data checksum at ${record.offset}`);
    events.push(decodeEvent(record.data));
  }
  return { events, torn: decoder.pending };
}

/** The events of a file without its first one, which must be a file version, and without a torn tail. */
export function eventsOf(path: string): Event[] {
  const { events, torn } = readEventFile(path);
  if (torn !== 0) throw new Error(`${path} has ${torn} bytes behind its last record`);
  const [first, ...rest] = events;
  if (first?.fileVersion !== "brain.Event:2") throw new Error(`${path} does not begin with a file version`);
  return rest;
}

/** Tag, step and value of each scalar of these events. */
export function scalarsOf(events: readonly Event[]): [tag: string, step: number | bigint, value: number][] {
  return events.flatMap(({ step, summary = [] }) =>
    summary.map(({ tag, simpleValue }): [string, number | bigint, number] => [tag, step, simpleValue!]),
  );
}

/** The names of what is in a directory, sorted. */
export function filesIn(directory: string): string[] {
  return readdirSync(directory).toSorted();
}

/** The paths of the event files in a directory, in the order TensorBoard reads them. */
export function eventFilesIn(directory: string): string[] {
  return filesIn(directory)
    .filter((name) => name.includes("tfevents"))
    .map((name) => join(directory, name));
}

/** Writes a file of these events; a record of bytes is taken as it is. */
export function writeEventFile(path: string, events: readonly (Event | Uint8Array)[]): void {
  const records = events.map((event) =>
    event instanceof Uint8Array ? event : encodeTfRecord(encodeEvent(event)),
  );
  writeFileSync(path, Buffer.concat(records));
}

/** The bytes of each whole record of a file, its length and its checksums among them. */
export function recordsOf(path: string): Uint8Array[] {
  const decoder = new TfRecordDecoder(path);
  decoder.push(readFileSync(path));
  const records: Uint8Array[] = [];
  for (let record = decoder.next(); record !== undefined; record = decoder.next()) {
    records.push(encodeTfRecord(record.data));
  }
  return records;
}
