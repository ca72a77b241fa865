// Reads columns of a row group.

import { brotliDecompressSync } from "node:zlib";
import type { ColumnChunk, RowGroup } from "hyparquet";
import { readColumn } from "hyparquet/src/column.js";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import type { ByteSource } from "../../events/reading/byte-source.js";
import { pathOf, type ColumnName } from "./schema.js";

/** The values of a column by row, `null` where one is missing; of a list an array. Integers of 64 bits are `bigint`. */
export type ColumnValues = ArrayLike<unknown>;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const PARSERS = {
  ...DEFAULT_PARSERS,
  stringFromBytes: (bytes: Uint8Array) => (bytes === undefined ? bytes : utf8.decode(bytes)),
} as typeof DEFAULT_PARSERS;
const NO_BYTES = new Uint8Array(0);

/** The values of a column; `undefined` when all of them are missing. Throws what the decoder does for bytes that are none of a column. */
export function readGroupColumn(
  source: ByteSource,
  group: RowGroup,
  name: ColumnName,
): ColumnValues | undefined {
  const { meta_data: meta } = chunkOf(group, name);
  if (meta === undefined) throw new Error(`there is no column ${name}`);
  const rows = Number(group.num_rows);
  if (meta.statistics?.null_count === meta.num_values && Number(meta.num_values) === rows) return undefined;
  const begin = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
  const bytes = readExactly(source, begin, Number(meta.total_compressed_size));
  const path = pathOf(name);
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
      compressors: { BROTLI: decompress },
      utf8: false,
    },
  );
  const values = joined(data as ArrayLike<unknown>[]);
  if (values.length !== rows) throw new Error(`column ${name} has ${values.length} of ${rows} values`);
  return values;
}

// Not more than the page says: damage may look like a page of any size.
function decompress(page: Uint8Array, size: number): Uint8Array {
  return size === 0 ? NO_BYTES : brotliDecompressSync(page, { maxOutputLength: size });
}

function chunkOf({ columns }: RowGroup, name: ColumnName): ColumnChunk {
  const found = columns.find(({ meta_data: meta }) => meta?.path_in_schema[0] === name);
  if (found === undefined) throw new Error(`there is no column ${name}`);
  return found;
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

// One page is given as it is, several as one.
function joined(pages: readonly ArrayLike<unknown>[]): ArrayLike<unknown> {
  if (pages.length <= 1) return pages[0] ?? [];
  const first = pages[0]!;
  const length = pages.reduce((sum, page) => sum + page.length, 0);
  if (first instanceof Int32Array || first instanceof Float64Array || first instanceof BigInt64Array) {
    const all = new (first.constructor as new (length: number) => typeof first)(length);
    let at = 0;
    for (const page of pages) {
      (all as Float64Array).set(page as unknown as Float64Array, at);
      at += page.length;
    }
    return all;
  }
  const all: unknown[] = [];
  for (const page of pages) for (let i = 0; i < page.length; i++) all.push(page[i]);
  return all;
}
