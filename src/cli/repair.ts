// tnl repair: writes a clean copy of event files.

import type { Argv } from "yargs";
import type { FileRepair, RunRepair } from "../events/repair/repair-report.js";
import { repairRuns } from "../events/repair/repair-runs.js";
import { byteProgress, megabytes } from "./byte-progress.js";
import { ExitCode } from "./exit-codes.js";
import type { Io } from "./io.js";
import { refuseArchive } from "./open-logs.js";
import { select, type Selection } from "./selection.js";
import { Stop } from "./stop.js";

/** Runs are a list. */
export const repeatable = ["run"];

/** The options of `tnl repair`, for yargs. */
export function options(yargs: Argv) {
  return yargs
    .positional("path", {
      type: "string",
      demandOption: true,
      describe: "A logdir, a run's directory or an event file; it stays as it is",
    })
    .option("out", {
      type: "string",
      requiresArg: true,
      demandOption: "Where to? --out <directory> is needed",
      describe: "The directory of the copy",
    })
    .option("run", {
      type: "string",
      requiresArg: true,
      describe: "May be repeated: only the runs of this name or glob, such as 'adam*' or '**/eval'",
    })
    .option("drop-void", {
      type: "boolean",
      default: false,
      describe: "Leave out what later restarts made void: both of TensorBoard's loaders show one curve then",
    })
    .option("json", { type: "boolean", default: false, describe: "As JSON" });
}

/** What yargs makes of them. */
export type RepairArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Writes the copy, and what is not in it. Returns the exit code. */
export async function run(args: RepairArguments, io: Io): Promise<number> {
  const { path } = args;
  refuseArchive(path, "repair");
  return select({ path, run: args.run }, io, (selection) => repair(selection, args, io));
}

async function repair(selection: Selection, args: RepairArguments, io: Io): Promise<number> {
  const { path, out } = args;
  const stop = new Stop(io);
  const progress = await byteProgress();
  try {
    const repairs = await repairRuns(path, selection.runs, {
      ...{ out, dropVoid: args["drop-void"], onProgress: progress.update, signal: stop.signal },
    });
    progress.end();
    const files = repairs.flatMap((one) => one.files);
    const errors = repairs.flatMap((one) => one.errors);
    for (const { message } of errors) io.stderr.write(`tnl: ${message}\n`);
    if (stop.code === ExitCode.OK && errors.length === 0) {
      selection.checkEvents(files.reduce((sum, { events }) => sum + events, 0));
    }
    io.stdout.write(args.json ? json(path, out, repairs) : text(out, files));
    if (stop.code !== ExitCode.OK) return stop.code;
    if (errors.length > 0) return ExitCode.LOGDIR;
    const isWhole = files.every(({ dropped }) => dropped.length === 0);
    return selection.exitCode() || (isWhole ? ExitCode.OK : ExitCode.DEFECTS);
  } finally {
    progress.end();
    stop.release();
  }
}

function json(path: string, out: string, repairs: readonly RunRepair[]): string {
  const runs = repairs.map(({ errors, ...repair }) => ({
    ...repair,
    errors: errors.map(({ code, path: file, message }) => ({ code, path: file, message })),
  }));
  return `${JSON.stringify({ path, out, runs })}\n`;
}

function text(out: string, files: readonly FileRepair[]): string {
  const lines = files.flatMap(linesOf);
  const copies = files.filter(({ copy }) => copy !== undefined);
  const events = copies.reduce((sum, file) => sum + file.events, 0);
  const bytes = copies.reduce((sum, file) => sum + file.bytes, 0);
  const dropped = files.reduce((sum, file) => sum + file.dropped.length + file.moreDropped, 0);
  const changed = files.reduce((sum, file) => sum + file.changed.length + file.moreChanged, 0);
  const written = `${number(copies.length, "file")} with ${number(events, "event")}, ${megabytes(bytes)} MB, in ${out}`;
  return `${[...lines, `${written}; ${dropped} dropped, ${changed} changed`].join("\n")}\n`;
}

function linesOf(file: FileRepair): string[] {
  const { dropped, moreDropped, changed, moreChanged, voidValues, copy, path } = file;
  const place = (offset: number): string => `at byte ${offset.toLocaleString("en")}`;
  const lines = [
    ...dropped.map(({ offset, length, code, message }) => {
      return `dropped ${place(offset)}, ${number(length, "byte")}: ${code}: ${message}`;
    }),
    ...(moreDropped > 0 ? [`dropped ${moreDropped.toLocaleString("en")} more`] : []),
    ...changed.map(({ offset, code, message }) => `changed ${place(offset)}: ${code}: ${message}`),
    ...(moreChanged > 0 ? [`changed ${moreChanged.toLocaleString("en")} more`] : []),
    ...(voidValues > 0 ? [`left out ${number(voidValues, "void value")}`] : []),
    ...(copy === undefined ? ["not copied: there is no event in it"] : []),
  ];
  return lines.length === 0 ? [] : [path, ...lines.map((line) => `  ${line}`)];
}

function number(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}
