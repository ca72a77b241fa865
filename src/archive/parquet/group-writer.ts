// Writes a row group: each column encoded, compressed, and told of in the footer's words.

import { brotliCompressSync, constants } from "node:zlib";
import type { ColumnChunk, RowGroup, Statistics } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { writeColumn } from "hyparquet-writer/src/column.js";
import { checksumOf } from "./checksum.js";
import { COLUMNS, LIGHT, pathOf, REPEATING, type ColumnName } from "./schema.js";

/** A column of a row group. */
export interface ColumnData {
  /** By row, `null` where there is none; a typed array where there are all. Of a list the elements of all rows, one behind the other. Empty when all are missing. */
  readonly values: ArrayLike<unknown>;
  /** Of a list: by row, how many elements it has; -1 where it is missing. */
  readonly lengths?: Int32Array;
  /** What the footer says of the column. */
  readonly statistics?: Statistics;
}

/** All columns, of the same rows. Each is made when its turn comes, since all at once would be many times the memory. */
export type GroupData = Readonly<Record<ColumnName, () => ColumnData>>;

/** How far back what was before is found again, as a power of two: a column of numbers and more. */
const WINDOW_BITS = 22;
const FIRST_BYTES = 1024 * 1024;
const SAMPLE = 64 * 1024;

/** Encodes `rows` rows that will stand from byte `offset` of the file on: each column as one page. */
export function encodeGroup(
  data: GroupData,
  rows: number,
  offset: number,
): { bytes: Uint8Array; group: RowGroup } {
  const writer = new ByteWriter(FIRST_BYTES);
  // What it writes down are places in the file.
  writer.offset = offset;
  const names = Object.keys(COLUMNS) as ColumnName[];
  const columns = names.map((name) => encodeColumn(writer, offset, name, data[name](), rows));
  const total = columns.reduce((sum, { meta_data: meta }) => sum + meta!.total_uncompressed_size, 0n);
  const group: RowGroup = {
    columns,
    total_byte_size: total,
    num_rows: BigInt(rows),
    total_compressed_size: BigInt(writer.offset - offset),
  };
  return { bytes: writer.getBytes(), group };
}

function encodeColumn(
  writer: ByteWriter,
  offset: number,
  name: ColumnName,
  data: ColumnData,
  rows: number,
): ColumnChunk {
  const { encoding, quality } = name === "numbers" && isRepeating(data.values) ? REPEATING : COLUMNS[name];
  const path = pathOf(name);
  const isMissing = data.values.length === 0 && (data.lengths?.every((length) => length < 0) ?? true);
  const element = path.at(-1)!.element;
  const start = writer.offset;
  // Numbers of 32 bits are packed as those of 64 are, and many times as fast, where no difference of two leaves the 32 bits.
  const isNarrow = element.type === "INT64" && data.values instanceof Int32Array;
  const { chunk } = writeColumn({
    writer,
    column: {
      columnName: name,
      element: isNarrow ? { ...element, type: "INT32" } : element,
      schemaPath: path.map((node) => node.element),
      codec: "BROTLI",
      compressors: { BROTLI: (bytes: Uint8Array) => compress(bytes, quality) },
      stats: false,
      pageSize: 0,
      columnIndex: false,
      offsetIndex: false,
      // A dictionary of nothing is more than some readers expect.
      encoding: isMissing ? "PLAIN" : encoding,
    } as never,
    pageData: (isMissing ? missingPage(rows, data) : pageOf(name, data, rows)) as never,
  });
  const meta = chunk.meta_data!;
  meta.type = element.type!;
  meta.key_value_metadata = [checksumOf(writer.getBytes().subarray(start - offset))];
  if (isMissing) meta.statistics = { null_count: BigInt(rows) };
  else if (data.statistics !== undefined) meta.statistics = data.statistics;
  return chunk;
}

/** Whether numbers come again in the same order, as the edges of histograms do; not those of weights, which become smaller when their bytes are split. */
function isRepeating(values: ArrayLike<unknown>): boolean {
  if (!(values instanceof Float64Array)) return false;
  const sample = new Uint8Array(values.buffer, values.byteOffset, 8 * Math.min(values.length, SAMPLE));
  return compress(sample, LIGHT).length < sample.length / 8;
}

let nothing: { values: null[]; levels: Uint8Array } = { values: [], levels: new Uint8Array(0) };

function missingPage(rows: number, { lengths }: ColumnData): object {
  if (nothing.values.length !== rows) {
    nothing = { values: Array.from({ length: rows }, () => null), levels: new Uint8Array(rows) };
  }
  const { values, levels } = nothing;
  const isList = lengths !== undefined;
  return {
    values,
    definitionLevels: levels,
    repetitionLevels: isList ? levels : [],
    maxDefinitionLevel: isList ? 2 : 1,
  };
}

/** The values with the levels that tell what is missing, and where a list begins. */
function pageOf(name: ColumnName, { values, lengths }: ColumnData, rows: number): object {
  const isRequired = pathOf(name)[1]!.element.repetition_type === "REQUIRED";
  if (isRequired) return { values, definitionLevels: [], repetitionLevels: [], maxDefinitionLevel: 0 };
  if (lengths !== undefined) return listPage(values, lengths, rows);
  const levels = new Uint8Array(rows);
  if (ArrayBuffer.isView(values)) levels.fill(1);
  else for (let i = 0; i < rows; i++) levels[i] = values[i] === null ? 0 : 1;
  return { values, definitionLevels: levels, repetitionLevels: [], maxDefinitionLevel: 1 };
}

// A missing list has the level 0, an empty one 1, an element 2; the second and later elements of a list repeat.
function listPage(elements: ArrayLike<unknown>, lengths: Int32Array, rows: number): object {
  let slots = 0;
  for (let i = 0; i < rows; i++) slots += Math.max(lengths[i]!, 1);
  const definitionLevels = new Uint8Array(slots);
  const repetitionLevels = new Uint8Array(slots);
  const isFull = slots === elements.length;
  const values = isFull ? elements : Array.from<unknown>({ length: slots }).fill(null);
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
      if (!isFull) (values as unknown[])[slot] = elements[element];
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
