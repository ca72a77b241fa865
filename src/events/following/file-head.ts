// What a file says of itself before it has anything to give: who wrote it, and what in it is copied from files whose place it takes.

import { decodeEvent, isVoiding, SessionStatus, type Event } from "../../wire/event.js";
import { parseWriter } from "../coverage.js";
import { kindOfWriter, type FileKind } from "../file-kind.js";
import { holdsIn, isOfItsFile, placesIn } from "../notes.js";
import type { PlaceMap, Segment } from "../place-map.js";
import type { ByteSource } from "../reading/byte-source.js";
import { RecordCursor } from "../reading/record-cursor.js";

/** What was found. */
export interface FileHead {
  readonly kind: FileKind;
  /** Of a bounded file: the name of the record file that has every event. */
  readonly recordFile?: string;
  /** What it copies from other files. */
  readonly copies?: Copies;
}

/** The first part of a file that took the place of others. */
export interface Copies {
  /** The names of the files. */
  readonly holds: readonly string[];
  /** Where the part ends. */
  readonly end: number;
  /** Where what it has stood; what stands in none of it cannot be told. */
  readonly places: PlaceMap;
  /** Whether it has anything but what makes the other files void. */
  readonly hasAny: boolean;
}

/** `undefined` when what it says is not yet there; with `isFinal` it is not waited for. Damage is passed over. Throws the source's errors. */
export function lookAtHead(source: ByteSource, isFinal: boolean): FileHead | undefined {
  const cursor = new RecordCursor(source);
  let kind: FileKind | undefined;
  let holds: readonly string[] | undefined;
  let hasAny = false;
  while (cursor.next()) {
    const event = decoded(cursor);
    const writer = parseWriter(event?.sourceMetadata?.writer);
    kind ??= kindOfWriter(writer);
    if (kind === "foreign") return { kind };
    if (kind === "bounded") {
      if (writer?.coverage !== undefined) return { kind, recordFile: writer.coverage.recordFile };
      continue;
    }
    if (event === undefined) continue;
    const places = placesIn(event);
    if (places !== undefined) {
      const end = cursor.recordEnd;
      return { kind, ...(holds && { copies: { holds, end, places, hasAny } }) };
    }
    holds ??= holdsIn(event);
    if (isOfItsFile(event)) continue;
    if (holds === undefined) return { kind };
    hasAny ||= !isOnlyVoiding(event);
  }
  return kind === "bounded" || isFinal ? { kind: kind ?? "foreign" } : undefined;
}

/** Whether an event makes others void, and is nothing else. */
export function isOnlyVoiding(event: Event): boolean {
  return event.sessionLog?.status === SessionStatus.START || isVoiding(event);
}

/**
 * Where what ends at byte `end` of the copies ended in the file `name`; `undefined` when it is not from there, or that cannot be told.
 */
export function endBefore({ places }: Copies, name: string, end: number): number | undefined {
  const segments = places.get(name) ?? [];
  const i = segments.findIndex((segment) => segment.at <= end && end <= endOf(segment));
  const found = segments[i];
  // Nothing of the file ends where its first segment begins.
  if (found === undefined || (i === 0 && end === found.at)) return undefined;
  return found.from + end - found.at;
}

function endOf({ from, to, at }: Segment): number {
  return at + to - from;
}

function decoded(cursor: RecordCursor): Event | undefined {
  try {
    return decodeEvent(cursor.bytes.subarray(cursor.start, cursor.end));
  } catch {
    return undefined;
  }
}
