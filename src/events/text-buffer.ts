// A growable buffer of UTF-8 text, handed out in whole lines.

import type { PendingBytes } from "./append-file.js";

/** Collects lines that a file will take. */
export class TextBuffer implements PendingBytes {
  /** The text so far is `bytes[0, length)`. Replaced when the buffer grows. */
  bytes: Buffer;
  /** Bytes in use. */
  length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.alloc(capacity);
  }

  /** Adds `text`; half a surrogate pair that stands alone becomes U+FFFD. */
  addText(text: string): void {
    // One UTF-16 unit is at most three bytes.
    this.#makeRoom(3 * text.length);
    this.length += this.bytes.write(text, this.length);
  }

  /** Adds bytes as they are. */
  add(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Removes the first `bytes` bytes, which the caller has stored elsewhere. */
  discard(bytes: number): void {
    if (bytes < this.length) this.bytes.copyWithin(0, bytes, this.length);
    this.length -= bytes;
  }

  #makeRoom(bytes: number): void {
    const need = this.length + bytes;
    if (need <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(need, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
