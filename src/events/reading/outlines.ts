// The events of a file as outlines: each is parsed, and decoded only by who wants it.

import type { EventParser } from "../../wire/event-parser.js";
import type { Event } from "../../wire/event.js";
import type { ByteSource } from "./byte-source.js";
import { noEventAt, throwDamage, type Damage } from "./damage.js";
import { RecordCursor } from "./record-cursor.js";

/** An event in a file; what the parser tells is valid until the next one. */
export interface Outline {
  readonly parser: EventParser;
  /** The first byte of its record, and the one behind it. */
  readonly offset: number;
  readonly end: number;
  /** Its bytes; valid until the next one. */
  readonly data: Uint8Array;
  /** The event; `undefined` when its values cannot be decoded, which is damage too. */
  decode(): Event | undefined;
}

/**
 * The events of a file, from the record at `from` up to its end. Damage is passed over where `onDamage` is told of it, a torn tail too. Otherwise it throws a
 * `CorruptFileError` there, but passes over a torn tail. Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when the system cannot read.
 */
export function* readOutlines(
  source: string | ByteSource,
  parser: EventParser,
  onDamage: (damage: Damage) => void = throwDamage,
  from = 0,
): IterableIterator<Outline> {
  const cursor = new RecordCursor(source, { from, onDamage });
  const badEvent = (): undefined => {
    onDamage(noEventAt(cursor));
  };
  const outline: Outline = {
    parser,
    get offset() {
      return cursor.offset;
    },
    get end() {
      return cursor.recordEnd;
    },
    get data() {
      return cursor.bytes.subarray(cursor.start, cursor.end);
    },
    decode() {
      try {
        return parser.event();
      } catch {
        return badEvent();
      }
    },
  };
  try {
    cursor.finish();
    while (cursor.next()) {
      if (parser.parse(cursor.bytes, cursor.start, cursor.end)) yield outline;
      else badEvent();
    }
  } finally {
    cursor.close();
  }
}
