// Zeros in damage: a block that a file system lost, not one that a program wrote wrong.

import type { ByteSource } from "./byte-source.js";

const CHUNK_BYTES = 64 * 1024;
/** Fewer stand in good records too. */
const FEWEST = 32;

/** The longest stretch of zeros in a part of a file, if it is most of that part; `undefined` otherwise. */
export function zerosIn(
  source: ByteSource,
  from: number,
  to: number,
): { offset: number; length: number } | undefined {
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, to - from));
  let longest = { offset: from, length: 0 };
  let first = from;
  for (let at = from; at < to;) {
    const bytes = source.read(chunk, 0, Math.min(chunk.length, to - at), at);
    if (bytes === 0) break;
    for (let i = 0; i < bytes; i++) {
      if (chunk[i] === 0) {
        if (at + i + 1 - first > longest.length) longest = { offset: first, length: at + i + 1 - first };
      } else {
        first = at + i + 1;
      }
    }
    at += bytes;
  }
  return longest.length >= FEWEST && longest.length * 2 >= to - from ? longest : undefined;
}
