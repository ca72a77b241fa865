// The first bytes of a file, and their checksum.

import { createHash } from "node:crypto";
import type { ByteSource } from "../../events/reading/byte-source.js";

const CHUNK_BYTES = 256 * 1024;

/** A file as long as it was when it was opened, whose bytes are hashed as they are read. Closing is for who opened it. */
export class HashingSource implements ByteSource {
  readonly path: string;
  readonly #source: ByteSource;
  readonly #size: number;
  readonly #hash = createHash("sha256");
  // All before it is hashed.
  #hashed = 0;

  constructor(source: ByteSource, size: number) {
    this.path = source.path;
    this.#source = source;
    this.#size = size;
  }

  size(): number {
    return this.#size;
  }

  read(into: Uint8Array, offset: number, length: number, position: number): number {
    const wanted = Math.min(length, this.#size - position);
    if (wanted <= 0) return 0;
    const read = this.#source.read(into, offset, wanted, position);
    if (position > this.#hashed) this.#hashUpTo(position);
    const known = this.#hashed - position;
    if (known < read) {
      this.#hash.update(into.subarray(offset + known, offset + read));
      this.#hashed = position + read;
    }
    return read;
  }

  /** In hexadecimal digits, of all bytes. `undefined` when the file has become shorter. */
  digest(): string | undefined {
    this.#hashUpTo(this.#size);
    return this.#hashed === this.#size ? this.#hash.digest("hex") : undefined;
  }

  close(): void {}

  #hashUpTo(end: number): void {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(end - this.#hashed, 0)));
    while (this.#hashed < end) {
      const read = this.#source.read(chunk, 0, Math.min(chunk.length, end - this.#hashed), this.#hashed);
      if (read === 0) return;
      this.#hash.update(chunk.subarray(0, read));
      this.#hashed += read;
    }
  }
}
