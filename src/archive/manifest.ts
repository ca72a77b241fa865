// What an archive says of the files that are in it.

/** The version of the format that is written: docs/archive-format.md. */
export const FORMAT = 1;

/** What a file is: `events`, one that TensorBoard reads; `records`, a bounded run's record file; `other`, whatever else is in the logdir. */
export type ArchivedKind = "events" | "records" | "other";

/** A file of the logdir, as it was when it was archived. */
export interface ArchivedFile {
  /** Path below the logdir, with `/`. */
  readonly path: string;
  /** The run whose directory it is in: the path of the directory below the logdir, `.` for the logdir itself. */
  readonly run: string;
  readonly kind: ArchivedKind;
  /** In bytes. */
  readonly size: number;
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string;
  /** When it was modified, in milliseconds since 1970-01-01 UTC; it may have a fraction. */
  readonly modified: number;
  /** How many records, stretches of damage and pieces it is made of. */
  readonly records: number;
  /** How many of them are kept as they are, not in columns. */
  readonly raw: number;
  /** The row groups that its rows are in, the first and the last; both -1 for an empty file. */
  readonly firstGroup: number;
  readonly lastGroup: number;
}

/** A symbolic link of the logdir: it is listed, and not followed. */
export interface ArchivedLink {
  /** Path below the logdir, with `/`. */
  readonly path: string;
  /** What it says, unchanged. */
  readonly target: string;
}

/** What an archive has beside its rows, in the metadata of the Parquet file under the key `tensorboard-node-logger`. */
export interface Manifest {
  readonly format: number;
  /** The program that wrote it, `tensorboard-node-logger 0.1.0`. */
  readonly createdBy: string;
  /** When, as ISO 8601. */
  readonly created: string;
  /** In the order of the rows: the ordinal of a file is its place here. */
  readonly files: readonly ArchivedFile[];
  readonly links: readonly ArchivedLink[];
}
