// Reads an event file that may still be growing.

import { closeSync, openSync, readSync } from "node:fs";
import { CorruptFileError } from "../errors.js";
import { unreadable } from "./unreadable.js";
import { decodeEvent, type Event } from "../wire/event.js";
import { isIntact, TfRecordDecoder } from "../wire/tfrecord.js";

const READ_BYTES = 256 * 1024;

/**
 * Reads the events of one file in order, checksums on, with constant memory.
 *
 * The end of the file is no error: `next` gives `undefined` there, also in the middle of a record, and goes on when the file has grown.
 */
export class EventFileReader {
  readonly path: string;
  readonly #decoder: TfRecordDecoder;
  readonly #chunk = Buffer.allocUnsafe(READ_BYTES);
  #fd: number | undefined;
  #read = 0;

  /** Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when the file cannot be opened. */
  constructor(path: string) {
    this.path = path;
    this.#decoder = new TfRecordDecoder(path);
    try {
      this.#fd = openSync(path, "r");
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  /** Where the next event's record begins, in bytes. */
  get offset(): number {
    return this.#decoder.offset;
  }

  /** Bytes behind `offset` that were read and are no complete record yet: a torn tail, if the file does not grow. */
  get pending(): number {
    return this.#decoder.pending;
  }

  /**
   * The next event, or `undefined` at the end of what is there now.
   *
   * Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when the system cannot read, and a `CorruptFileError`. With `terminal` false
   * one record was bad and is skipped: the next call gives the one after it. With `terminal` true the rest of the file cannot be read,
   * and every later call throws the same.
   */
  next(): Event | undefined {
    for (;;) {
      const record = this.#decoder.next();
      if (record !== undefined) {
        if (!isIntact(record)) {
          throw new CorruptFileError(
            "BAD_DATA_CRC",
            record.offset,
            "the record's data do not match their checksum",
            {
              path: this.path,
            },
          );
        }
        try {
          return decodeEvent(record.data);
        } catch (cause) {
          throw new CorruptFileError("BAD_EVENT", record.offset, "the record's data are no Event", {
            path: this.path,
            cause,
          });
        }
      }
      if (!this.#readMore()) return undefined;
    }
  }

  /** The events from here to the end of what is there now; iterate again when the file has grown. Throws like `next`. */
  *[Symbol.iterator](): IterableIterator<Event> {
    for (let event = this.next(); event !== undefined; event = this.next()) yield event;
  }

  /** Closes the file. Closing twice is no error; after it `next` gives only what was read before. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #readMore(): boolean {
    if (this.#fd === undefined) return false;
    let bytes: number;
    try {
      bytes = readSync(this.#fd, this.#chunk, 0, READ_BYTES, this.#read);
    } catch (error) {
      throw unreadable(this.path, error);
    }
    if (bytes === 0) return false;
    this.#read += bytes;
    this.#decoder.push(this.#chunk.subarray(0, bytes));
    return true;
  }
}
