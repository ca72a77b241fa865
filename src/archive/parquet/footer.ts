// The end of a Parquet file: what tells where everything is, and the manifest.

import { parquetMetadata, type FileMetaData, type KeyValue, type RowGroup } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";
import type { ByteSource } from "../../events/reading/byte-source.js";
import { readExactly } from "./group-reader.js";
import { SCHEMA } from "./schema.js";

/** What a Parquet file begins and ends with. */
export const MAGIC = new Uint8Array([0x50, 0x41, 0x52, 0x31]);
const TAIL_BYTES = 8;

/** What is behind the row groups: the metadata with `pairs`, their length, and the magic bytes. */
export function encodeFooter(
  groups: readonly RowGroup[],
  pairs: readonly KeyValue[],
  createdBy: string,
): Uint8Array {
  const writer = new ByteWriter();
  const metadata = {
    version: 2,
    created_by: createdBy,
    schema: [...SCHEMA],
    num_rows: groups.reduce((sum, { num_rows: rows }) => sum + rows, 0n),
    row_groups: [...groups],
    key_value_metadata: [...pairs],
  };
  writeMetadata(writer, metadata as unknown as FileMetaData, Number.POSITIVE_INFINITY);
  writer.appendBytes(MAGIC);
  return writer.getBytes().slice();
}

/**
 * Reads the end of a Parquet file; `dataEnd` is where the row groups end, if nothing stands behind them. `undefined` for a file that does not end as one. Throws
 * what the decoder does when it is damaged.
 */
export function readFooter(source: ByteSource): { metadata: FileMetaData; dataEnd: number } | undefined {
  const size = source.size();
  if (size < MAGIC.length + TAIL_BYTES) return undefined;
  const tail = readExactly(source, size - TAIL_BYTES, TAIL_BYTES);
  if (!MAGIC.every((byte, i) => tail[4 + i] === byte)) return undefined;
  const length = new DataView(tail.buffer).getUint32(0, true);
  const dataEnd = size - TAIL_BYTES - length;
  if (dataEnd < MAGIC.length)
    throw new RangeError(`its metadata of ${length} bytes are longer than the file`);
  const footer = readExactly(source, dataEnd, length + TAIL_BYTES);
  return { metadata: parquetMetadata(footer, { geoparquet: false }), dataEnd };
}
