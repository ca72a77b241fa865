// The errors of every layer: sorted by what the caller can do, each with a stable code.

/** What every error of this package has: a `code` that does not change between versions, and a one-line message. */
export abstract class TnlError extends Error {
  /** Stable, upper case; documented at each class. */
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}

/**
 * An argument is not what the function takes. The program must change: trying again gives the same error.
 * The message names the argument, what was expected and what came.
 */
export class ArgumentError extends TnlError {
  readonly code = "INVALID_ARGUMENT";
  /** The name of the argument, e.g. `step`. */
  readonly argument: string;

  /** `got`: what came, in words, where the value itself would not tell. */
  constructor(argument: string, expected: string, value: unknown, got: string = describe(value)) {
    super(`Expected \`${argument}\` to be ${expected}, got ${got}`);
    this.argument = argument;
  }
}

/**
 * A name that is not known, such as an optimizer's. `suggestion` is the nearest known one, if any is near.
 */
export class UnknownNameError extends TnlError {
  readonly code = "UNKNOWN_NAME";
  /** What kind of thing was named: `problem`, `optimizer`. */
  readonly kind: string;
  readonly value: string;
  readonly known: readonly string[];
  readonly suggestion: string | undefined;

  constructor(kind: string, value: string, known: readonly string[], suggestion?: string) {
    const hint = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
    super(`Unknown ${kind} ${JSON.stringify(value)}.${hint} Known: ${known.join(", ")}`);
    this.kind = kind;
    this.value = value;
    this.known = known;
    this.suggestion = suggestion;
  }
}

/** No run or tag is what a pattern asks for. `known`: some of those that are there. */
export class NoMatchError extends TnlError {
  readonly code = "NO_MATCH";
  /** What kind of name it is: `run`, `tag`. */
  readonly kind: string;
  readonly patterns: readonly string[];
  readonly known: readonly string[];

  constructor(kind: string, patterns: readonly string[], path: string, known: readonly string[]) {
    const shown = known.slice(0, MOST_NAMES).map((name) => JSON.stringify(name));
    const rest = known.length > shown.length ? `, and ${known.length - shown.length} more` : "";
    const there = known.length === 0 ? `there is no ${kind}` : `there are ${shown.join(", ")}${rest}`;
    super(`No ${kind} in ${path} matches ${patterns.join(" or ")}: ${there}`);
    this.kind = kind;
    this.patterns = patterns;
    this.known = known;
  }
}

const MOST_NAMES = 8;

/** Why a logdir or a run's directory cannot be used as asked. */
export type LogdirErrorCode =
  /** The path, or a part of it, is a file. */
  | "NOT_A_DIRECTORY"
  /** The directory cannot be made or written; `cause` is the operating system's error. */
  | "LOGDIR_NOT_WRITABLE"
  /** The directory cannot be read or is not there. */
  | "LOGDIR_NOT_READABLE"
  /** There is no event file in the directory or below it. */
  | "NO_EVENT_FILES"
  /** The file has no event that can be read: it is none of TensorBoard's. */
  | "NOT_AN_EVENT_FILE"
  /** This process already has a writer open on that run, or another process of the machine works on the run that is to be resumed. */
  | "RUN_IN_USE"
  /** The run exists and the caller asked to fail then. */
  | "RUN_EXISTS"
  /** The run is to be resumed, and was not made by this version of `tnl run`. */
  | "NOT_RESUMABLE"
  /** A file of the run that a position names is not there, or is shorter than it was: what it had is lost. */
  | "POSITION_LOST";

/** A directory cannot be used: choose another, or change its permissions. Nothing was written. `path`: the directory, or the file in it. */
export class LogdirError extends TnlError {
  readonly code: LogdirErrorCode;
  readonly path: string;

  constructor(code: LogdirErrorCode, path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.path = path;
  }
}

/**
 * Bytes could not be handed to the operating system (a full disk, an I/O error). What was accepted before is kept in
 * memory and tried again first at the next call; new events are refused until that succeeds.
 */
export class WriteError extends TnlError {
  readonly code = "WRITE_FAILED";
  readonly path: string;
  /** The operating system's code: `ENOSPC`, `EIO`, … */
  readonly errno: string;

  constructor(path: string, cause: unknown, what = "Cannot write") {
    const errno = errnoOf(cause);
    super(`${what} ${path}: ${explainErrno(errno, cause)}`, { cause });
    this.path = path;
    this.errno = errno;
  }
}

/** Something is being done that allows no second one beside it: wait for the first. */
export class BusyError extends TnlError {
  readonly code = "BUSY";
}

/** Something was used where it has no meaning, such as a parameter's arithmetic outside a model. The program must change. */
export class ContextError extends TnlError {
  readonly code = "WRONG_CONTEXT";
}

/** An optional package is needed and cannot be loaded: install it. The message says how. */
export class MissingPackageError extends TnlError {
  readonly code = "MISSING_PACKAGE";
  readonly packageName: string;

  /** `what`: what it is needed for, as the beginning of the message. */
  constructor(what: string, packageName: string, cause: unknown) {
    const isThere = errnoOf(cause) !== "MODULE_NOT_FOUND";
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    const problem = isThere ? `which cannot be loaded (${reason})` : `which is not installed`;
    super(`${what} needs the package ${packageName}, ${problem}: npm install ${packageName}`, { cause });
    this.packageName = packageName;
  }
}

/** Why a module of the user's cannot be used. */
export type ModuleErrorCode =
  /** It is not there, or ends with an error; `cause` is that. */
  | "MODULE_NOT_LOADED"
  /** It does not export what it should, or makes something else. */
  | "MODULE_EXPORTS";

/** A module of the user's cannot be used: change it, or the path. */
export class ModuleError extends TnlError {
  readonly code: ModuleErrorCode;
  readonly path: string;

  constructor(code: ModuleErrorCode, path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.path = path;
  }
}

/** A method was called on a writer or reader that is closed. */
export class ClosedError extends TnlError {
  readonly code = "CLOSED";

  constructor(what: string) {
    super(`${what} is closed`);
  }
}

/** What is wrong with a checkpoint. */
export type CheckpointErrorCode =
  /** The file is not there or cannot be read; `cause` is the operating system's error. */
  | "CHECKPOINT_UNREADABLE"
  /** The file is none of this package's. */
  | "NOT_A_CHECKPOINT"
  /** Another version of the format. */
  | "OTHER_CHECKPOINT_VERSION"
  /** Bytes are missing or changed. */
  | "CHECKPOINT_DAMAGED"
  /** A log that the training wrote, and is to go on with, is not what it was at the checkpoint. `path` is the log's. */
  | "LOG_DOES_NOT_FIT";

/** A training cannot go on from a checkpoint: take an older one. */
export class CheckpointError extends TnlError {
  readonly code: CheckpointErrorCode;
  readonly path: string;
  /** What is wrong, in words. */
  readonly reason: string;

  constructor(code: CheckpointErrorCode, path: string, reason: string, cause?: unknown) {
    super(`Cannot go on from ${path}: ${reason}`, { cause });
    this.code = code;
    this.path = path;
    this.reason = reason;
  }
}

/** A worker thread ended before what it was to do was done. */
export class ThreadError extends TnlError {
  readonly code = "THREAD_ENDED";

  /** `how`: how it ended, as the end of the message. */
  constructor(how: string, cause?: unknown) {
    super(`The worker thread ended before the run did, ${how}`, { cause });
  }
}

/** Something that is no `Error` was thrown by a callback or a metric; it is the `cause`. */
export class CallbackError extends TnlError {
  readonly code = "CALLBACK_FAILED";

  constructor(cause: unknown) {
    super(String(cause), { cause });
  }
}

/** Why an archive, or what was to be archived or restored, cannot be used as asked. */
export type ArchiveErrorCode =
  /** The file is no Parquet file, or none that this package wrote. */
  | "NOT_AN_ARCHIVE"
  /** It has a version of the format that this package does not know: take a newer one. */
  | "OTHER_ARCHIVE_VERSION"
  /** Bytes of it are missing or changed. */
  | "ARCHIVE_DAMAGED"
  /** A file that was made from it does not have the SHA-256 that it had when it was archived. */
  | "HASH_MISMATCH"
  /** A path in it leads out of the directory it would be restored to. Nothing was written. */
  | "UNSAFE_PATH"
  /** There is something already where a file would be written. Nothing was overwritten. */
  | "TARGET_EXISTS"
  /** A file changed since it was read, or while it was. */
  | "SOURCE_CHANGED";

/** An archive cannot be written, read or restored. `path`: the archive, or the file concerned. */
export class ArchiveError extends TnlError {
  readonly code: ArchiveErrorCode;
  readonly path: string;

  constructor(code: ArchiveErrorCode, path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.path = path;
  }
}

/** What is wrong with the bytes of an event file; `BAD_DATA_CRC` and `BAD_EVENT` concern one record, the others the rest of the file. */
export type CorruptFileErrorCode =
  /** The checksum of a record's length is wrong: the next record cannot be found. Terminal. */
  | "BAD_LENGTH_CRC"
  /** A record claims more bytes than the reader takes. Terminal. */
  | "RECORD_TOO_LARGE"
  /** A record's data does not match its checksum. The record is skipped; reading can go on. */
  | "BAD_DATA_CRC"
  /** A record's data is no Event. The record is skipped; reading can go on. */
  | "BAD_EVENT";

/** An event file is damaged at `offset`. */
export class CorruptFileError extends TnlError {
  readonly code: CorruptFileErrorCode;
  /** Byte offset of the damaged record's first byte in its file or stream. */
  readonly offset: number;
  /** The file, where one is known. */
  readonly path: string | undefined;
  /** True when nothing after `offset` can be read: every later call throws the same error. */
  readonly terminal: boolean;

  constructor(
    code: CorruptFileErrorCode,
    offset: number,
    message: string,
    options: { path?: string; cause?: unknown } = {},
  ) {
    const where = options.path === undefined ? `at byte ${offset}` : `${options.path} at byte ${offset}`;
    super(`${where}: ${message}`, { cause: options.cause });
    this.code = code;
    this.offset = offset;
    this.path = options.path;
    this.terminal = code === "BAD_LENGTH_CRC" || code === "RECORD_TOO_LARGE";
  }
}

/** The operating system's code of an error (`ENOSPC`), or `UNKNOWN`. */
export function errnoOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === "string" ? code : "UNKNOWN";
}

const EXPLAINED: Record<string, string> = {
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EIO: "input/output error",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  ENFILE: "too many open files on this machine",
  ENOENT: "no such file or directory",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "it already exists",
  EISDIR: "it is a directory",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
  EFBIG: "the file would be too large",
};

/** One line for people: the words for `errno` and the code, or the error's own message. */
export function explainErrno(errno: string, error?: unknown): string {
  const words = EXPLAINED[errno];
  if (words !== undefined) return `${words} (${errno})`;
  return error instanceof Error ? error.message : String(error);
}

function describe(value: unknown): string {
  if (typeof value === "string") return `${JSON.stringify(value)} (string)`;
  if (typeof value === "function") return "a function";
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object")
    return Array.isArray(value) ? "an array" : `an object (${value.constructor?.name ?? "Object"})`;
  return `${String(value)} (${typeof value})`;
}
