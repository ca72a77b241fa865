// Decides of each event of a run how it is copied: as it is, changed, or not at all.

import { withMetadata, withValues, withWallTime, type Event } from "../../wire/event.js";
import { EventField } from "../../wire/event-fields.js";
import type { SummaryMetadata } from "../../wire/summary.js";
import { encodeTfRecord, FOOTER_BYTES, HEADER_BYTES } from "../../wire/tfrecord.js";
import type { RecordCursor } from "../reading/record-cursor.js";
import { hasText, typeOf } from "../verify/value-form.js";
import type { Changed, Dropped, Kept } from "./repair-report.js";
import type { RunSurvey, TagSurvey } from "./run-survey.js";

/** Where what is said of a file goes. */
export interface Notes {
  readonly dropped: Kept<Dropped>;
  readonly changed: Kept<Changed>;
  /** Which file of the run it is. */
  readonly file: number;
  /** Whether something in it was damaged so far. */
  isHurt: boolean;
}

/** Goes through the events of a run a second time, in the order in which they are copied. */
export class EventRepair {
  readonly #survey: RunSurvey;
  // By the number of a tag: whether a value of it was copied.
  readonly #isCopied: boolean[] = [];

  constructor(survey: RunSurvey) {
    this.#survey = survey;
  }

  /**
   * The bytes of the record at hand as they are to be copied; a view, or `undefined` when it is left out. The parser must have parsed it.
   * `wallTime`: that of an event before it. `isVoid`: which of its values are to be left out as well.
   */
  record(
    cursor: RecordCursor,
    notes: Notes,
    wallTime: number,
    isVoid?: (value: number) => boolean,
  ): Uint8Array | undefined {
    const { parser } = this.#survey;
    const isTime = Number.isFinite(parser.wallTime);
    const isKnown = parser.isPlain() && this.#areCopied();
    if (isTime && isVoid === undefined && isKnown && parser.what === EventField.SUMMARY)
      return recordIn(cursor);
    const event = this.#eventOf(cursor, notes);
    if (event === undefined) return undefined;
    let data = this.#survey.places.moved(event, isTime ? event.wallTime : wallTime);
    if (data !== undefined) {
      const message = "the place in the record file is that in its copy";
      notes.changed.add({ code: "MOVED_RECORDS", path: cursor.path, offset: cursor.offset, message });
    }
    const summary = event.summary ?? [];
    const isBad = (i: number): boolean => this.#pluginOf(parser.tags[i]!) === "text" && !hasText(summary[i]!);
    const keeps = summary.map((_, i) => isVoid?.(i) !== true && !isBad(i));
    for (const [i, { tag }] of summary.entries()) {
      if (isVoid?.(i) !== true && isBad(i))
        drop(notes, cursor, "BAD_TEXT", `a text of ${JSON.stringify(tag)} is no UTF-8`);
    }
    if (keeps.includes(false)) {
      if (!keeps.includes(true)) return undefined;
      data = withValues(dataIn(cursor), (i) => keeps[i]!);
    }
    const missing = this.#missingMetadata(event, keeps, cursor, notes);
    if (missing.size > 0) data = withMetadata(data ?? dataIn(cursor), missing);
    if (!isTime) {
      data = withWallTime(data ?? dataIn(cursor), wallTime);
      const message = `the wall time ${parser.wallTime} is ${wallTime} now, that of the event beside it`;
      notes.changed.add({ code: "BAD_WALL_TIME", path: cursor.path, offset: cursor.offset, message });
    }
    return data === undefined ? recordIn(cursor) : encodeTfRecord(data);
  }

  #areCopied(): boolean {
    const { count, tags } = this.#survey.parser;
    for (let i = 0; i < count; i++) if (this.#isCopied[tags[i]!] !== true) return false;
    return true;
  }

  #eventOf(cursor: RecordCursor, notes: Notes): Event | undefined {
    try {
      return this.#survey.parser.event();
    } catch {
      drop(notes, cursor, "BAD_EVENT", "a record's data are no Event");
      return undefined;
    }
  }

  #pluginOf(tag: number): string | undefined {
    const known = this.#survey.tag(tag);
    return (known?.metadata ?? known?.inferred)?.pluginName;
  }

  // Of each tag whose first value this is, and which said elsewhere what it is.
  #missingMetadata(
    event: Event,
    keeps: readonly boolean[],
    { path, offset }: RecordCursor,
    notes: Notes,
  ): Map<string, SummaryMetadata> {
    const missing = new Map<string, SummaryMetadata>();
    const { tags } = this.#survey.parser;
    for (const [i, value] of (event.summary ?? []).entries()) {
      const number = tags[i]!;
      if (!keeps[i] || this.#isCopied[number] === true) continue;
      this.#isCopied[number] = true;
      const known = this.#survey.tag(number);
      const metadata = known?.metadata ?? known?.inferred;
      if (metadata === undefined || value.metadata !== undefined) continue;
      const isShown = typeOf(value).dataClass !== 0;
      // What a loader shows without them is changed only where they stood in something that is not copied.
      const isLost = notes.isHurt || isBefore(known!, notes.file, offset);
      if (isShown && (!isLost || known?.metadata === undefined)) continue;
      missing.set(value.tag, metadata);
      const from =
        known?.metadata === undefined
          ? "inferred from its value"
          : `those at byte ${known.offset} of ${known.path}`;
      const message = `the metadata of ${JSON.stringify(value.tag)} are ${from}: ${metadata.pluginName}`;
      notes.changed.add({ code: "NO_METADATA", path, offset, tag: value.tag, message });
    }
    return missing;
  }
}

function isBefore(known: TagSurvey, file: number, offset: number): boolean {
  return known.file < file || (known.file === file && known.offset < offset);
}

/** Says that the record at hand is left out. */
export function drop(notes: Notes, cursor: RecordCursor, code: Dropped["code"], message: string): void {
  const { path, offset, recordEnd } = cursor;
  notes.dropped.add({ code, path, offset, length: recordEnd - offset, message });
  notes.isHurt = true;
}

/** The data of the record at hand; a view. */
export function dataIn({ bytes, start, end }: RecordCursor): Uint8Array {
  return bytes.subarray(start, end);
}

/** The record at hand, its length and its checksums with it; a view. */
export function recordIn({ bytes, start, end }: RecordCursor): Uint8Array {
  return bytes.subarray(start - HEADER_BYTES, end + FOOTER_BYTES);
}
