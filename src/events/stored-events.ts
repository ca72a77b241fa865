// The events of a file with the places of their records.

import { CorruptFileError } from "../errors.js";
import type { Event } from "../wire/event.js";
import { EventParser } from "../wire/event-parser.js";
import { FOOTER_BYTES, HEADER_BYTES } from "../wire/tfrecord.js";
import type { FileSystem } from "./file-system.js";
import { readRecords } from "./read-records.js";

/** An event in a file. */
export interface StoredEvent {
  readonly event: Event;
  /** Its bytes; valid until the next one. */
  readonly data: Uint8Array;
  /** The first byte of its record, and the one behind it. */
  readonly offset: number;
  readonly end: number;
}

/**
 * The events of `path` whose records stand between two bytes, at which records begin or end; a torn tail is passed over.
 *
 * Throws a `CorruptFileError` and the system's errors.
 */
export function* storedEvents(
  path: string,
  fs: FileSystem,
  from = 0,
  to = Infinity,
): IterableIterator<StoredEvent> {
  const parser = new EventParser();
  let offset = from;
  for (const data of readRecords(path, fs, from, to)) {
    const end = offset + HEADER_BYTES + data.length + FOOTER_BYTES;
    yield { event: eventOf(parser, data, path, offset), data, offset, end };
    offset = end;
  }
}

function eventOf(parser: EventParser, data: Uint8Array, path: string, offset: number): Event {
  try {
    if (parser.parse(data)) return parser.event();
  } catch {
    // A part that is only looked at now is none.
  }
  throw new CorruptFileError("BAD_EVENT", offset, "the record's data are no Event", { path });
}
