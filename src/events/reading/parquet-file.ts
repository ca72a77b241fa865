// Tells a Parquet file, such as an archive of this package's, from an event file.

import { FileSource } from "./byte-source.js";

const MAGIC = "PAR1";

/** Whether the file begins as every Parquet file does, and no event file: its first record would have 800 MB. False when it cannot be read. */
export function beginsAsParquet(path: string): boolean {
  const bytes = Buffer.alloc(MAGIC.length);
  try {
    const source = new FileSource(path);
    try {
      return source.read(bytes, 0, bytes.length, 0) === bytes.length && bytes.toString("latin1") === MAGIC;
    } finally {
      source.close();
    }
  } catch {
    return false;
  }
}
