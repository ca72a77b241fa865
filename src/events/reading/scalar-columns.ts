// The scalars of a run as columns: every point, no sampling.

import { EventField } from "../../wire/event-fields.js";
import { EventParser } from "../../wire/event-parser.js";
import { formOf } from "../tag-forms.js";
import type { ByteSource } from "./byte-source.js";
import { noEventAt, throwDamage, type Damage } from "./damage.js";
import { isRecordFile } from "./full-resolution.js";
import type { LogSource } from "./log-source.js";
import { RecordCursor } from "./record-cursor.js";

/** The points of one tag, in the order in which they were written; the three are equally long. */
export interface ScalarColumns {
  /** Beyond 2^53, the nearest number. */
  readonly steps: Float64Array;
  /** Seconds since 1970-01-01 UTC. */
  readonly wallTimes: Float64Array;
  readonly values: Float64Array;
}

/**
 * Which of a run's points are given where a program went on at an earlier step. `shown`: as TensorBoard's data server, by which a tag's value
 * makes void all earlier ones with its step or a later one, and an event whose wall time is not finite is not there; in record files a START does so too,
 * for all tags. `all`: every point that is in the files.
 */
export type Restarts = "shown" | "all";

/** Which scalars are read, and what becomes of damage. */
export interface ReadScalarsOptions {
  /** Only tags for which it returns true; asked once a tag. Others are not decoded. */
  readonly tags?: (tag: string) => boolean;
  /** `shown` unless given. */
  readonly restarts?: Restarts;
  /** Told of each stretch of a file that is no event. Without it damage is an error. */
  readonly onDamage?: (damage: Damage) => void;
  /** Where the files are that are named by paths; on the disk unless given. */
  readonly source?: LogSource;
}

/**
 * The scalars of a run by tag, from its files in TensorBoard's order: plain numbers and tensors of one element. A tag is one of scalars when its
 * first value is, by its metadata; what stands under a tag of another dashboard is not given.
 *
 * Memory: 24 bytes a point, up to twice of that while reading. Throws a `CorruptFileError` for damage without `onDamage`, but not for a torn tail; and a
 * `LogdirError` with code `LOGDIR_NOT_READABLE` when the system cannot read a file.
 */
export function readScalarColumns(
  files: readonly (string | ByteSource)[],
  options: ReadScalarsOptions = {},
): Map<string, ScalarColumns> {
  const { source } = options;
  const known = source && columnsIn(source, files, options);
  if (known !== undefined) return known;
  const reader = new ColumnReader(options);
  for (const [i, file] of files.entries()) {
    const isElsewhere = source !== undefined && typeof file === "string";
    reader.readFile(isElsewhere ? source.open(file) : file, files.length - i);
  }
  return reader.columns();
}

/** Where the source has them in columns already. */
function columnsIn(
  source: LogSource,
  files: readonly (string | ByteSource)[],
  { tags = () => true, restarts = "shown" }: ReadScalarsOptions,
): Map<string, ScalarColumns> | undefined {
  const paths = files.filter((file) => typeof file === "string");
  return paths.length === files.length ? source.scalars?.(paths, { tags, restarts }) : undefined;
}

class ColumnReader {
  readonly #tags: (tag: string) => boolean;
  readonly #isShown: boolean;
  readonly #onDamage: (damage: Damage) => void;
  readonly #parser = new EventParser();
  #cursor: RecordCursor | undefined;
  // That are left to read, about.
  #bytes = 0;
  // By the parser's number of the tag; null: not wanted, or none of scalars.
  readonly #columns: (GrowingColumns | null)[] = [];

  constructor({ tags = () => true, restarts = "shown", onDamage = throwDamage }: ReadScalarsOptions) {
    this.#tags = tags;
    this.#isShown = restarts === "shown";
    this.#onDamage = onDamage;
  }

  /** `left`: how many files there are to read, this one among them. */
  readFile(file: string | ByteSource, left: number): void {
    const onDamage = this.#onDamage;
    const cursor = new RecordCursor(file, { onDamage });
    this.#cursor = cursor;
    this.#bytes = cursor.pending * left;
    cursor.finish();
    const parser = this.#parser;
    const isRecords = isRecordFile(cursor.path);
    try {
      while (cursor.next()) {
        if (parser.parse(cursor.bytes, cursor.start, cursor.end)) {
          if (parser.what === EventField.SUMMARY) this.#addEvent();
          else if (isRecords && parser.isStart) this.#cutAll();
        } else {
          onDamage(noEventAt(cursor));
        }
      }
    } finally {
      cursor.close();
    }
  }

  columns(): Map<string, ScalarColumns> {
    const columns = new Map<string, ScalarColumns>();
    for (const [tag, column] of this.#columns.entries()) {
      if (column && column.length > 0) columns.set(this.#parser.names[tag]!, column.finished());
    }
    return columns;
  }

  #addEvent(): void {
    const parser = this.#parser;
    if (this.#isShown && !Number.isFinite(parser.wallTime)) return;
    for (let i = 0; i < parser.count; i++) {
      const tag = parser.tags[i]!;
      let column = this.#columns[tag];
      if (column === undefined) column = this.#columns[tag] = this.#columnOf(i);
      if (column === null) continue;
      if (this.#isShown) column.cut(parser);
      if (parser.isScalar[i] === 1) {
        if (column.isFull) column.grow(this.#cursor!.recordEnd / this.#bytes);
        column.add(parser, i);
      }
    }
  }

  #cutAll(): void {
    if (!this.#isShown) return;
    for (const column of this.#columns) column?.cut(this.#parser);
  }

  // What the first value of a tag says.
  #columnOf(i: number): GrowingColumns | null {
    const parser = this.#parser;
    const tag = parser.names[parser.tags[i]!]!;
    if (!this.#tags(tag)) return null;
    const value = parser.event().summary![i]!;
    const plugin = formOf(value)?.pluginName;
    // TensorBoard does not show a number that says nothing of itself; the record that did may be lost.
    const isOfScalars = plugin === "scalars" || (plugin === undefined && parser.isScalar[i] === 1);
    return isOfScalars ? new GrowingColumns() : null;
  }
}

class GrowingColumns {
  length = 0;
  #steps = new Float64Array(64);
  #wallTimes = new Float64Array(64);
  #values = new Float64Array(64);

  get isFull(): boolean {
    return this.length === this.#steps.length;
  }

  // Both take the parser, not its numbers, which V8 would put on the heap for a call.

  /** Takes away the last points that have the event's step or a later one. */
  cut(parser: EventParser): void {
    const steps = this.#steps;
    const { step } = parser;
    while (this.length > 0 && steps[this.length - 1]! >= step) this.length--;
  }

  /** Adds the event's value `i`. There must be room. */
  add(parser: EventParser, i: number): void {
    const at = this.length++;
    this.#steps[at] = parser.step;
    this.#wallTimes[at] = parser.wallTime;
    this.#values[at] = parser.numbers[i]!;
  }

  /** Makes room for as many as there will be if it goes on like that; `progress`: how much of all bytes was read. */
  grow(progress: number): void {
    const { length } = this.#steps;
    const expected = Math.ceil((length / progress) * 1.02);
    const larger = Math.min(Math.max(expected, length * 1.5), length * 8);
    this.#steps = enlarged(this.#steps, larger);
    this.#wallTimes = enlarged(this.#wallTimes, larger);
    this.#values = enlarged(this.#values, larger);
  }

  finished(): ScalarColumns {
    return {
      steps: this.#end(this.#steps),
      wallTimes: this.#end(this.#wallTimes),
      values: this.#end(this.#values),
    };
  }

  #end(column: Float64Array): Float64Array {
    const isTight = column.length - this.length < this.length / 8;
    return isTight ? column.subarray(0, this.length) : column.slice(0, this.length);
  }
}

function enlarged(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(column);
  return larger;
}
