// Checksums of parts of an archive: brotli has none, and a changed bit would be another number.

import type { KeyValue } from "hyparquet";
import { crc32c } from "../../wire/crc32c.js";

const KEY = "crc32c";

/** The CRC-32C of these bytes, as metadata have it: eight hexadecimal digits. */
export function checksumOf(bytes: Uint8Array): KeyValue {
  return { key: KEY, value: crc32c(bytes).toString(16).padStart(8, "0") };
}

/** Throws a `RangeError` when metadata have another checksum for these bytes. Those of other writers may have none. */
export function checkSum(bytes: Uint8Array, pairs: readonly KeyValue[] | undefined, what: string): void {
  const stored = pairs?.find(({ key }) => key === KEY)?.value;
  if (stored === undefined || stored === checksumOf(bytes).value) return;
  throw new RangeError(`${what} does not have its checksum`);
}
