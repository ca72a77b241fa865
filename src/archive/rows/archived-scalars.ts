// The scalars of archived files, from the columns: the files are not made.

import type { RowGroup } from "hyparquet";
import type { ByteSource } from "../../events/reading/byte-source.js";
import type { Restarts, ScalarColumns } from "../../events/reading/scalar-columns.js";
import { EventParser } from "../../wire/event-parser.js";
import type { ArchiveReader } from "./archive-reader.js";
import type { ArchivedFile } from "../manifest.js";
import { readKeys, readNumbers, type KeyColumn, type NumberColumn } from "../parquet/group-reader.js";

/** What is asked for, as of `readScalarColumns`. */
export interface ArchivedScalarsOptions {
  readonly tags: (tag: string) => boolean;
  readonly restarts: Restarts;
}

/**
 * As `readScalarColumns`, of files of one run in their order. `undefined` where the columns do not tell it all: for files with damage or records that are kept as they
 * are, record files with a START, and tags of which some value is no number in a column.
 *
 * Throws an `ArchiveError` with code `ARCHIVE_DAMAGED`.
 */
export function archivedScalars(
  archive: ArchiveReader,
  files: readonly ArchivedFile[],
  options: ArchivedScalarsOptions,
): Map<string, ScalarColumns> | undefined {
  if (files.some(({ raw, kind }) => raw > 0 || kind === "other")) return undefined;
  const ordinals = files.map((file) => archive.ordinalOf(file));
  if (ordinals.some((ordinal, i) => i > 0 && ordinal <= ordinals[i - 1]!)) return undefined;
  const filled = files.filter(({ firstGroup }) => firstGroup >= 0);
  const first = Math.min(...filled.map(({ firstGroup }) => firstGroup));
  const last = Math.max(...filled.map(({ lastGroup }) => lastGroup));
  const isShown = options.restarts === "shown";
  const starts = isShown ? files.filter(({ kind }) => kind === "records") : [];
  const read = new ScalarRead(options.tags, ordinals, new Set(starts.map((file) => archive.ordinalOf(file))));
  for (let group = first; group <= last; group++) {
    if (!archive.read((source) => read.addGroup(source, archive.groups[group]!))) return undefined;
  }
  return read.columns(isShown);
}

/** The points of a tag, as far as they are read. */
interface Growing {
  readonly tag: string;
  /** Of its first row: which tag came first is told by that. */
  readonly first: readonly [group: number, file: number, record: number, position: number];
  readonly steps: ArrayLike<number>[];
  readonly wallTimes: ArrayLike<number>[];
  readonly values: ArrayLike<number>[];
}

class ScalarRead {
  readonly #wants: (tag: string) => boolean;
  readonly #isFile: Uint8Array;
  /** Files in which a START would make void what is before it. */
  readonly #withStarts: ReadonlySet<number>;
  // `false`: not asked for; `null`: of another dashboard.
  readonly #tags = new Map<string, Growing | null | false>();
  readonly #parser = new EventParser();
  #groups = 0;

  constructor(wants: (tag: string) => boolean, ordinals: readonly number[], withStarts: ReadonlySet<number>) {
    this.#wants = wants;
    this.#isFile = new Uint8Array(Math.max(0, ...ordinals) + 1);
    for (const ordinal of ordinals) this.#isFile[ordinal] = 1;
    this.#withStarts = withStarts;
  }

  /** False when the columns do not tell it all. Throws what the decoder does. */
  addGroup(source: ByteSource, group: RowGroup): boolean {
    this.#groups++;
    const files = readNumbers(source, group, "file")!.values;
    const tags = readKeys<string>(source, group, "tag");
    const columns = new LazyColumns(source, group);
    const rows = files.length;
    for (let from = 0; from < rows;) {
      const place = tags === undefined ? -1 : tags.places[from]!;
      const file = files[from]!;
      let to = from + 1;
      while (to < rows && files[to] === file && (tags === undefined ? -1 : tags.places[to]!) === place) to++;
      if (this.#isFile[file] === 1) {
        const isRead =
          place < 0
            ? this.#areWithoutTag(columns, from, to, this.#withStarts.has(file))
            : this.#add(tags!.list[place]!, columns, from, to, file);
        if (!isRead) return false;
      }
      from = to;
    }
    return true;
  }

  // Rows of events that have no values.
  #areWithoutTag(columns: LazyColumns, from: number, to: number, hasStarts: boolean): boolean {
    for (let row = from; row < to; row++) if (columns.hasValue(row)) return false;
    if (!hasStarts) return true;
    for (let row = from; row < to; row++) {
      const layout = columns.layoutAt(row);
      if (layout === undefined) continue;
      if (!this.#parser.parse(layout, 0, layout.length) || this.#parser.isStart) return false;
    }
    return true;
  }

  #add(tag: string, columns: LazyColumns, from: number, to: number, file: number): boolean {
    let growing = this.#tags.get(tag);
    if (growing === undefined) {
      const plugin = this.#wants(tag) ? columns.pluginAt(from) : "";
      // What tells nothing of itself is a scalar or not by its form.
      if (plugin === undefined) return false;
      growing = plugin === "" ? false : plugin === "scalars" ? this.#begin(tag, columns, from, file) : null;
      this.#tags.set(tag, growing);
    }
    if (growing === false) return true;
    for (let row = from; row < to; row++) if (columns.hasValue(row) === (growing === null)) return false;
    if (growing === null) return true;
    growing.steps.push(columns.part("step", from, to));
    growing.wallTimes.push(columns.part("wall_time", from, to));
    growing.values.push(columns.part("value", from, to));
    return true;
  }

  #begin(tag: string, columns: LazyColumns, row: number, file: number): Growing {
    const record = columns.part("record", row, row + 1)[0]!;
    const position = columns.part("position", row, row + 1)[0]!;
    return { tag, first: [this.#groups, file, record, position], steps: [], wallTimes: [], values: [] };
  }

  columns(isShown: boolean): Map<string, ScalarColumns> {
    const found = [...this.#tags.values()].filter((one) => one !== null && one !== false);
    const inOrder = found.toSorted(({ first: a }, { first: b }) => {
      const i = a.findIndex((part, at) => part !== b[at]);
      return i < 0 ? 0 : a[i]! - b[i]!;
    });
    const columns = inOrder.map((one): [string, ScalarColumns] => [one.tag, joined(one, isShown)]);
    return new Map(columns.filter(([, { steps }]) => steps.length > 0));
  }
}

/** Columns of a row group that are read when they are asked for. */
class LazyColumns {
  readonly #source: ByteSource;
  readonly #group: RowGroup;
  readonly #numbers = new Map<string, NumberColumn | undefined>();
  readonly #keys = new Map<string, KeyColumn<unknown> | undefined>();

  constructor(source: ByteSource, group: RowGroup) {
    this.#source = source;
    this.#group = group;
  }

  hasValue(row: number): boolean {
    const column = this.#column("value");
    return column !== undefined && (column.isThere === undefined || column.isThere[row] === 1);
  }

  part(
    name: "step" | "wall_time" | "value" | "record" | "position",
    from: number,
    to: number,
  ): ArrayLike<number> {
    const column = this.#column(name);
    if (column === undefined) throw new RangeError(`column ${name} has nothing in rows with values`);
    // Not the column itself: it may be many times as long.
    return column.values.slice(from, to);
  }

  pluginAt(row: number): string | undefined {
    return this.#key("plugin", row) as string | undefined;
  }

  layoutAt(row: number): Uint8Array | undefined {
    return this.#key("layout", row) as Uint8Array | undefined;
  }

  #column(name: "step" | "wall_time" | "value" | "record" | "position"): NumberColumn | undefined {
    if (!this.#numbers.has(name)) this.#numbers.set(name, readNumbers(this.#source, this.#group, name));
    return this.#numbers.get(name);
  }

  #key(name: "plugin" | "layout", row: number): unknown {
    if (!this.#keys.has(name)) this.#keys.set(name, readKeys(this.#source, this.#group, name));
    const column = this.#keys.get(name);
    return column?.list[column.places[row]!];
  }
}

/** The points in columns of their own; of what was logged again, what is shown. */
function joined({ steps, wallTimes, values }: Growing, isShown: boolean): ScalarColumns {
  const length = steps.reduce((sum, part) => sum + part.length, 0);
  const columns = {
    steps: new Float64Array(length),
    wallTimes: new Float64Array(length),
    values: new Float64Array(length),
  };
  let at = 0;
  for (const [i, part] of steps.entries()) {
    for (let k = 0; k < part.length; k++) {
      const step = part[k]!;
      const wallTime = wallTimes[i]![k]!;
      if (isShown) {
        if (!Number.isFinite(wallTime)) continue;
        while (at > 0 && columns.steps[at - 1]! >= step) at--;
      }
      columns.steps[at] = step;
      columns.wallTimes[at] = wallTime;
      columns.values[at++] = values[i]![k]!;
    }
  }
  if (at === length) return columns;
  return {
    steps: columns.steps.slice(0, at),
    wallTimes: columns.wallTimes.slice(0, at),
    values: columns.values.slice(0, at),
  };
}
