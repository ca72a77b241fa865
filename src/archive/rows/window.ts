// The rows of consecutive records that become one row group.

import type { Statistics } from "hyparquet";
import type { Layouts, Names } from "../layout/interned.js";
import type { ColumnData, GroupData } from "../parquet/group-writer.js";

/** What a row has beside its numbers. At most one of the first three and one of the last two is there. */
export interface RowObjects {
  readonly text?: string | undefined;
  readonly numbers?: Float64Array | undefined;
  readonly data?: readonly Uint8Array[] | undefined;
  readonly raw?: Uint8Array | undefined;
  /** A step beyond 2^53, exactly. */
  readonly bigStep?: bigint | undefined;
}

const FIRST_ROWS = 1024;
const HAS_EVENT = 1;
const HAS_VALUE = 2;

/** Rows on their way. Names are given as numbers of `names`, layouts as those of `layouts`; -1 is none. */
export class Window {
  readonly names: Names;
  readonly layouts: Layouts;
  rows = 0;
  /** Of texts, data, layouts and the like. */
  bytes = 0;
  #flags = new Uint8Array(FIRST_ROWS);
  #runs = new Int32Array(FIRST_ROWS);
  #tags = new Int32Array(FIRST_ROWS);
  #plugins = new Int32Array(FIRST_ROWS);
  #files = new Int32Array(FIRST_ROWS);
  #records = new Int32Array(FIRST_ROWS);
  #positions = new Int32Array(FIRST_ROWS);
  #layouts = new Int32Array(FIRST_ROWS);
  #steps = new Float64Array(FIRST_ROWS);
  #wallTimes = new Float64Array(FIRST_ROWS);
  #values = new Float64Array(FIRST_ROWS);
  readonly #objects = new Map<number, RowObjects>();
  // Of the record at hand.
  #file = 0;
  #run = 0;
  #record = 0;

  constructor(names: Names, layouts: Layouts) {
    this.names = names;
    this.layouts = layouts;
  }

  clear(): void {
    this.rows = 0;
    this.bytes = 0;
    this.#objects.clear();
  }

  /** Whose rows are added from now on. */
  begin(file: number, run: number, record: number): void {
    this.#file = file;
    this.#run = run;
    this.#record = record;
  }

  /** A row without step, time and value. */
  addPlain(position: number, layout: number, objects?: RowObjects): void {
    const row = this.#add(position, -1, -1, layout);
    this.#flags[row] = 0;
    if (objects !== undefined) this.#keep(row, objects);
  }

  /** A row of an event: `value` is `undefined` for none. */
  addEvent(
    position: number,
    tag: number,
    plugin: number,
    step: number,
    wallTime: number,
    value: number | undefined,
    layout: number,
    objects?: RowObjects,
  ): void {
    const row = this.#add(position, tag, plugin, layout);
    this.#flags[row] = value === undefined ? HAS_EVENT : HAS_EVENT | HAS_VALUE;
    this.#steps[row] = step;
    this.#wallTimes[row] = wallTime;
    this.#values[row] = value ?? 0;
    if (objects !== undefined) this.#keep(row, objects);
  }

  #add(position: number, tag: number, plugin: number, layout: number): number {
    if (this.rows === this.#tags.length) this.#grow();
    const row = this.rows++;
    this.#runs[row] = this.#run;
    this.#files[row] = this.#file;
    this.#records[row] = this.#record;
    this.#positions[row] = position;
    this.#tags[row] = tag;
    this.#plugins[row] = plugin;
    this.#layouts[row] = layout;
    return row;
  }

  #keep(row: number, objects: RowObjects): void {
    const { text, numbers, data, raw } = objects;
    this.#objects.set(row, objects);
    this.bytes += 64 + 2 * (text?.length ?? 0) + (numbers?.byteLength ?? 0) * 2 + (raw?.length ?? 0);
    for (const piece of data ?? []) this.bytes += 32 + piece.length;
  }

  #grow(): void {
    const size = this.#tags.length * 2;
    const grown = <T extends Int32Array | Uint8Array | Float64Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    this.#flags = grown(new Uint8Array(size), this.#flags);
    this.#runs = grown(new Int32Array(size), this.#runs);
    this.#tags = grown(new Int32Array(size), this.#tags);
    this.#plugins = grown(new Int32Array(size), this.#plugins);
    this.#files = grown(new Int32Array(size), this.#files);
    this.#records = grown(new Int32Array(size), this.#records);
    this.#positions = grown(new Int32Array(size), this.#positions);
    this.#layouts = grown(new Int32Array(size), this.#layouts);
    this.#steps = grown(new Float64Array(size), this.#steps);
    this.#wallTimes = grown(new Float64Array(size), this.#wallTimes);
    this.#values = grown(new Float64Array(size), this.#values);
  }

  /** The rows as columns, sorted by run, tag and record. */
  columns(): GroupData {
    const order = this.#order();
    const layouts = this.layouts.list;
    const objects = <T>(pick: (one: RowObjects) => T | undefined): (T | null)[] =>
      this.#objects.size === 0 ? [] : mapped(order, (row) => this.#objectOf(row, pick));
    return {
      run: () => this.#nameColumn(order, this.#runs),
      tag: () => this.#nameColumn(order, this.#tags),
      step: () => this.#stepColumn(order),
      wall_time: () => this.#numberColumn(order, this.#wallTimes, HAS_EVENT),
      value: () => this.#numberColumn(order, this.#values, HAS_VALUE),
      plugin: () => this.#nameColumn(order, this.#plugins),
      text: () => objectColumn(objects(({ text }) => text)),
      numbers: () => listColumn(objects(({ numbers }) => numbers)),
      data: () => listColumn(objects(({ data }) => data)),
      file: () => integerColumn(order, this.#files),
      record: () => integerColumn(order, this.#records),
      position: () => integerColumn(order, this.#positions),
      layout: () => objectColumn(mapped(order, (row) => layouts[this.#layouts[row]!] ?? null)),
      raw: () => objectColumn(objects(({ raw }) => raw)),
    };
  }

  #objectOf<T>(row: number, pick: (one: RowObjects) => T | undefined): T | null {
    const one = this.#objects.get(row);
    return (one && pick(one)) ?? null;
  }

  #nameColumn(order: Int32Array, numbers: Int32Array): ColumnData {
    const { list } = this.names;
    let missing = 0;
    let least: string | undefined;
    let greatest: string | undefined;
    let last = -2;
    const values = mapped(order, (row) => {
      const number = numbers[row]!;
      if (number < 0) {
        missing++;
        return null;
      }
      const name = list[number]!;
      if (number !== last) {
        last = number;
        if (least === undefined || compare(name, least) < 0) least = name;
        if (greatest === undefined || compare(name, greatest) > 0) greatest = name;
      }
      return name;
    });
    if (missing === order.length) return MISSING;
    return { values, statistics: { min_value: least!, max_value: greatest!, null_count: BigInt(missing) } };
  }

  // In two passes, each of which keeps the order that is there: by tag, then by run.
  #order(): Int32Array {
    const { list } = this.names;
    const rows = Int32Array.from({ length: this.rows }, (_, row) => row);
    return this.#sorted(this.#sorted(rows, this.#tags, list), this.#runs, list);
  }

  #sorted(order: Int32Array, keys: Int32Array, names: readonly string[]): Int32Array {
    const present = new Set<number>();
    for (let i = 0; i < order.length; i++) present.add(keys[order[i]!]!);
    if (present.size <= 1) return order;
    const ranked = [...present].toSorted((a, b) => (a < 0 || b < 0 ? a - b : compare(names[a]!, names[b]!)));
    const rank = new Map(ranked.map((key, i) => [key, i]));
    const starts = new Int32Array(ranked.length + 1);
    for (let i = 0; i < order.length; i++) starts[rank.get(keys[order[i]!]!)! + 1]!++;
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    const sorted = new Int32Array(order.length);
    for (let i = 0; i < order.length; i++) sorted[starts[rank.get(keys[order[i]!]!)!]!++] = order[i]!;
    return sorted;
  }

  #stepColumn(order: Int32Array): ColumnData {
    let missing = 0;
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    let isExact = true;
    for (let row = 0; row < this.rows; row++) {
      const step = this.#steps[row]!;
      if ((this.#flags[row]! & HAS_EVENT) === 0) missing++;
      else if (!Number.isSafeInteger(step)) isExact = false;
      else {
        if (step < least) least = step;
        if (step > greatest) greatest = step;
      }
    }
    if (missing === this.rows) return MISSING;
    if (missing === 0 && isExact && least > -NARROW && greatest < NARROW) {
      const values = order.map((row) => this.#steps[row]!);
      return { values, statistics: statistics(BigInt(least), BigInt(greatest), 0) };
    }
    const stepAt = (row: number): bigint => this.#objects.get(row)?.bigStep ?? BigInt(this.#steps[row]!);
    const values = mapped(order, (row) => ((this.#flags[row]! & HAS_EVENT) === 0 ? null : stepAt(row)));
    const steps = values.filter((step) => step !== null);
    const low = steps.reduce((a, b) => (b < a ? b : a));
    const high = steps.reduce((a, b) => (b > a ? b : a));
    return { values, statistics: statistics(low, high, missing) };
  }

  #numberColumn(order: Int32Array, numbers: Float64Array, flag: number): ColumnData {
    const column = new Float64Array(order.length);
    let missing = 0;
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < order.length; i++) {
      const row = order[i]!;
      const number = numbers[row]!;
      if ((this.#flags[row]! & flag) === 0) {
        missing++;
        continue;
      }
      column[i] = number;
      if (number < least) least = number;
      if (number > greatest) greatest = number;
    }
    if (missing === order.length) return MISSING;
    const values =
      missing === 0
        ? column
        : mapped(order, (row) => ((this.#flags[row]! & flag) === 0 ? null : numbers[row]!));
    if (least > greatest) return { values, statistics: { null_count: BigInt(missing) } };
    // As the format asks: a zero may be either one.
    return {
      values,
      statistics: statistics(least === 0 ? -0 : least, greatest === 0 ? 0 : greatest, missing),
    };
  }
}

const MISSING: ColumnData = { values: [] };
/** Steps within it are packed as numbers of 32 bits: no two differ by more than those hold. */
const NARROW = 2 ** 30;

function statistics(least: number | bigint, greatest: number | bigint, missing: number): Statistics {
  return { min_value: least, max_value: greatest, null_count: BigInt(missing) };
}

function integerColumn(order: Int32Array, numbers: Int32Array): ColumnData {
  const values = order.map((row) => numbers[row]!);
  let least = values[0]!;
  let greatest = least;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { values, statistics: statistics(least, greatest, 0) };
}

function objectColumn(rows: readonly unknown[]): ColumnData {
  return rows.every((row) => row === null) ? MISSING : { values: rows };
}

function listColumn(rows: readonly (ArrayLike<unknown> | null)[]): ColumnData {
  const lengths = Int32Array.from(rows, (row) => row?.length ?? -1);
  let total = 0;
  for (const row of rows) total += row?.length ?? 0;
  const values = rows.some((row) => row instanceof Float64Array)
    ? new Float64Array(total)
    : Array.from<unknown>({ length: total });
  let at = 0;
  for (const row of rows) {
    if (row === null) continue;
    for (let i = 0; i < row.length; i++) (values as unknown[])[at++] = row[i];
  }
  return { values, lengths };
}

function mapped<T>(order: Int32Array, make: (row: number) => T): T[] {
  const values: T[] = [];
  for (let i = 0; i < order.length; i++) values.push(make(order[i]!));
  return values;
}

// In the order of their code points, as Parquet orders strings.
function compare(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
