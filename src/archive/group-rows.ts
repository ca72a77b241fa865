// The rows of a row group, in the order in which they stood in the files.

import type { RowGroup } from "hyparquet";
import type { ByteSource } from "../events/reading/byte-source.js";
import type { ArchivedValue } from "./layout/analyse-event.js";
import { readGroupColumn, type ColumnValues } from "./parquet/group-reader.js";
import type { ColumnName } from "./parquet/schema.js";

/** A row group, decoded. A place is a row's ordinal by file, record and position. */
export class GroupRows {
  readonly rows: number;
  /** By place, the row. */
  readonly #order: Int32Array;
  readonly #files: ArrayLike<number>;
  readonly #records: ArrayLike<number>;
  readonly #tags: ColumnValues | undefined;
  readonly #steps: ColumnValues | undefined;
  readonly #wallTimes: ColumnValues | undefined;
  readonly #values: ColumnValues | undefined;
  readonly #texts: ColumnValues | undefined;
  readonly #numbers: ColumnValues | undefined;
  readonly #data: ColumnValues | undefined;
  readonly #layouts: ColumnValues | undefined;
  readonly #raws: ColumnValues | undefined;

  /** Throws a `RangeError`, or what the decoder does, for what is no row group of an archive. */
  constructor(source: ByteSource, group: RowGroup) {
    const column = (name: ColumnName): ColumnValues | undefined => readGroupColumn(source, group, name);
    const integers = (name: ColumnName): ArrayLike<number> => {
      const values = column(name) ?? [];
      // Other programs write them in other encodings, of which the decoder makes a list.
      const all = values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>);
      if (all.length !== Number(group.num_rows)) throw new RangeError(`column ${name} has missing values`);
      return all;
    };
    this.rows = Number(group.num_rows);
    this.#files = integers("file");
    this.#records = integers("record");
    const positions = integers("position");
    this.#tags = column("tag");
    this.#steps = column("step");
    this.#wallTimes = column("wall_time");
    this.#values = column("value");
    this.#texts = column("text");
    this.#numbers = column("numbers");
    this.#data = column("data");
    this.#layouts = column("layout");
    this.#raws = column("raw");
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
    return (this.#tags?.[this.#order[place]!] ?? undefined) as string | undefined;
  }

  /** NaN beyond 2^53, or where there is none. */
  stepAt(place: number): number {
    const step = this.#steps?.[this.#order[place]!] as bigint | null | undefined;
    if (step === null || step === undefined) return Number.NaN;
    const number = Number(step);
    return Number.isSafeInteger(number) ? number : Number.NaN;
  }

  wallTimeAt(place: number): number {
    return (this.#wallTimes?.[this.#order[place]!] ?? Number.NaN) as number;
  }

  /** `undefined` for a row that has none. */
  numberAt(place: number): number | undefined {
    return (this.#values?.[this.#order[place]!] ?? undefined) as number | undefined;
  }

  layoutAt(place: number): Uint8Array | undefined {
    return (this.#layouts?.[this.#order[place]!] ?? undefined) as Uint8Array | undefined;
  }

  rawAt(place: number): Uint8Array | undefined {
    return (this.#raws?.[this.#order[place]!] ?? undefined) as Uint8Array | undefined;
  }

  valueAt(place: number): ArchivedValue {
    const row = this.#order[place]!;
    return {
      tag: this.tagAt(place),
      value: this.numberAt(place),
      text: (this.#texts?.[row] ?? undefined) as string | undefined,
      numbers: listAt(this.#numbers, row) as Float64Array | undefined,
      data: listAt(this.#data, row) as Uint8Array[] | undefined,
    };
  }
}

// The decoder gives a list that is missing as [], and one that is there as [list].
function listAt(column: ColumnValues | undefined, row: number): unknown {
  const list = column?.[row] as readonly unknown[] | null | undefined;
  return list?.[0];
}

/** The rows by file, record and position: in the file they are sorted by tag. */
function orderOf(
  files: ArrayLike<number>,
  records: ArrayLike<number>,
  positions: ArrayLike<number>,
): Int32Array {
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

function insertionSort(order: Int32Array, from: number, to: number, keys: ArrayLike<number>): void {
  for (let i = from + 1; i < to; i++) {
    const row = order[i]!;
    let at = i;
    for (; at > from && keys[order[at - 1]!]! > keys[row]!; at--) order[at] = order[at - 1]!;
    order[at] = row;
  }
}

/** By row, the number of its record, counted over all files; by record, how many rows come before it. */
function recordStarts(
  files: ArrayLike<number>,
  records: ArrayLike<number>,
): { numbers: Int32Array; counts: Int32Array } {
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
