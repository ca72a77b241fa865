// Goes from record to record through a file that may still be growing, and over what is damaged.

import { maskedCrc32cSigned } from "../../wire/crc32c.js";
import { FOOTER_BYTES, HEADER_BYTES, MAX_RECORD_BYTES } from "../../wire/tfrecord.js";
import { FileSource, type ByteSource } from "./byte-source.js";
import type { Damage, DamageCode } from "./damage.js";
import { RecordSearch } from "./record-search.js";
import { zerosIn } from "./zeros.js";

const FIRST_BYTES = 256 * 1024;

/** How a file is read. */
export interface RecordCursorOptions {
  /** Where to begin: a place where a record begins. 0 unless given. */
  readonly from?: number;
  /** Whether data are compared with their checksums; true unless given. Lengths always are. */
  readonly checksums?: boolean;
  /** Told of each stretch that is no record, in the order of the file. */
  readonly onDamage?: (damage: Damage) => void;
}

/**
 * The records of a file one after another. Damage is passed over: reading goes on at the next place where a length and the data behind it have
 * their checksums. Its memory is a buffer as large as the largest record; what a record claims beyond the end of the file costs nothing.
 */
export class RecordCursor {
  readonly path: string;
  /** The current record's data are `bytes[start, end)`, until the next call of `next`. */
  bytes: Uint8Array;
  start = 0;
  end = 0;
  /** The first byte of the current record, and the one behind its last. */
  offset: number;
  recordEnd: number;

  readonly #source: ByteSource;
  readonly #checksums: boolean;
  readonly #onDamage: ((damage: Damage) => void) | undefined;
  #view: DataView;
  // The buffer holds the file's bytes [base, base + filled); the next record begins at `at` of it.
  #base: number;
  #filled = 0;
  #at = 0;
  #isFinal = false;
  // Records of one kind have one length, and so one checksum of it.
  #length = -1;
  #lengthCrc = 0;
  #search: RecordSearch | undefined;
  // What is being passed over, and up to where it was searched.
  #damage: { code: DamageCode; offset: number; message: string; searched: number } | undefined;

  /** Throws a `LogdirError` with code `LOGDIR_NOT_READABLE` when the file cannot be opened; `next` when it cannot be read. */
  constructor(source: string | ByteSource, options: RecordCursorOptions = {}) {
    this.#source = typeof source === "string" ? new FileSource(source) : source;
    this.path = this.#source.path;
    this.#base = this.offset = this.recordEnd = options.from ?? 0;
    this.#checksums = options.checksums ?? true;
    this.#onDamage = options.onDamage;
    const first = Math.min(FIRST_BYTES, Math.max(64, this.#source.size() - this.#base));
    this.bytes = new Uint8Array(first);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** How many bytes behind the last record are no whole record yet. */
  get pending(): number {
    return Math.max(0, this.#source.size() - (this.#damage?.offset ?? this.#base + this.#at));
  }

  /**
   * Goes to the next whole record. False at the end of what is there now, which may be in the midst of a record: when the file has grown, it
   * goes on.
   */
  next(): boolean {
    for (;;) {
      if (this.#damage !== undefined && !this.#passDamage()) return false;
      const available = this.#filled - this.#at;
      let need = HEADER_BYTES;
      if (available >= HEADER_BYTES) {
        const length = this.#readLength();
        if (length < 0) continue;
        need += length + FOOTER_BYTES;
        if (available >= need) {
          if (this.#take(length)) return true;
          continue;
        }
      }
      if (this.#readMore(need)) continue;
      if (!this.#isFinal || this.#source.size() <= this.#base + this.#at) return false;
      this.#begin("TORN_TAIL", "the file ends within a record");
    }
  }

  /** Says that the file will not grow. What is left is damage then, but for whole records in it: call `next` again, until it is false. */
  finish(): void {
    this.#isFinal = true;
  }

  /** Closes the file. Closing twice is no error. */
  close(): void {
    this.#source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The length of the record at hand; -1 when it is none. */
  #readLength(): number {
    const view = this.#view;
    const at = this.#at;
    const length = view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    const stored = view.getInt32(at + 8, true);
    if (length !== this.#length || high !== 0) {
      if (maskedCrc32cSigned(this.bytes, view, at, at + 8) !== stored) return this.#badLength();
      if (high !== 0 || length < 0 || length > MAX_RECORD_BYTES) {
        const claimed = view.getBigUint64(at, true);
        this.#begin("RECORD_TOO_LARGE", `a record of ${claimed} bytes is longer than any event can be`);
        return -1;
      }
      this.#length = length;
      this.#lengthCrc = stored;
    } else if (stored !== this.#lengthCrc) {
      return this.#badLength();
    }
    return length;
  }

  #badLength(): number {
    this.#begin("BAD_LENGTH_CRC", "the checksum of a record's length is wrong");
    return -1;
  }

  #take(length: number): boolean {
    const start = this.#at + HEADER_BYTES;
    const end = start + length;
    if (this.#checksums) {
      const stored = this.#view.getInt32(end, true);
      if (maskedCrc32cSigned(this.bytes, this.#view, start, end) !== stored) {
        this.#badData(length);
        return false;
      }
      // Eight bytes that end with zeros are no Event. They are the length of the record that begins there, with its checksum: what is before it is
      // a header that was left alone.
      if (length === 8 && this.#view.getInt32(start + 4, true) === 0) {
        this.#begin("BAD_DATA_CRC", "a record of which only the header was written");
        this.#endDamage(this.#base + start);
        return false;
      }
    }
    this.start = start;
    this.end = end;
    this.offset = this.#base + this.#at;
    this.#at = end + FOOTER_BYTES;
    this.recordEnd = this.#base + this.#at;
    return true;
  }

  // The length has its checksum. It is the record's, unless there are whole records before its end: then it was cut, and others written behind.
  #badData(length: number): void {
    const offset = this.#base + this.#at;
    const end = offset + HEADER_BYTES + length + FOOTER_BYTES;
    this.#begin("BAD_DATA_CRC", "a record's data do not match their checksum");
    const damage = this.#damage!;
    const { found, at } = this.#searcher().find(damage.searched, this.#isFinal, end);
    damage.searched = at;
    if (found) this.#endDamage(at);
    else if (at >= end && (this.#source.size() < end + HEADER_BYTES || this.#searcher().isHeader(end)))
      this.#endDamage(end);
  }

  #begin(code: DamageCode, message: string): void {
    const offset = this.#base + this.#at;
    this.#damage = { code, offset, message, searched: offset + 1 };
  }

  #searcher(): RecordSearch {
    return (this.#search ??= new RecordSearch(this.#source));
  }

  /** Whether the end of the damage is known: then it was told, and reading goes on behind it. */
  #passDamage(): boolean {
    const damage = this.#damage!;
    const { found, at } = this.#searcher().find(damage.searched, this.#isFinal);
    if (!found && !this.#isFinal) {
      damage.searched = at;
      return false;
    }
    this.#endDamage(at);
    return true;
  }

  #endDamage(end: number): void {
    const { offset, ...damage } = this.#damage!;
    let { code, message } = damage;
    const zeros = zerosIn(this.#source, offset, end);
    if (zeros !== undefined) {
      code = "ZEROS";
      message = `${zeros.length} zeros from byte ${zeros.offset} on, where records were`;
    } else if (code === "TORN_TAIL" && end < this.#source.size()) {
      code = "BAD_LENGTH_CRC";
      message = "a record that was not written to its end, and others behind it";
    }
    this.#damage = undefined;
    this.#seek(end);
    this.#onDamage?.({ code, path: this.path, offset, length: end - offset, message });
  }

  #seek(position: number): void {
    const at = position - this.#base;
    if (at <= this.#filled) {
      this.#at = at;
      return;
    }
    this.#base = position;
    this.#at = 0;
    this.#filled = 0;
  }

  /** Reads on, with room for `need` bytes from the current place on if the file has them. */
  #readMore(need: number): boolean {
    const place = this.#base + this.#at;
    if (this.#at > 0) {
      this.bytes.copyWithin(0, this.#at, this.#filled);
      this.#base = place;
      this.#filled -= this.#at;
      this.#at = 0;
    }
    if (this.#filled === this.bytes.length || need > this.bytes.length) {
      const there = this.#source.size() - place;
      if (there <= this.#filled || need > there) return false;
      if (need > this.bytes.length) this.#grow(Math.max(need, Math.min(FIRST_BYTES, there)));
    }
    const room = this.bytes.length - this.#filled;
    const bytes = this.#source.read(this.bytes, this.#filled, room, this.#base + this.#filled);
    this.#filled += bytes;
    return bytes > 0;
  }

  #grow(size: number): void {
    const larger = new Uint8Array(size);
    larger.set(this.bytes.subarray(0, this.#filled));
    this.bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
