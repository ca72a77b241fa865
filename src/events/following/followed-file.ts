// One file that is followed: its records, each once, whatever is done to the file meanwhile.

import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from "node:fs";
import { errnoOf, TnlError } from "../../errors.js";
import { unreadable } from "../unreadable.js";
import { FOOTER_BYTES } from "../../wire/tfrecord.js";
import type { ByteSource } from "../reading/byte-source.js";
import type { Damage } from "../reading/damage.js";
import { ReadHistory, Recognition, type ReadPlace } from "./follow-history.js";
import type { HeldFiles, Holder } from "./held-files.js";
import { RecordCursor } from "../reading/record-cursor.js";

/** Records that are passed over at once. */
export const AT_ONCE = 1000;
/** After so many looks at which nothing had changed, what may be a copy of what was given before is taken for new. */
export const PATIENCE = 20;

/**
 * Reads a file that others write. A look at it is `begin`, `next` until that is `end`, and `take` behind each record that was used. When the file
 * is another one than before, or was cut, its records are compared with those that were read; what comes behind them is new.
 */
export class FollowedFile implements Holder {
  path: string;
  /** Whether it stays open between two looks. */
  isKept = false;
  /** Whether damage is told. */
  isSilent = false;
  /** Whether everything was read that was in the file when it was there last. */
  isDrained = false;
  /** Looks since anything changed. */
  quiet = 0;
  readonly #held: HeldFiles;
  readonly #onDamage: (damage: Damage) => void;
  #history = new ReadHistory();
  #recognition: Recognition | undefined;
  #cursor: RecordCursor | undefined;
  #fd: number | undefined;
  // The file that was read last, and what was known of it before it was read to its end.
  #identity: { dev: number; ino: number } | undefined;
  #seen: { size: number; mtimeMs: number } | undefined;
  #opened: { size: number; mtimeMs: number } | undefined;
  // Whether another file stands at the path by now, or none.
  #isLeft = false;
  #isOver = true;

  constructor(path: string, held: HeldFiles, onDamage: (damage: Damage) => void) {
    this.path = path;
    this.#held = held;
    this.#onDamage = onDamage;
  }

  /** Whether a record was taken. */
  get isBegun(): boolean {
    return this.#history.last.count > 0;
  }

  /** The byte behind the last record that was taken. */
  get end(): number {
    return this.#history.last.end;
  }

  /** The checksums of the last records that were taken, and of some of the others. */
  get checksums(): readonly number[] {
    return this.#history.places.map(({ crc }) => crc);
  }

  /** How many bytes it had when it was opened. */
  get size(): number {
    return this.#opened?.size ?? 0;
  }

  /** Whether it is open: then what is written to it can be read, also when it is deleted. */
  get isOpen(): boolean {
    return this.#fd !== undefined;
  }

  /** Whether it is open and there is no other way to what it has. */
  get isNeeded(): boolean {
    return this.#isLeft;
  }

  /** The current record: its data are `bytes[start, end)`. */
  get record(): RecordCursor {
    return this.#cursor!;
  }

  /** What it has now, for others. Only where `next` gave a record. */
  get source(): ByteSource {
    return this.#source();
  }

  /** Begins a look. */
  begin(): void {
    this.#isOver = false;
  }

  /**
   * Goes to the next record that was not taken before: `record` when it is there, `end` when there is none for now, and `busy`, to be called again,
   * while it is only looked for. Throws a `LogdirError` with code `LOGDIR_NOT_READABLE`
   * for the system's errors; at the next look it is tried again.
   */
  next(): "record" | "busy" | "end" {
    try {
      while (!this.#isOver) {
        if (this.#cursor === undefined && !this.#open()) break;
        for (let passed = 0; this.#cursor!.next(); passed++) {
          if (this.#isNew()) return "record";
          if (passed >= AT_ONCE) return "busy";
        }
        this.#endCursor();
      }
      this.#isOver = true;
      return "end";
    } catch (error) {
      this.release();
      this.#isOver = true;
      if (error instanceof TnlError) throw error;
      throw unreadable(this.path, error);
    }
  }

  /** The checksum of the current record's data. */
  get checksum(): number {
    return crcOf(this.record);
  }

  /** The current record was used. */
  take(): void {
    this.#history.add(this.record.recordEnd, this.checksum);
  }

  /** Ends the look at the current record, which the next look begins with. */
  putBack(): void {
    this.#closeCursor();
    this.#isOver = true;
    const grown = this.#opened?.size !== this.#seen?.size || this.#opened?.mtimeMs !== this.#seen?.mtimeMs;
    this.quiet = grown ? 0 : this.quiet + 1;
    this.#seen = this.#opened;
    if (!this.isKept) this.release();
  }

  /** Closes the file. */
  release(): void {
    this.#closeCursor();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#isLeft = false;
    this.#held.forget(this);
  }

  /** Whether there is something to read: then `#cursor` stands before it. */
  #open(): boolean {
    const now = statOf(this.path);
    if (this.#fd !== undefined && !this.#isSame(now)) {
      // First what was written to it before.
      this.#isLeft = true;
    } else if (this.#fd === undefined) {
      if (now === undefined) {
        this.#identity = undefined;
        this.#seen = undefined;
        return false;
      }
      if (this.#isSame(now) && this.#isUnchanged(now)) return this.#stillNothing();
      const fd = openIfThere(this.path);
      if (fd === undefined) return false;
      this.#fd = fd;
    } else if (this.#isUnchanged(now!)) return this.#stillNothing();
    this.#held.use(this);
    this.isDrained = false;
    const its = fstatSync(this.#fd!);
    this.#opened = { size: its.size, mtimeMs: its.mtimeMs };
    if (!this.#isSame(its) || this.#isChangedBefore(its.size)) this.#recognize();
    this.#identity = { dev: its.dev, ino: its.ino };
    this.#startCursor(this.#place.end);
    return true;
  }

  #isSame(stats: Stats | undefined): boolean {
    const identity = this.#identity;
    return stats !== undefined && stats.dev === identity?.dev && stats.ino === identity.ino;
  }

  #isUnchanged({ size, mtimeMs }: Stats): boolean {
    return size === this.#seen?.size && mtimeMs === this.#seen.mtimeMs;
  }

  #stillNothing(): boolean {
    this.quiet++;
    // Nobody goes on with a copy.
    if (this.quiet < PATIENCE || this.#recognition?.isUnsure !== true) return false;
    this.#diverge();
    this.#seen = undefined;
    return this.#open();
  }

  // Cut, or written anew from its beginning.
  #isChangedBefore(size: number): boolean {
    const { end, count, crc } = this.#place;
    if (size < end) return true;
    if (count === 0) return false;
    const bytes = Buffer.alloc(FOOTER_BYTES);
    readSync(this.#fd!, bytes, 0, FOOTER_BYTES, end - FOOTER_BYTES);
    return bytes.readInt32LE() !== crc;
  }

  // Behind the last record that was read.
  get #place(): ReadPlace {
    return this.#recognition?.at ?? this.#history.last;
  }

  #recognize(): void {
    this.#recognition = this.isBegun ? new Recognition(this.#history) : undefined;
    this.#seen = undefined;
    this.quiet = 0;
  }

  #isNew(): boolean {
    const recognition = this.#recognition;
    if (recognition === undefined) return true;
    const verdict = recognition.take(this.record.recordEnd, this.checksum);
    if (verdict === "all") this.#recognition = undefined;
    else if (verdict === "other") {
      this.#diverge();
      this.#startCursor(this.end);
    }
    return false;
  }

  // From here on the file has other records.
  #diverge(): void {
    this.#history.returnTo(this.#recognition!.same);
    this.#recognition = undefined;
  }

  #startCursor(from: number): void {
    this.#closeCursor();
    const onDamage = (damage: Damage): void => {
      // What is compared was told before.
      if (this.#recognition === undefined && !this.isSilent) this.#onDamage(damage);
    };
    this.#cursor = new RecordCursor(this.#source(), { from, onDamage });
  }

  // At the end of what is there. Then the look is over, unless another file stands at the path.
  #endCursor(): void {
    this.#closeCursor();
    this.isDrained = true;
    if (this.#isLeft) {
      this.release();
      this.#identity = undefined;
      return;
    }
    // The first end since it became another: a file that was cut, or is not yet copied further.
    if (this.#seen === undefined) this.#recognition?.assume();
    this.#seen = this.#opened;
    this.quiet = 0;
    this.#isOver = true;
    if (!this.isKept) this.release();
  }

  #closeCursor(): void {
    // The file itself stays open.
    this.#cursor?.close();
    this.#cursor = undefined;
  }

  #source(): ByteSource {
    const fd = this.#fd!;
    return {
      path: this.path,
      size: () => fstatSync(fd).size,
      read: (into, offset, length, position) => readSync(fd, into, offset, length, position),
      close: () => {},
    };
  }
}

function crcOf({ bytes, end }: RecordCursor): number {
  return bytes[end]! | (bytes[end + 1]! << 8) | (bytes[end + 2]! << 16) | (bytes[end + 3]! << 24);
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(errnoOf(error));
}
