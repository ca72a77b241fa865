// Writes a row group: each column encoded, compressed, and told of in the footer's words.

import { brotliCompressSync, constants } from "node:zlib";
import type { ColumnChunk, RowGroup } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { writeColumn } from "hyparquet-writer/src/column.js";
import { COLUMNS, pathOf, type ColumnName } from "./schema.js";

/** A column of a row group. A list's elements of all rows stand one behind the other. */
export interface ColumnData {
  /** The values, with `null` for those that are missing unless it is a typed array; of a list its elements. */
  readonly values: ArrayLike<unknown>;
  /** Of a list: by row, how many elements it has; -1 where it is missing. */
  readonly lengths?: Int32Array;
}

/** All columns, of the same rows. */
export type GroupData = Readonly<Record<ColumnName, ColumnData>>;

const PAGE_BYTES = 1024 * 1024;
/** How far back what was before is found again, as a power of two: the size of a page and more. */
const WINDOW_BITS = 22;

/** Encodes `rows` rows that will stand from byte `offset` of the file on. */
export function encodeGroup(
  data: GroupData,
  rows: number,
  offset: number,
): { bytes: Uint8Array; group: RowGroup } {
  const writer = new ByteWriter(PAGE_BYTES);
  // What it writes down are places in the file.
  writer.offset = offset;
  const names = Object.keys(COLUMNS) as ColumnName[];
  const columns = names.map((name) => encodeColumn(writer, name, data[name], rows));
  const total = columns.reduce((sum, { meta_data: meta }) => sum + meta!.total_uncompressed_size, 0n);
  const group: RowGroup = {
    columns,
    total_byte_size: total,
    num_rows: BigInt(rows),
    total_compressed_size: BigInt(writer.offset - offset),
  };
  return { bytes: writer.getBytes(), group };
}

function encodeColumn(writer: ByteWriter, name: ColumnName, data: ColumnData, rows: number): ColumnChunk {
  const { encoding, quality, hasStatistics } = COLUMNS[name];
  const path = pathOf(name);
  const isMissing = isAllMissing(data, rows);
  const { chunk } = writeColumn({
    writer,
    column: {
      columnName: name,
      element: path.at(-1)!.element,
      schemaPath: path.map(({ element }) => element),
      codec: "BROTLI",
      compressors: { BROTLI: (bytes: Uint8Array) => compress(bytes, quality) },
      stats: hasStatistics,
      statisticsTruncateLength: Number.POSITIVE_INFINITY,
      pageSize: PAGE_BYTES,
      columnIndex: false,
      offsetIndex: false,
      // A dictionary of nothing is more than some readers expect.
      encoding: isMissing ? "PLAIN" : encoding,
    } as never,
    pageData: pageDataOf(name, data, rows) as never,
  });
  const meta = chunk.meta_data!;
  // So that a reader need not look at what is all missing.
  if (isMissing) meta.statistics = { null_count: BigInt(rows) };
  // Steps that fit are given as 32 bits, which is faster.
  if (name === "step" && meta.statistics !== undefined) {
    const { min_value: least, max_value: greatest } = meta.statistics;
    if (typeof least === "number") meta.statistics.min_value = BigInt(least);
    if (typeof greatest === "number") meta.statistics.max_value = BigInt(greatest);
  }
  return chunk;
}

function isAllMissing({ values, lengths }: ColumnData, rows: number): boolean {
  if (lengths !== undefined) return lengths.every((length) => length < 0);
  if (ArrayBuffer.isView(values)) return false;
  for (let i = 0; i < rows; i++) if (values[i] !== null) return false;
  return true;
}

/** The values with the levels that tell what is missing, and where a list begins. */
function pageDataOf(name: ColumnName, { values, lengths }: ColumnData, rows: number): object {
  const isRequired = pathOf(name)[1]!.element.repetition_type === "REQUIRED";
  if (isRequired) return { values, definitionLevels: [], repetitionLevels: [], maxDefinitionLevel: 0 };
  if (lengths === undefined) {
    const levels = new Uint8Array(rows);
    if (ArrayBuffer.isView(values)) levels.fill(1);
    else for (let i = 0; i < rows; i++) levels[i] = values[i] === null ? 0 : 1;
    return { values, definitionLevels: levels, repetitionLevels: [], maxDefinitionLevel: 1 };
  }
  return listLevels(values, lengths, rows);
}

// A missing list has the level 0, an empty one 1, an element 2; the second and later elements of a list repeat.
function listLevels(elements: ArrayLike<unknown>, lengths: Int32Array, rows: number): object {
  let slots = 0;
  for (let i = 0; i < rows; i++) slots += Math.max(lengths[i]!, 1);
  const definitionLevels = new Uint8Array(slots);
  const repetitionLevels = new Uint8Array(slots);
  const isPlain = slots === elements.length;
  const values = isPlain ? elements : new Array<unknown>(slots).fill(null);
  let slot = 0;
  let element = 0;
  for (let i = 0; i < rows; i++) {
    const length = lengths[i]!;
    if (length <= 0) {
      definitionLevels[slot++] = length + 1;
      continue;
    }
    for (let k = 0; k < length; k++) {
      definitionLevels[slot] = 2;
      repetitionLevels[slot] = k === 0 ? 0 : 1;
      if (!isPlain) (values as unknown[])[slot] = elements[element];
      element++;
      slot++;
    }
  }
  return { values, definitionLevels, repetitionLevels, maxDefinitionLevel: 2 };
}

function compress(bytes: Uint8Array, quality: number): Uint8Array {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
