// The events of a file, one after another, and over what is damaged.

import { EventField } from "../../wire/event-fields.js";
import { EventParser } from "../../wire/event-parser.js";
import type { StoredEvent } from "../stored-events.js";
import type { ByteSource } from "./byte-source.js";
import type { Damage } from "./damage.js";
import { readOutlines } from "./outlines.js";

/** Which events of a file are read, and what becomes of the others. */
export interface ReadEventsOptions {
  /** Where to begin: a place where a record begins. 0 unless given. */
  readonly from?: number;
  /** Only events with a value under a tag for which it returns true; asked once a tag. All others are passed over without being decoded. */
  readonly tags?: (tag: string) => boolean;
  /** Told of each stretch that is no event, in the order of the file. Without it damage is an error. */
  readonly onDamage?: (damage: Damage) => void;
}

/**
 * The events of a file up to its end, with their places; `data` are valid until the next one. Memory does not grow with the file.
 *
 * Damage is passed over where `onDamage` is told of it, a torn tail too. Otherwise it throws a `CorruptFileError` there, but passes over a torn
 * tail: the file may be growing. Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when the system cannot read the file.
 */
export function* readEvents(
  source: string | ByteSource,
  options: ReadEventsOptions = {},
): IterableIterator<StoredEvent> {
  const { from, tags, onDamage } = options;
  const parser = new EventParser();
  const isWanted: boolean[] = [];
  for (const outline of readOutlines(source, parser, onDamage, from)) {
    if (tags !== undefined && !hasWanted()) continue;
    const event = outline.decode();
    if (event !== undefined) yield { event, data: outline.data, offset: outline.offset, end: outline.end };
  }

  function hasWanted(): boolean {
    if (parser.what !== EventField.SUMMARY) return false;
    for (let i = 0; i < parser.count; i++) {
      const tag = parser.tags[i]!;
      if ((isWanted[tag] ??= tags!(parser.names[tag]!))) return true;
    }
    return false;
  }
}
