// tnl list: what can be run, and what is in a logdir.

import { existsSync } from "node:fs";
import type { Argv } from "yargs";
import { LogdirError } from "../errors.js";
import { LogdirSource, sizeIn } from "../events/reading/logdir-source.js";
import type { LogSource } from "../events/reading/log-source.js";
import { findRuns, type Run } from "../events/runs.js";
import { OPTIMIZERS, PROBLEMS } from "../experiments/registry.js";
import { DEFAULT_LOGDIR } from "../summary/run-files.js";
import { ExitCode } from "./exit-codes.js";
import type { Io } from "./io.js";
import { withLogs } from "./open-logs.js";
import { table } from "./table.js";

/** The options of `tnl list`, for yargs. */
export function options(yargs: Argv) {
  return yargs
    .positional("logdir", {
      type: "string",
      describe: `The logdir or archive whose runs to list; ${DEFAULT_LOGDIR} if it is there`,
    })
    .option("json", { type: "boolean", default: false, describe: "As JSON" });
}

/** What yargs makes of them. */
export type ListArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Writes the lists. Returns the exit code. */
export async function run(args: ListArguments, io: Io): Promise<number> {
  const logdir = args.logdir ?? (existsSync(DEFAULT_LOGDIR) ? DEFAULT_LOGDIR : undefined);
  const runs = logdir === undefined ? [] : await runsOf(logdir, io);
  if (args.json) {
    const described = (entries: Readonly<Record<string, { description?: string }>>): object[] =>
      Object.entries(entries).map(([name, { description }]) => ({ name, description }));
    const lists = {
      problems: described(PROBLEMS),
      optimizers: described(OPTIMIZERS),
      logdir: logdir ?? null,
      runs,
    };
    io.stdout.write(`${JSON.stringify(lists)}\n`);
    return ExitCode.OK;
  }
  io.stdout.write(`Problems\n${descriptions(PROBLEMS)}\nOptimizers\n${descriptions(OPTIMIZERS)}`);
  if (logdir === undefined) return ExitCode.OK;
  const rows = runs.map((entry) => [entry.run, String(entry.files), (entry.bytes / 1e6).toFixed(1)]);
  io.stdout.write(
    `\nRuns in ${logdir}\n${rows.length === 0 ? "  none\n" : table(["run", "files", "MB"], rows)}`,
  );
  return ExitCode.OK;
}

/** A run, and its event files. */
interface ListedRun {
  readonly run: string;
  readonly files: number;
  readonly bytes: number;
}

async function runsOf(logdir: string, io: Io): Promise<ListedRun[]> {
  const onError = (error: Error): void => void io.stderr.write(`tnl: ${error.message}\n`);
  try {
    return await withLogs(logdir, async (source) =>
      runsIn(source, onError).map(({ name, files }) => ({
        run: name,
        files: files.length,
        bytes: files.reduce((sum, file) => sum + sizeIn(source, file), 0),
      })),
    );
  } catch (error) {
    // That is no error here.
    if (error instanceof LogdirError && error.code === "NO_EVENT_FILES") return [];
    throw error;
  }
}

function runsIn(source: LogSource, onError: (error: Error) => void): Run[] {
  // Of an event file it says that it is no directory.
  const runs = source instanceof LogdirSource ? findRuns(source.path, { onError }) : [];
  // What cannot be read was told.
  return runs.length > 0 ? runs : source.runs({ onError: () => {} });
}

function descriptions(entries: Readonly<Record<string, { description?: string }>>): string {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  return Object.entries(entries)
    .map(([name, { description }]) => `  ${name.padEnd(width)}  ${description ?? ""}\n`)
    .join("");
}
