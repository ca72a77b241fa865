// The exit codes of `tnl`, as its documentation lists them.

import {
  ArchiveError,
  ArgumentError,
  LogdirError,
  MissingPackageError,
  ModuleError,
  NoMatchError,
  TnlError,
  UnknownNameError,
} from "../errors.js";
import { ExperimentError } from "../experiments/experiment-error.js";

/** What a process that ran `tnl` ends with. */
export const ExitCode = {
  /** Everything asked for was done. */
  OK: 0,
  /** It was begun and failed: a full disk, a TensorBoard that cannot be had, an error in the program. */
  FAILED: 1,
  /** The command line is wrong: a command, a name, a value, or a pattern that no run or tag matches. Nothing was touched. */
  USAGE: 2,
  /** The logdir cannot be used: it is not there, cannot be written or read, has no event files, or the run exists. */
  LOGDIR: 3,
  /** Something is wrong with event files or an archive, or `tnl repair` had to leave something out. */
  DEFECTS: 4,
  /** The time of `--max-time` was over before all was done; it can be resumed. The code is that of timeout(1). */
  TIME: 124,
  /** Ended by SIGINT (Ctrl-C), after the files were closed. */
  SIGINT: 130,
  /** Ended by SIGTERM, after the files were closed. */
  SIGTERM: 143,
} as const;

/** The command line is not understood. */
export class UsageError extends TnlError {
  readonly code = "USAGE";
}

const USAGE = [UsageError, ArgumentError, UnknownNameError, ModuleError, MissingPackageError, NoMatchError];

/** What says that an archive is not what was written; the others, that it or a path cannot be used. */
const DEFECTS: ReadonlySet<string> = new Set(["ARCHIVE_DAMAGED", "HASH_MISMATCH", "UNSAFE_PATH"]);

/** The exit code for an error; of runs that failed, the first one's. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ExperimentError) return exitCodeOf(error.failures[0]?.error);
  if (USAGE.some((type) => error instanceof type)) return ExitCode.USAGE;
  if (error instanceof ArchiveError) return DEFECTS.has(error.code) ? ExitCode.DEFECTS : ExitCode.LOGDIR;
  return error instanceof LogdirError ? ExitCode.LOGDIR : ExitCode.FAILED;
}
