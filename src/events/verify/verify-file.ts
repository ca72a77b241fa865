// Goes through one file of a run and says what is wrong with its bytes and its events.

import { decodeEvent } from "../../wire/event.js";
import { EventField } from "../../wire/event-fields.js";
import type { EventParser } from "../../wire/event-parser.js";
import { FOOTER_BYTES, HEADER_BYTES } from "../../wire/tfrecord.js";
import type { ByteSource } from "../reading/byte-source.js";
import type { Damage } from "../reading/damage.js";
import { RecordCursor } from "../reading/record-cursor.js";
import { effectsOf, type DefectList, type Effects } from "./defect.js";
import { PlainScalars } from "./plain-scalars.js";
import type { TagChecks } from "./tag-checks.js";

/** Between two reports of how far it is. */
const REPORT_BYTES = 8 * 1024 * 1024;
/** A longer record whose data are wrong is not looked into. */
const MOST_PARSED_BYTES = 64 * 1024 * 1024;

/** What a file has. */
export interface FileCount {
  readonly path: string;
  readonly bytes: number;
  /** Events that can be read. */
  readonly events: number;
}

/** How a file is gone through. */
export interface FileCheck {
  readonly run: string;
  /** The file; it is closed in the end. */
  readonly source: ByteSource;
  readonly parser: EventParser;
  /** What the run's events are held against; of a file that TensorBoard does not read, nothing. */
  readonly tags: TagChecks | undefined;
  readonly defects: DefectList;
}

/** Goes through a file in constant memory. Yields now and then the bytes that were read since. Throws what the source does. */
export function* verifyFile({ run, source, parser, tags, defects }: FileCheck): Generator<number, FileCount> {
  const { path } = source;
  const size = source.size();
  const place = { run, path };
  const wallTimes = new WallTimes();
  const scalars = new PlainScalars();
  let events = 0;
  let reported = 0;
  const onDamage = (damage: Damage): void => {
    const { code, offset, length, message } = damage;
    const effects =
      tags === undefined
        ? UNREAD
        : damageEffects(damage, size, () => defects.hasRoom && isEventAt(source, offset));
    defects.add({ code, ...place, offset, length, message, ...effects });
  };
  const cursor = new RecordCursor(source, { onDamage });
  try {
    cursor.finish();
    while (cursor.next()) {
      if (cursor.offset - reported > REPORT_BYTES) {
        yield cursor.offset - reported;
        reported = cursor.offset;
      }
      if (tags !== undefined && scalars.recognize(cursor.bytes, cursor.start, cursor.end)) {
        tags.checkScalar(scalars.tag, scalars.step, path, cursor.offset);
        events++;
      } else if (isGood()) events++;
      else badEvent();
    }
  } finally {
    cursor.close();
  }
  yield Math.max(0, size - reported);
  wallTimes.tell(defects, place, tags !== undefined);
  return { path, bytes: size, events };

  function isGood(): boolean {
    if (!parser.parse(cursor.bytes, cursor.start, cursor.end)) return false;
    const time = parser.wallTime;
    // NaN, and what is infinite.
    if (time - time !== 0) wallTimes.add(time, cursor.offset);
    try {
      if (tags === undefined) checkForm();
      else {
        if (events === 0) checkVersion(tags);
        tags.check(path, cursor.offset);
        if (parser.count === 1 && parser.isPlain() && tags.isPlain(parser.tags[0]!)) {
          scalars.learn(cursor.bytes, cursor.start, cursor.end, parser.tags[0]!);
        }
      }
      return true;
    } catch {
      return false;
    }
  }

  // The parser passes over what is in tensors and messages. Throws the codec's error when that is nothing.
  function checkForm(): void {
    if (!parser.isPlain()) parser.event();
  }

  function checkVersion(tags: TagChecks): void {
    if (parser.what === EventField.FILE_VERSION || tags.hasVersion || tags.isVersionMissed) return;
    tags.isVersionMissed = true;
    const message =
      "the run does not begin with the version of the format, without which STARTs mean nothing";
    const effects = effectsOf("NO_FILE_VERSION");
    defects.add({ code: "NO_FILE_VERSION", ...place, offset: cursor.offset, message, ...effects });
  }

  function badEvent(): void {
    const { offset, recordEnd } = cursor;
    const effects = tags === undefined ? UNREAD : effectsOf("BAD_EVENT");
    const message = "a record is whole, and its data are no Event";
    defects.add({ code: "BAD_EVENT", ...place, offset, length: recordEnd - offset, message, ...effects });
  }
}

const UNREAD: Effects = { rust: "unread", python: "unread" };

/** What the loaders make of it as if it were the first of the file. */
function damageEffects({ code, offset, length }: Damage, size: number, isEvent: () => boolean): Effects {
  const effects = effectsOf(code);
  const isAtEnd = offset + length >= size;
  if (code === "BAD_DATA_CRC") {
    // The data server compares only the checksums of data that it cannot parse.
    return { rust: isEvent() ? "wrong" : isAtEnd ? "place" : "rest", python: isAtEnd ? "place" : "rest" };
  }
  return isAtEnd && effects.rust === "rest" ? { rust: "place", python: "place" } : effects;
}

function isEventAt(source: ByteSource, offset: number): boolean {
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    source.read(header, 0, HEADER_BYTES, offset);
    const length = header.readUInt32LE(0);
    if (length > MOST_PARSED_BYTES) return false;
    const data = Buffer.alloc(length + FOOTER_BYTES);
    if (source.read(data, 0, data.length, offset + HEADER_BYTES) < data.length) return false;
    decodeEvent(data.subarray(0, length));
    return true;
  } catch {
    return false;
  }
}

/** Wall times of a file that are no times. */
class WallTimes {
  readonly #found = new Map<"NaN" | "infinite", { offset: number; count: number }>();

  add(time: number, offset: number): void {
    const kind = Number.isNaN(time) ? "NaN" : "infinite";
    const known = this.#found.get(kind);
    if (known === undefined) this.#found.set(kind, { offset, count: 1 });
    else known.count++;
  }

  tell(defects: DefectList, place: { run: string; path: string }, isRead: boolean): void {
    for (const [kind, { offset, count }] of this.#found) {
      const message = `the wall time of an event is ${kind}`;
      const effects: Effects = { rust: kind === "NaN" ? "rest" : "place", python: "none" };
      const repeated = count > 1 && { count };
      defects.add({
        code: "BAD_WALL_TIME",
        ...place,
        offset,
        ...repeated,
        message,
        ...(isRead ? effects : UNREAD),
      });
    }
  }
}
