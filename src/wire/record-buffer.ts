// A growable buffer of framed records, written in place and handed out in whole records.

import { maskedCrc32cSigned } from "./crc32c.js";
import { FOOTER_BYTES, HEADER_BYTES } from "./tfrecord.js";

/**
 * Collects framed records. A record is written straight into `bytes`: `begin` gives the place of its data, the caller
 * writes there through `bytes` and `view`, and `finish` adds length and checksums around it.
 */
export class RecordBuffer {
  /** The records so far are `bytes[0, length)`. Replaced when the buffer grows. */
  bytes: Uint8Array;
  /** The same memory. */
  view: DataView;
  /** Bytes in use. */
  length = 0;
  #headerOf = -1;
  #headerCrc = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for a record of at most `maxBytes` and returns where its data starts. Nothing is in use until `finish`. */
  begin(maxBytes: number): number {
    const need = this.length + HEADER_BYTES + maxBytes + FOOTER_BYTES;
    if (need > this.bytes.length) this.#grow(need);
    return this.length + HEADER_BYTES;
  }

  /** Ends the record whose data are `bytes[begin(), end)`. */
  finish(end: number): void {
    const header = this.length;
    const start = header + HEADER_BYTES;
    const { bytes, view } = this;
    const size = end - start;
    view.setInt32(header, size, true);
    view.setInt32(header + 4, 0, true);
    // Records of one kind have one length, and so one header checksum.
    if (size !== this.#headerOf) {
      this.#headerCrc = maskedCrc32cSigned(bytes, view, header, header + 8);
      this.#headerOf = size;
    }
    view.setInt32(header + 8, this.#headerCrc, true);
    view.setInt32(end, maskedCrc32cSigned(bytes, view, start, end), true);
    this.length = end + FOOTER_BYTES;
  }

  /** Adds `data` as a record. */
  append(data: Uint8Array): void {
    const start = this.begin(data.length);
    this.bytes.set(data, start);
    this.finish(start + data.length);
  }

  /** Adds whole records that are framed already. */
  add(records: Uint8Array): void {
    const end = this.length + records.length;
    if (end > this.bytes.length) this.#grow(end);
    this.bytes.set(records, this.length);
    this.length = end;
  }

  /** Removes the first `bytes` bytes, which the caller has stored elsewhere. */
  discard(bytes: number): void {
    if (bytes < this.length) this.bytes.copyWithin(0, bytes, this.length);
    this.length -= bytes;
  }

  #grow(need: number): void {
    const larger = new Uint8Array(Math.max(need, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
