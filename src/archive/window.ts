// The rows of consecutive records that become one row group.

import { Layouts, Names } from "./layout/interned.js";
import type { ColumnData, GroupData } from "./parquet/group-writer.js";

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
/** About what a row takes beside what it has of its own. */
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
    const { list } = this.names;
    const nameAt = (numbers: Int32Array): (string | null)[] =>
      mapped(order, (row) => (numbers[row]! < 0 ? null : list[numbers[row]!]!));
    const objects = <T>(pick: (one: RowObjects) => T | undefined): (T | null)[] =>
      mapped(order, (row) => {
        const one = this.#objects.get(row);
        return (one === undefined ? undefined : pick(one)) ?? null;
      });
    const nothing: ColumnData = { values: new Array<null>(this.rows).fill(null) };
    const none = this.#objects.size === 0;
    const lists = <T>(pick: (one: RowObjects) => ArrayLike<T> | undefined, isNumbers: boolean) =>
      listColumn(
        mapped(order, (row) => {
          const one = none ? undefined : this.#objects.get(row);
          return one && pick(one);
        }),
        isNumbers,
      );
    const layouts = this.layouts.list;
    return {
      run: { values: nameAt(this.#runs) },
      tag: { values: nameAt(this.#tags) },
      step: { values: this.#stepColumn(order) },
      wall_time: { values: this.#numberColumn(order, this.#wallTimes, HAS_EVENT) },
      value: { values: this.#numberColumn(order, this.#values, HAS_VALUE) },
      plugin: { values: nameAt(this.#plugins) },
      text: none ? nothing : { values: objects(({ text }) => text) },
      numbers: lists(({ numbers }) => numbers, true),
      data: lists(({ data }) => data, false),
      file: { values: order.map((row) => this.#files[row]!) },
      record: { values: order.map((row) => this.#records[row]!) },
      position: { values: order.map((row) => this.#positions[row]!) },
      layout: {
        values: mapped(order, (row) => (this.#layouts[row]! < 0 ? null : layouts[this.#layouts[row]!]!)),
      },
      raw: none ? nothing : { values: objects(({ raw }) => raw) },
    };
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

  #stepColumn(order: Int32Array): ArrayLike<unknown> {
    let isSmall = true;
    let isComplete = true;
    for (let row = 0; row < this.rows; row++) {
      if ((this.#flags[row]! & HAS_EVENT) === 0) isComplete = false;
      else if (this.#steps[row] !== (this.#steps[row]! | 0)) isSmall = false;
    }
    if (isSmall && isComplete) return order.map((row) => this.#steps[row]!);
    const stepAt = (row: number): number | bigint =>
      isSmall ? this.#steps[row]! : (this.#objects.get(row)?.bigStep ?? BigInt(this.#steps[row]!));
    return mapped(order, (row) => ((this.#flags[row]! & HAS_EVENT) === 0 ? null : stepAt(row)));
  }

  #numberColumn(order: Int32Array, numbers: Float64Array, flag: number): ArrayLike<unknown> {
    const column = new Float64Array(order.length);
    let isComplete = true;
    for (let i = 0; i < order.length; i++) {
      column[i] = numbers[order[i]!]!;
      if ((this.#flags[order[i]!]! & flag) === 0) isComplete = false;
    }
    if (isComplete) return column;
    return mapped(order, (row) => ((this.#flags[row]! & flag) === 0 ? null : numbers[row]!));
  }
}

function listColumn<T>(rows: readonly (ArrayLike<T> | undefined)[], isNumbers: boolean): ColumnData {
  const lengths = new Int32Array(rows.length);
  let total = 0;
  for (const [i, row] of rows.entries()) {
    lengths[i] = row === undefined ? -1 : row.length;
    total += row?.length ?? 0;
  }
  const values = isNumbers ? new Float64Array(total) : new Array<unknown>(total);
  let at = 0;
  for (const row of rows) {
    if (row === undefined) continue;
    for (let i = 0; i < row.length; i++) (values as unknown[])[at++] = row[i];
  }
  return { values, lengths };
}

function mapped<T>(order: Int32Array, make: (row: number) => T): T[] {
  const values = new Array<T>(order.length);
  for (let i = 0; i < order.length; i++) values[i] = make(order[i]!);
  return values;
}

// In the order of their code points, as Parquet orders strings.
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
