// What the commands that read logs share: the path, the runs and the tags that are asked for.

import { statSync } from "node:fs";
import { basename } from "node:path";
import type { Argv } from "yargs";
import { LogdirError, NoMatchError } from "../errors.js";
import { isEventFileName } from "../events/file-name.js";
import type { LogSource } from "../events/reading/log-source.js";
import { LogdirSource } from "../events/reading/logdir-source.js";
import type { Run } from "../events/runs.js";
import { nameFilter } from "../summary/name-filter.js";
import { DEFAULT_LOGDIR } from "../summary/run-files.js";
import { ExitCode } from "./exit-codes.js";
import type { Io } from "./io.js";
import { withLogs } from "./open-logs.js";

/** Which of the shared options may be given several times. */
export const SELECTION_REPEATABLE = ["run", "tag"];

/** Adds the positional `path`, of these things, and the option `--run`. The command's usage has to end with `[path]`. */
export function runOptions<T>(
  yargs: Argv<T>,
  describe = "A logdir, a run's directory, an event file or an archive of a logdir",
) {
  return yargs
    .positional("path", {
      type: "string",
      default: DEFAULT_LOGDIR,
      describe,
    })
    .option("run", {
      type: "string",
      requiresArg: true,
      describe: "May be repeated: only the runs of this name or glob, such as 'adam*' or '**/eval'",
    });
}

/** `runOptions` and the option `--tag`. */
export function selectionOptions<T>(yargs: Argv<T>, describe?: string) {
  return runOptions(yargs, describe).option("tag", {
    type: "string",
    requiresArg: true,
    describe: "May be repeated: only the tags of this name or glob, such as 'loss/*'",
  });
}

/** What yargs makes of them: with an option that is given twice, a list. */
export interface SelectionArguments {
  readonly path: string;
  readonly run?: string | readonly string[] | undefined;
  readonly tag?: string | readonly string[] | undefined;
}

/** What is asked for. */
export interface Selection {
  readonly path: string;
  /** Where the files of the runs are. */
  readonly source: LogSource;
  /** By name; at least one. */
  readonly runs: readonly Run[];
  /** Whether a tag is asked for. */
  readonly isTag: (tag: string) => boolean;
  /** `isTag`, or `undefined` where every tag is asked for. */
  readonly tags: ((tag: string) => boolean) | undefined;
  /** Paths of what could not be read, each named on stderr already; the command adds its own. */
  readonly unreadable: string[];
  /** What the command ends with when it has done its part: `LOGDIR` if something could not be read. */
  exitCode(): number;
  /** Throws a `LogdirError` with code `NOT_AN_EVENT_FILE` when one file was named and has not one event. An event file may still be empty. */
  checkEvents(found: number): void;
  /** Throws a `NoMatchError` when tags were asked for and `found` is none of them. `known`: the tags that are there. */
  checkTags(found: number, known: Iterable<string>): void;
}

/** Opens what is at the path, gives what is asked for of it to `use`, and closes it. Throws as `selectFrom` and `use`, and an `ArchiveError`. */
export async function select<T>(
  args: SelectionArguments,
  io: Io,
  use: (selection: Selection) => Promise<T>,
): Promise<T> {
  return withLogs(args.path, async (source) => use(selectFrom(source, args, io)));
}

/**
 * The runs that are asked for. A directory below the path that cannot be read is named on stderr, and the rest goes on; in the end the exit
 * code is `LOGDIR` all the same.
 *
 * Throws a `LogdirError` when the path cannot be read or has no event files, a `NoMatchError` when there is no run of these names, and an
 * `ArgumentError` for a pattern that is none.
 */
export function selectFrom(source: LogSource, args: SelectionArguments, io: Io): Selection {
  const { path } = source;
  const runPatterns = listOf(args.run);
  const tagPatterns = listOf(args.tag);
  const isRun = nameFilter(runPatterns, "--run");
  const isTag = nameFilter(tagPatterns, "--tag");
  const unreadable: string[] = [];
  const all = source.runs({
    onError: (error) => {
      unreadable.push(error.path);
      io.stderr.write(`tnl: ${error.message}\n`);
    },
  });
  const runs = all.filter(({ name }) => isRun(name));
  if (runs.length === 0) {
    throw new NoMatchError(
      "run",
      runPatterns ?? [],
      path,
      all.map(({ name }) => name),
    );
  }
  return {
    path,
    source,
    runs,
    isTag,
    tags: tagPatterns && isTag,
    unreadable,
    exitCode: () => (unreadable.length > 0 ? ExitCode.LOGDIR : ExitCode.OK),
    checkEvents: (found) => {
      if (found === 0 && source instanceof LogdirSource && isFile(path) && !isEmptyEventFile(path)) {
        const message = `${path} is no event file: there is no event in it that can be read`;
        throw new LogdirError("NOT_AN_EVENT_FILE", path, message);
      }
    },
    checkTags: (found, known) => {
      if (tagPatterns !== undefined && found === 0)
        throw new NoMatchError("tag", tagPatterns, path, [...known]);
    },
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

// Of a run that has begun and logged nothing yet.
function isEmptyEventFile(path: string): boolean {
  return isEventFileName(basename(path)) && statSync(path, { throwIfNoEntry: false })?.size === 0;
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === "string" ? [value] : value;
}
