// The records of a file as they are, for those who copy them; through the calls that tests can let fail.

import { CorruptFileError } from "../errors.js";
import { isIntact, TfRecordDecoder, type TfRecord } from "../wire/tfrecord.js";
import type { FileSystem } from "./file-system.js";

const READ_BYTES = 256 * 1024;

/**
 * The data of each whole record of `path`, from byte `from` on, where one must begin, to byte `to`. A torn tail is passed over, and one of zeros, which
 * some file systems make of it when the power fails. What it yields is valid until the next one.
 *
 * Throws a `CorruptFileError`, for a wrong data checksum too, and the system's errors.
 */
export function* readRecords(
  path: string,
  fs: FileSystem,
  from = 0,
  to = Infinity,
): IterableIterator<Uint8Array> {
  const decoder = new TfRecordDecoder(path);
  const chunk = Buffer.allocUnsafe(READ_BYTES);
  const fd = fs.openSync(path, "r");
  try {
    for (let at = from; ;) {
      const bytes = at < to ? fs.readSync(fd, chunk, 0, Math.min(READ_BYTES, to - at), at) : 0;
      if (bytes === 0) return;
      at += bytes;
      decoder.push(chunk.subarray(0, bytes));
      for (;;) {
        let record: TfRecord | undefined;
        try {
          record = decoder.next();
        } catch (error) {
          if (isZero(fd, fs, from + decoder.offset)) return;
          throw error;
        }
        if (record === undefined) break;
        if (!isIntact(record)) {
          const message = "the record's data do not match their checksum";
          throw new CorruptFileError("BAD_DATA_CRC", from + record.offset, message, { path });
        }
        yield record.data;
      }
    }
  } finally {
    fs.closeSync(fd);
  }
}

function isZero(fd: number, fs: FileSystem, from: number): boolean {
  const chunk = Buffer.allocUnsafe(READ_BYTES);
  for (let at = from; ;) {
    const bytes = fs.readSync(fd, chunk, 0, READ_BYTES, at);
    if (bytes === 0) return true;
    if (chunk.subarray(0, bytes).some((byte) => byte !== 0)) return false;
    at += bytes;
  }
}
