// TFRecord framing: records one after another, each with its length and two checksums.
//
//   uint64  length, little-endian
//   uint32  masked CRC-32C of those eight bytes
//   byte    data[length]
//   uint32  masked CRC-32C of the data
//
// No header, no footer, no compression (tensorboard/data/server/tf_record.rs, summary/writer/record_writer.py).

import { CorruptFileError } from "../errors.js";
import { maskedCrc32c } from "./crc32c.js";

/** Bytes before a record's data. */
export const HEADER_BYTES = 12;
/** Bytes after a record's data. */
export const FOOTER_BYTES = 4;

/** The largest protobuf message there is: a longer record cannot hold an Event. */
export const MAX_RECORD_BYTES = 2 ** 31 - 1;
const FIRST_BUFFER_BYTES = 64 * 1024;

/** One record of a stream. */
export interface TfRecord {
  /** Where its header begins, in bytes from the start of the stream. */
  readonly offset: number;
  /** The payload: a view that is valid until the next `push`. Copy what you keep. */
  readonly data: Uint8Array;
  /** The payload's masked checksum as stored; whether it is right is for the caller to ask (`isIntact`). */
  readonly dataCrc: number;
}

/** Whether a record's data matches its checksum. */
export function isIntact(record: TfRecord): boolean {
  return maskedCrc32c(record.data) === record.dataCrc;
}

/** Frames `data` as one record, in a new array. */
export function encodeTfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + data.length + FOOTER_BYTES);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc32c(record, 0, 8), true);
  record.set(data, HEADER_BYTES);
  view.setUint32(HEADER_BYTES + data.length, maskedCrc32c(data), true);
  return record;
}

/**
 * Decodes a stream of TFRecords that arrives in pieces of any size.
 *
 * `next` gives the next complete record, or `undefined` when more bytes are needed, which is no error: the file may be
 * growing. A wrong data checksum is no error of the framing either: the record comes out with it. A wrong length checksum
 * or an impossible length is terminal and stays so, since the next record cannot be found.
 */
export class TfRecordDecoder {
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #view = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;
  #offset = 0;
  #failure: CorruptFileError | undefined;
  readonly #path: string | undefined;

  /** `path` is named in errors. */
  constructor(path?: string) {
    this.#path = path;
  }

  /** Where the next record begins, in bytes from the start of the stream. */
  get offset(): number {
    return this.#offset;
  }

  /** How many bytes of a record that is not complete yet are held. */
  get pending(): number {
    return this.#end - this.#start;
  }

  /** Adds bytes, which are copied. Views that earlier records gave are no longer valid. */
  push(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * The next complete record, or `undefined` when more bytes are needed.
   *
   * Throws a `CorruptFileError` with code `BAD_LENGTH_CRC` or `RECORD_TOO_LARGE`, at every later call again.
   */
  next(): TfRecord | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    const available = this.#end - this.#start;
    if (available < HEADER_BYTES) return undefined;
    const length = this.#readLength();
    const size = HEADER_BYTES + length + FOOTER_BYTES;
    if (available < size) return undefined;
    const dataStart = this.#start + HEADER_BYTES;
    const dataEnd = dataStart + length;
    const record = {
      offset: this.#offset,
      data: this.#buffer.subarray(dataStart, dataEnd),
      dataCrc: this.#view.getUint32(dataEnd, true),
    };
    this.#start += size;
    this.#offset += size;
    return record;
  }

  #readLength(): number {
    const stored = this.#view.getUint32(this.#start + 8, true);
    const computed = maskedCrc32c(this.#buffer, this.#start, this.#start + 8);
    if (stored !== computed) {
      throw this.#fail(
        "BAD_LENGTH_CRC",
        `the checksum of the record's length is ${hex(stored)}, its bytes give ${hex(computed)}; the rest cannot be read`,
      );
    }
    const length =
      this.#view.getUint32(this.#start, true) + this.#view.getUint32(this.#start + 4, true) * 2 ** 32;
    if (length > MAX_RECORD_BYTES) {
      throw this.#fail("RECORD_TOO_LARGE", `a record of ${length} bytes is longer than any event can be`);
    }
    return length;
  }

  #fail(code: "BAD_LENGTH_CRC" | "RECORD_TOO_LARGE", message: string): CorruptFileError {
    const options = this.#path === undefined ? {} : { path: this.#path };
    this.#failure = new CorruptFileError(code, this.#offset, message, options);
    return this.#failure;
  }

  // Never larger than twice what was pushed and not yet taken: a record's claimed length allocates nothing.
  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const held = this.#end - this.#start;
    const old = this.#buffer;
    if (held + bytes > old.length) {
      this.#buffer = new Uint8Array(Math.max(old.length * 2, held + bytes));
      this.#view = new DataView(this.#buffer.buffer);
    }
    this.#buffer.set(old.subarray(this.#start, this.#end), 0);
    this.#start = 0;
    this.#end = held;
  }
}

function hex(crc: number): string {
  return `0x${crc.toString(16).padStart(8, "0")}`;
}
