// What is wrong with the bytes of a file, found by one who reads on behind it.

import { CorruptFileError } from "../../errors.js";

/** Why bytes of a file are no event. */
export type DamageCode =
  /** The file ends within a record: its writer was ended in the midst of a write, or is at it. */
  | "TORN_TAIL"
  /** Zeros, which a file system leaves where it lost a block. */
  | "ZEROS"
  /** The checksum of a record's length is wrong: where the record ends is not known. */
  | "BAD_LENGTH_CRC"
  /** A record claims more bytes than an event can have. */
  | "RECORD_TOO_LARGE"
  /** A record's data do not match their checksum. */
  | "BAD_DATA_CRC"
  /** A record is whole, and its data are no Event. */
  | "BAD_EVENT";

/** Bytes of a file that are no event. What stands before and behind them can be read. */
export interface Damage {
  readonly code: DamageCode;
  /** The file. */
  readonly path: string;
  /** The first of the bytes. */
  readonly offset: number;
  /** How many bytes. */
  readonly length: number;
  /** One line for people, without the place. */
  readonly message: string;
}

/** The damage of a whole record, at which a cursor stands, whose data are no Event. */
export function noEventAt({ path, offset, recordEnd }: WholeRecord): Damage {
  const message = "a record's data are no Event";
  return { code: "BAD_EVENT", path, offset, length: recordEnd - offset, message };
}

interface WholeRecord {
  readonly path: string;
  readonly offset: number;
  readonly recordEnd: number;
}

/**
 * For readers whose caller passes over no damage. Throws it as a `CorruptFileError`, but not a torn tail: the file may be growing, or be that of a
 * program that was killed.
 */
export function throwDamage({ code, path, offset, message }: Damage): void {
  if (code === "TORN_TAIL") return;
  throw new CorruptFileError(code === "ZEROS" ? "BAD_LENGTH_CRC" : code, offset, message, { path });
}
