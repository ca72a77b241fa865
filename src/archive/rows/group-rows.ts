// The rows of a row group, in the order in which they stood in the files.

import type { RowGroup } from "hyparquet";
import type { ByteSource } from "../../events/reading/byte-source.js";
import type { ArchivedValue } from "../layout/analyse-event.js";
import {
  readKeys,
  readNumbers,
  readValues,
  type KeyColumn,
  type NumberColumn,
} from "../parquet/group-reader.js";
import type { ColumnName } from "../parquet/schema.js";

/** A row group, decoded. A place is a row's ordinal by file, record and position. */
export class GroupRows {
  readonly rows: number;
  /** By place, the row. */
  readonly #order: Int32Array;
  readonly #files: Int32Array;
  readonly #records: Int32Array;
  readonly #tags: KeyColumn<string> | undefined;
  readonly #steps: NumberColumn | undefined;
  readonly #wallTimes: NumberColumn | undefined;
  readonly #values: NumberColumn | undefined;
  readonly #layouts: KeyColumn<Uint8Array> | undefined;
  readonly #texts: ArrayLike<unknown> | undefined;
  readonly #numbers: ArrayLike<unknown> | undefined;
  readonly #data: ArrayLike<unknown> | undefined;
  readonly #raws: ArrayLike<unknown> | undefined;

  /** Throws a `RangeError`, or what the decoder does, for what is no row group of an archive. */
  constructor(source: ByteSource, group: RowGroup) {
    this.rows = Number(group.num_rows);
    this.#files = integers(source, group, "file");
    this.#records = integers(source, group, "record");
    const positions = integers(source, group, "position");
    this.#tags = readKeys(source, group, "tag");
    this.#steps = readNumbers(source, group, "step");
    this.#wallTimes = readNumbers(source, group, "wall_time");
    this.#values = readNumbers(source, group, "value");
    this.#layouts = readKeys(source, group, "layout");
    this.#texts = readValues(source, group, "text");
    this.#numbers = readValues(source, group, "numbers");
    this.#data = readValues(source, group, "data");
    this.#raws = readValues(source, group, "raw");
    this.#order = orderOf(this.#files, this.#records, positions);
  }

  fileAt(place: number): number {
    return this.#files[this.#order[place]!]!;
  }

  recordAt(place: number): number {
    return this.#records[this.#order[place]!]!;
  }

  /** The place behind the last one of the record that begins at `place`. */
  recordEnd(place: number): number {
    const order = this.#order;
    const file = this.fileAt(place);
    const record = this.recordAt(place);
    let end = place + 1;
    while (end < this.rows && this.#records[order[end]!] === record && this.#files[order[end]!] === file)
      end++;
    return end;
  }

  /** The first place of each file from `file` on; `rows` if there is none. */
  firstOf(file: number): number {
    let low = 0;
    let high = this.rows;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.fileAt(middle) < file) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  tagAt(place: number): string | undefined {
    return this.#tags === undefined ? undefined : keyAt(this.#tags, this.#order[place]!);
  }

  /** NaN beyond 2^53, or where there is none. */
  stepAt(place: number): number {
    return this.#steps === undefined ? Number.NaN : this.#steps.values[this.#order[place]!]!;
  }

  wallTimeAt(place: number): number {
    return this.#wallTimes === undefined ? Number.NaN : this.#wallTimes.values[this.#order[place]!]!;
  }

  hasNumber(place: number): boolean {
    if (this.#values === undefined) return false;
    return this.#values.isThere === undefined || this.#values.isThere[this.#order[place]!] === 1;
  }

  /** NaN for a row that has none. */
  numberAt(place: number): number {
    return this.#values === undefined ? Number.NaN : this.#values.values[this.#order[place]!]!;
  }

  layoutAt(place: number): Uint8Array | undefined {
    return this.#layouts === undefined ? undefined : keyAt(this.#layouts, this.#order[place]!);
  }

  rawAt(place: number): Uint8Array | undefined {
    return (this.#raws?.[this.#order[place]!] ?? undefined) as Uint8Array | undefined;
  }

  valueAt(place: number): ArchivedValue {
    const row = this.#order[place]!;
    return {
      tag: this.tagAt(place),
      value: this.hasNumber(place) ? this.numberAt(place) : undefined,
      text: (this.#texts?.[row] ?? undefined) as string | undefined,
      numbers: listAt(this.#numbers, row) as Float64Array | undefined,
      data: listAt(this.#data, row) as Uint8Array[] | undefined,
    };
  }
}

function integers(source: ByteSource, group: RowGroup, name: ColumnName): Int32Array {
  const column = readNumbers(source, group, name);
  if (column === undefined || column.isThere?.includes(0) === true) {
    throw new RangeError(`column ${name} has missing values`);
  }
  // Other programs write them in other encodings, of which the decoder makes a list.
  return column.values instanceof Int32Array ? column.values : Int32Array.from(column.values);
}

function keyAt<T>({ list, places }: KeyColumn<T>, row: number): T | undefined {
  const place = places[row]!;
  return place < 0 ? undefined : list[place];
}

// The decoder gives a list that is missing as [], and one that is there as [list].
function listAt(column: ArrayLike<unknown> | undefined, row: number): unknown {
  const list = column?.[row] as readonly unknown[] | null | undefined;
  return list?.[0];
}

/** The rows by file, record and position: in the file they are sorted by tag. */
function orderOf(files: Int32Array, records: Int32Array, positions: Int32Array): Int32Array {
  const rows = files.length;
  const starts = recordStarts(files, records);
  const numbers = starts.numbers;
  const next = Int32Array.from(starts.counts);
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[next[numbers[row]!]!++] = row;
  // Of each record the rows by their position; nearly always there is one, or few.
  for (let from = 0; from < rows;) {
    const number = numbers[order[from]!]!;
    let to = from + 1;
    while (to < rows && numbers[order[to]!] === number) to++;
    if (to - from > 16) order.subarray(from, to).sort((a, b) => positions[a]! - positions[b]!);
    else if (to - from > 1) insertionSort(order, from, to, positions);
    from = to;
  }
  return order;
}

function insertionSort(order: Int32Array, from: number, to: number, keys: Int32Array): void {
  for (let i = from + 1; i < to; i++) {
    const row = order[i]!;
    let at = i;
    for (; at > from && keys[order[at - 1]!]! > keys[row]!; at--) order[at] = order[at - 1]!;
    order[at] = row;
  }
}

/** By row, the number of its record, counted over all files; by record, how many rows come before it. */
function recordStarts(files: Int32Array, records: Int32Array): { numbers: Int32Array; counts: Int32Array } {
  const rows = files.length;
  const least = new Map<number, number>();
  const greatest = new Map<number, number>();
  let lastFile = -1;
  let low = 0;
  let high = 0;
  const keep = (): void => {
    if (lastFile < 0) return;
    least.set(lastFile, Math.min(low, least.get(lastFile) ?? low));
    greatest.set(lastFile, Math.max(high, greatest.get(lastFile) ?? high));
  };
  for (let row = 0; row < rows; row++) {
    const file = files[row]!;
    const record = records[row]!;
    if (file !== lastFile) {
      keep();
      lastFile = file;
      low = high = record;
    } else if (record < low) low = record;
    else if (record > high) high = record;
  }
  keep();
  const bases = new Map<number, number>();
  let total = 0;
  for (const file of [...least.keys()].toSorted((a, b) => a - b)) {
    bases.set(file, total - least.get(file)!);
    total += greatest.get(file)! - least.get(file)! + 1;
  }
  if (total > rows) throw new RangeError("records are missing in a row group");
  const numbers = new Int32Array(rows);
  const counts = new Int32Array(total + 1);
  lastFile = -1;
  let base = 0;
  for (let row = 0; row < rows; row++) {
    const file = files[row]!;
    if (file !== lastFile) base = bases.get((lastFile = file))!;
    const number = base + records[row]!;
    numbers[row] = number;
    counts[number + 1]!++;
  }
  for (let i = 1; i <= total; i++) counts[i]! += counts[i - 1]!;
  return { numbers, counts };
}
