// The end of a long file of records, without reading the rest.

import { decodeEvent, type Event } from "../wire/event.js";
import { findRecord } from "../wire/tfrecord.js";
import type { FileSystem } from "./file-system.js";
import { readRecords } from "./read-records.js";

const FIRST_WINDOW_BYTES = 1024 * 1024;

/**
 * The events of `path` from some place on that `isEarlyEnough` says yes to, told its first event; from the beginning when it does not at any.
 * Looks at the last mebibyte first, then at twice as much, and so on.
 *
 * Throws a `CorruptFileError`, the codec's error, and the system's errors.
 */
export function* eventsAtEnd(
  path: string,
  fs: FileSystem,
  isEarlyEnough: (first: Event) => boolean,
): IterableIterator<Event> {
  const { size } = fs.statSync(path);
  let from = 0;
  for (let window = FIRST_WINDOW_BYTES; window < size; window *= 2) {
    const start = firstRecordFrom(path, fs, size - window, window);
    if (start === undefined) continue;
    const [first] = readRecords(path, fs, start);
    if (first === undefined || !isEarlyEnough(decodeEvent(first))) continue;
    from = start;
    break;
  }
  for (const data of readRecords(path, fs, from)) yield decodeEvent(data);
}

// Where the first record begins that begins in the window: its length has the right checksum, which nothing else has but by a rare chance,
// and then what follows is no record and reading it says so.
function firstRecordFrom(path: string, fs: FileSystem, at: number, length: number): number | undefined {
  const bytes = new Uint8Array(Math.min(length, FIRST_WINDOW_BYTES));
  const fd = fs.openSync(path, "r");
  try {
    const read = fs.readSync(fd, bytes, 0, bytes.length, at);
    const found = findRecord(bytes.subarray(0, read), 0);
    return found === undefined ? undefined : at + found;
  } finally {
    fs.closeSync(fd);
  }
}
