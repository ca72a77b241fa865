// One session of a run: its options, its directory, the names of its files.

import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { ArgumentError } from "../errors.js";
import { Continuation } from "./continuation.js";
import type { FilePlace } from "./current-file.js";
import { cleanForFileName, nextFileName } from "./file-name.js";
import { nodeFileSystem, type FileSystem } from "./file-system.js";
import { checkPosition, type LogPosition } from "./log-position.js";
import { holdRunDirectory, type RunDirectory } from "./run-directory.js";
import { processPart } from "./worker.js";

/** How an `EventFileWriter` writes. */
export interface EventFileWriterOptions {
  /**
   * The first step of a session that continues a run, as a safe integer: points of earlier files at this step and later are void in
   * both of TensorBoard's loaders. Without it nothing is void.
   */
  readonly purgeStep?: number;
  /**
   * A position of the run, from `position` of an earlier writer: everything that was logged behind it is void in both loaders, whatever steps it
   * has, and everything before it stays. Instead of `purgeStep`, not beside it.
   */
  readonly continueFrom?: LogPosition;
  /**
   * Whether the small files that earlier sessions of the run left become the beginning of this one's, when there are three or more of them:
   * a run that is restarted again and again has a few files, and not one for each start. Nothing of them is lost but what a later session made void; true.
   */
  readonly fold?: boolean;
  /** Added to the end of the file's name. */
  readonly filenameSuffix?: string;
  /**
   * What an end of the program may cost. `"process"` (default): nothing when the program ends by itself or by an error, the last 200 ms
   * when it is killed; when the machine goes down, what the system had not put on the disk. `"disk"`: the file and its directory entries are
   * also synced, every `syncEveryMs` and at `close`, so that a machine that goes down costs at most the last two such times.
   */
  readonly durability?: "process" | "disk";
  /** Milliseconds between two syncs with `durability: "disk"`, from 1; 1000. */
  readonly syncEveryMs?: number;
  /**
   * What a failed write does to the calls that add events. `"throw"` (default): the next one throws a `WriteError` and takes nothing; what was
   * taken before is kept and tried again first at each call. `"warn"`: events are dropped and counted (`dropped`), one process warning is
   * emitted per failure, and the program goes on; `close` throws if any event was lost. `flush` and `sync` throw in both.
   */
  readonly onError?: "throw" | "warn";
  /** Milliseconds since 1970-01-01 UTC; `Date.now` unless given. */
  readonly clock?: () => number;
  /** Part of the file's name; the machine's unless given. */
  readonly hostname?: string;
  /** Part of the file's name; the process's unless given, in a worker thread with the thread's. */
  readonly pid?: number;
  /** For tests that let the operating system fail. */
  readonly fileSystem?: FileSystem;
}

/** How a `BoundedEventWriter` writes. */
export interface BoundedEventWriterOptions extends EventFileWriterOptions {
  /** The most points of a scalar tag that TensorBoard finds, an integer from 8; 1000, which is what it keeps. */
  readonly maxPointsPerTag?: number;
  /**
   * The most bytes of what TensorBoard finds, from 4096: where it would become more, there are fewer points a tag, and fewer of other
   * events. No limit unless given.
   */
  readonly maxBytes?: number;
  /** Whether every event also goes to a record file; true. Without it the points between those that are shown are nowhere. */
  readonly records?: boolean;
}

/** What the files of one session have in common. */
export interface Session extends FilePlace {
  readonly directory: RunDirectory;
  readonly clock: () => number;
  readonly onError: "throw" | "warn";
  readonly syncEveryMs: number | undefined;
  readonly hostname: string;
  /** The process's part of the names of its files; in a worker thread the thread's too. */
  readonly pid: string;
  /** What it has to say first, if it continues the run from a position and something stands behind that. */
  readonly continuation: Continuation | undefined;
}

/**
 * Takes hold of a run's directory. Throws a `LogdirError` when it cannot be made or written or this process already has a writer on it, when it
 * is not as a position says, a `CorruptFileError` then too, and an `ArgumentError` when an option is not what it must be.
 */
export function openSession(
  dir: string,
  options: EventFileWriterOptions,
  { isBounded }: { readonly isBounded: boolean },
): Session {
  checkOptions(options);
  const { fileSystem = nodeFileSystem, durability, syncEveryMs = 1000, filenameSuffix: suffix } = options;
  const { continueFrom, fold = true, clock = Date.now } = options;
  const host = options.hostname ?? hostname();
  const pid = options.pid === undefined ? processPart() : String(options.pid);
  // Before anything is touched.
  const position = continueFrom === undefined ? undefined : checkPosition(continueFrom);
  const asker = { hostname: host, pid };
  const where = { dir: resolve(dir), fileSystem, asker, isBounded, fold };
  const continuation = position && Continuation.of({ ...where, position, now: clock() });
  const directory = holdRunDirectory(dir, fileSystem);
  return {
    directory,
    fileSystem,
    clock,
    onError: options.onError ?? "throw",
    syncEveryMs: durability === "disk" ? syncEveryMs : undefined,
    hostname: host,
    pid,
    continuation,
    author: `${cleanForFileName(host)}.${pid}`,
    newPath: (existing, now) =>
      join(
        directory.path,
        nextFileName(existing, { now, hostname: host, pid, ...(suffix !== undefined && { suffix }) }),
      ),
  };
}

function checkOptions(options: EventFileWriterOptions): void {
  const { purgeStep, continueFrom, syncEveryMs, durability, onError } = options;
  if (purgeStep !== undefined && continueFrom !== undefined) {
    throw new ArgumentError("purgeStep", "left out where `continueFrom` is given", purgeStep);
  }
  if (purgeStep !== undefined && !Number.isSafeInteger(purgeStep)) {
    throw new ArgumentError("purgeStep", "a safe integer", purgeStep);
  }
  if (syncEveryMs !== undefined && !(syncEveryMs >= 1 && syncEveryMs < 2 ** 31)) {
    throw new ArgumentError("syncEveryMs", "a number of milliseconds from 1", syncEveryMs);
  }
  if (durability !== undefined && durability !== "process" && durability !== "disk") {
    throw new ArgumentError("durability", '"process" or "disk"', durability);
  }
  if (onError !== undefined && onError !== "throw" && onError !== "warn") {
    throw new ArgumentError("onError", '"throw" or "warn"', onError);
  }
}
