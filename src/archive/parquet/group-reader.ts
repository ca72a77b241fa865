// Reads columns of a row group.

import { brotliDecompressSync } from "node:zlib";
import type { ColumnChunk, ColumnMetaData, PageHeader, RowGroup } from "hyparquet";
import { parquetHeader, readColumn } from "hyparquet/src/column.js";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { byteStreamSplit, readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { readPlain } from "hyparquet/src/plain.js";
import type { ByteSource } from "../../events/reading/byte-source.js";
import { checkSum } from "./checksum.js";
import { pathOf, type ColumnName } from "./schema.js";

/** Numbers by row; NaN where one is missing, and for an integer beyond 2^53. `isThere`: 1 where there is one; `undefined` where all are. */
export interface NumberColumn {
  readonly values: Float64Array | Int32Array;
  readonly isThere: Uint8Array | undefined;
}

/** What comes again and again, by row a place in `list`; -1 where it is missing. */
export interface KeyColumn<T> {
  readonly list: readonly T[];
  readonly places: Int32Array;
}

type Chunk = ColumnChunk & { readonly meta_data: ColumnMetaData };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const PARSERS = {
  ...DEFAULT_PARSERS,
  stringFromBytes: (bytes: Uint8Array) => (bytes === undefined ? bytes : utf8.decode(bytes)),
} as typeof DEFAULT_PARSERS;
const NO_BYTES = new Uint8Array(0);
const COMPRESSORS = { BROTLI: decompress };

/**
 * The values of a column by row, as the decoder gives them; `undefined` when all are missing. Throws what the decoder does for bytes that are none of a column,
 * as the other functions do.
 */
export function readValues(
  source: ByteSource,
  group: RowGroup,
  name: ColumnName,
): ArrayLike<unknown> | undefined {
  const chunk = chunkOf(group, name);
  return chunk && decodeValues(chunk, readChunk(source, chunk), Number(group.num_rows), name);
}

/** The numbers of a column of INT32, INT64 or DOUBLE; `undefined` when all are missing. */
export function readNumbers(source: ByteSource, group: RowGroup, name: ColumnName): NumberColumn | undefined {
  const chunk = chunkOf(group, name);
  if (chunk === undefined) return undefined;
  const rows = Number(group.num_rows);
  const bytes = readChunk(source, chunk);
  const page = onlyPage(bytes, rows);
  const values = page && unpackedNumbers(chunk, page, rows);
  if (values !== undefined) return { values, isThere: undefined };
  return numbersOf(decodeValues(chunk, bytes, rows, name));
}

/** The strings or bytes of a column that has a dictionary. `undefined` when all are missing. */
export function readKeys<T>(source: ByteSource, group: RowGroup, name: ColumnName): KeyColumn<T> | undefined {
  const chunk = chunkOf(group, name);
  if (chunk === undefined) return undefined;
  const rows = Number(group.num_rows);
  const bytes = readChunk(source, chunk);
  return (
    (keysIn(chunk, bytes, rows, name) as KeyColumn<T> | undefined) ??
    keysOf<T>(decodeValues(chunk, bytes, rows, name))
  );
}

/** The bytes of a file from `begin` on. Throws when there are fewer. */
export function readExactly(source: ByteSource, begin: number, length: number): Uint8Array<ArrayBuffer> {
  if (!(length >= 0 && begin >= 0 && begin + length <= source.size())) {
    throw new RangeError(`${length} bytes from byte ${begin} on are not there`);
  }
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const read = source.read(bytes, done, length - done, begin + done);
    if (read === 0) throw new RangeError(`the file ended at byte ${begin + done}`);
    done += read;
  }
  return bytes;
}

/** `undefined` when the footer says that all values are missing. */
function chunkOf({ columns, num_rows: rows }: RowGroup, name: ColumnName): Chunk | undefined {
  const found = columns.find(({ meta_data: meta }) => meta?.path_in_schema[0] === name);
  if (found?.meta_data === undefined) throw new RangeError(`there is no column ${name}`);
  const { num_values: count, statistics } = found.meta_data;
  return statistics?.null_count === count && count === rows ? undefined : (found as Chunk);
}

function readChunk(source: ByteSource, { meta_data: meta }: Chunk): Uint8Array<ArrayBuffer> {
  const begin = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
  const bytes = readExactly(source, begin, Number(meta.total_compressed_size));
  checkSum(bytes, meta.key_value_metadata, `column ${meta.path_in_schema[0]}`);
  return bytes;
}

function decodeValues(
  { meta_data: meta }: Chunk,
  bytes: Uint8Array<ArrayBuffer>,
  rows: number,
  name: ColumnName,
): ArrayLike<unknown> {
  const path = pathOf(name);
  checkPages(bytes, meta);
  const { data } = readColumn(
    { view: new DataView(bytes.buffer), offset: 0 },
    { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows },
    {
      pathInSchema: meta.path_in_schema,
      type: meta.type,
      element: path.at(-1)!.element,
      schemaPath: path,
      codec: meta.codec,
      parsers: PARSERS,
      compressors: COMPRESSORS,
      utf8: false,
    },
  );
  const pages = data as ArrayLike<unknown>[];
  const values = pages.length === 1 ? pages[0]! : pages.flatMap((page) => Array.from(page));
  if (values.length !== rows) throw new RangeError(`column ${name} has ${values.length} of ${rows} values`);
  return values;
}

/** A page in the bytes of a column chunk, and where what is behind its header begins. */
interface Page {
  readonly header: PageHeader;
  readonly bytes: Uint8Array;
}

function pageAt(bytes: Uint8Array<ArrayBuffer>, at: number): Page & { end: number } {
  const reader = { view: new DataView(bytes.buffer), offset: at };
  const header = parquetHeader(reader);
  const end = reader.offset + header.compressed_page_size;
  return { header, bytes: bytes.subarray(reader.offset, end), end };
}

// What pages say of themselves the decoder believes: it would go back and read for ever, or make room for what is not there.
function checkPages(
  bytes: Uint8Array<ArrayBuffer>,
  { path_in_schema: path, num_values: count }: ColumnMetaData,
): void {
  let values = 0;
  for (let at = 0; at < bytes.length - 1;) {
    const { header, end } = pageAt(bytes, at);
    const isWithin =
      header.compressed_page_size >= 0 && end <= bytes.length && header.uncompressed_page_size >= 0;
    const { data_page_header_v2: v2, data_page_header: v1, dictionary_page_header: dictionary } = header;
    const counted = (v2 ?? v1 ?? dictionary)?.num_values ?? -1;
    const levels = v2 && v2.definition_levels_byte_length + v2.repetition_levels_byte_length;
    const isLevelled = v2 === undefined || (levels! >= 0 && levels! <= header.compressed_page_size);
    const isCounted = counted >= 0 && (v2 === undefined || (v2.num_nulls >= 0 && v2.num_nulls <= counted));
    if (!isWithin || !isLevelled || !isCounted)
      throw new RangeError(`column ${path[0]} has a page that is none`);
    if (dictionary === undefined) values += counted;
    at = end;
  }
  if (BigInt(values) !== count) throw new RangeError(`column ${path[0]} has ${values} of ${count} values`);
}

// As this package writes them: one page, in which nothing is missing. Of these there are millions of numbers, and the decoder's way is
// many times as long.
function onlyPage(bytes: Uint8Array<ArrayBuffer>, rows: number): Page | undefined {
  const page = pageAt(bytes, 0);
  const v2 = page.header.data_page_header_v2;
  return v2?.num_values === rows && v2.num_nulls === 0 ? page : undefined;
}

function valuesIn({ header, bytes }: Page, { codec }: ColumnMetaData): Uint8Array {
  const v2 = header.data_page_header_v2!;
  const levels = v2.definition_levels_byte_length + v2.repetition_levels_byte_length;
  const size = header.uncompressed_page_size - levels;
  if (v2.is_compressed === false) return bytes.subarray(levels);
  return decompressPage(bytes.subarray(levels), size, codec, COMPRESSORS);
}

function unpackedNumbers(
  { meta_data: meta }: Chunk,
  page: Page,
  rows: number,
): Float64Array | Int32Array | undefined {
  const { encoding } = page.header.data_page_header_v2!;
  const bytes = valuesIn(page, meta);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  if (encoding === "BYTE_STREAM_SPLIT" && meta.type === "DOUBLE") {
    return byteStreamSplit(reader, rows, "DOUBLE", undefined) as Float64Array;
  }
  const isNarrow = meta.type === "INT32" || isWithin32Bits(meta);
  if (encoding !== "DELTA_BINARY_PACKED" || !isNarrow) return undefined;
  const values = new Int32Array(rows);
  deltaBinaryUnpack(reader, rows, values);
  return values;
}

// Then their sums are right in 32 bits, whatever the differences are.
function isWithin32Bits({ statistics }: ColumnMetaData): boolean {
  const { min_value: least, max_value: greatest } = statistics ?? {};
  return (
    typeof least === "bigint" && typeof greatest === "bigint" && least >= -(2n ** 31n) && greatest < 2n ** 31n
  );
}

function numbersOf(values: ArrayLike<unknown>): NumberColumn {
  const numbers = new Float64Array(values.length);
  const isThere = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number | bigint | null;
    isThere[i] = value === null ? 0 : 1;
    const number = value === null ? Number.NaN : Number(value);
    numbers[i] = typeof value === "bigint" && !Number.isSafeInteger(number) ? Number.NaN : number;
  }
  return { values: numbers, isThere };
}

function keysIn(
  { meta_data: meta }: Chunk,
  bytes: Uint8Array<ArrayBuffer>,
  rows: number,
  name: ColumnName,
): KeyColumn<unknown> | undefined {
  const dictionary = pageAt(bytes, 0);
  const counted = dictionary.header.dictionary_page_header;
  if (counted === undefined) return undefined;
  const page = pageAt(bytes, dictionary.end);
  const v2 = page.header.data_page_header_v2;
  if (v2?.num_values !== rows || v2.encoding !== "RLE_DICTIONARY") return undefined;
  const size = dictionary.header.uncompressed_page_size;
  const plain = decompressPage(dictionary.bytes, size, meta.codec, COMPRESSORS);
  const reader = { view: new DataView(plain.buffer, plain.byteOffset, plain.length), offset: 0 };
  const list = readPlain(reader, "BYTE_ARRAY", counted.num_values, undefined) as Uint8Array[];
  const indexes = new Int32Array(rows - v2.num_nulls);
  const values = valuesIn(page, meta);
  const view = new DataView(values.buffer, values.byteOffset, values.length);
  readRleBitPackedHybrid({ view, offset: 1 }, view.getUint8(0), indexes, values.length - 1);
  if (indexes.some((index) => index >= list.length))
    throw new RangeError(`column ${name} is beyond its dictionary`);
  const isText = pathOf(name).at(-1)!.element.converted_type === "UTF8";
  return {
    list: isText ? list.map((text) => utf8.decode(text)) : list,
    places: v2.num_nulls === 0 ? indexes : spread(indexes, levelsIn(page, rows)),
  };
}

function levelsIn({ header, bytes }: Page, rows: number): Uint8Array {
  const length = header.data_page_header_v2!.definition_levels_byte_length;
  const levels = new Uint8Array(rows);
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  readRleBitPackedHybrid({ view, offset: 0 }, 1, levels, length);
  return levels;
}

function spread(indexes: Int32Array, isThere: Uint8Array): Int32Array {
  const places = new Int32Array(isThere.length);
  let at = 0;
  for (let row = 0; row < isThere.length; row++) places[row] = isThere[row] === 1 ? indexes[at++]! : -1;
  return places;
}

function keysOf<T>(values: ArrayLike<unknown>): KeyColumn<T> {
  const list: T[] = [];
  const known = new Map<unknown, number>();
  const places = Int32Array.from(values as ArrayLike<T | null>, (value) => {
    if (value === null) return -1;
    const place = known.get(value);
    if (place !== undefined) return place;
    known.set(value, list.length);
    return list.push(value) - 1;
  });
  return { list, places };
}

// Not more than the page says: damage may look like a page of any size.
function decompress(page: Uint8Array, size: number): Uint8Array {
  return size === 0 ? NO_BYTES : brotliDecompressSync(page, { maxOutputLength: size });
}
