// tnl verify: says what is wrong with event files.

import type { Argv } from "yargs";
import { DEFECT_CODES, EFFECTS, type Defect, type DefectCode } from "../events/verify/defect.js";
import type { RunReport } from "../events/verify/verify-run.js";
import { hasRecords, verifyRuns } from "../events/verify/verify-runs.js";
import { byteProgress, megabytes } from "./byte-progress.js";
import { ExitCode } from "./exit-codes.js";
import type { Io } from "./io.js";
import { runOptions, select, type Selection } from "./selection.js";
import { Stop } from "./stop.js";

/** Runs and codes are lists. */
export const repeatable = ["run", "ignore"];

/** The options of `tnl verify`, for yargs. */
export function options(yargs: Argv) {
  return runOptions(yargs)
    .option("ignore", {
      choices: DEFECT_CODES,
      requiresArg: true,
      describe: "May be repeated: what is not to count as wrong",
    })
    .option("json", { type: "boolean", default: false, describe: "As JSON" });
}

/** What yargs makes of them. */
export type VerifyArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Writes what is wrong. Returns the exit code. */
export async function run(args: VerifyArguments, io: Io): Promise<number> {
  return select({ path: args.path, run: args.run }, io, (selection) => verify(selection, args, io));
}

async function verify(selection: Selection, args: VerifyArguments, io: Io): Promise<number> {
  const ignored = new Set([args.ignore ?? []].flat());
  const stop = new Stop(io);
  const progress = await byteProgress();
  try {
    const all = await verifyRuns(selection.runs, {
      source: selection.source,
      records: hasRecords(selection.source),
      onProgress: progress.update,
      signal: stop.signal,
    });
    progress.end();
    const files = all.flatMap((report) => report.files);
    const errors = all.flatMap((report) => report.errors);
    for (const { message } of errors) io.stderr.write(`tnl: ${message}\n`);
    if (stop.code === ExitCode.OK && errors.length === 0) {
      selection.checkEvents(files.reduce((sum, { events }) => sum + events, 0));
    }
    const reports = all.map((report) => without(report, ignored));
    const count = reports.reduce((sum, report) => sum + countOf(report), 0);
    io.stdout.write(args.json ? json(args.path, reports, count) : text(reports, count));
    if (stop.code !== ExitCode.OK) return stop.code;
    if (errors.length > 0) return ExitCode.LOGDIR;
    return selection.exitCode() || (count > 0 ? ExitCode.DEFECTS : ExitCode.OK);
  } finally {
    progress.end();
    stop.release();
  }
}

function without(report: RunReport, ignored: ReadonlySet<DefectCode>): RunReport {
  const more = Object.entries(report.more).filter(([code]) => !ignored.has(code as DefectCode));
  return {
    ...report,
    defects: report.defects.filter(({ code }) => !ignored.has(code)),
    more: Object.fromEntries(more),
  };
}

function countOf({ defects, more }: RunReport): number {
  return defects.length + Object.values(more).reduce((sum, count) => sum + count, 0);
}

function json(path: string, reports: readonly RunReport[], count: number): string {
  const runs = reports.map(({ errors, ...report }) => ({
    ...report,
    errors: errors.map(({ code, path: file, message }) => ({ code, path: file, message })),
  }));
  return `${JSON.stringify({ path, defects: count, runs })}\n`;
}

function text(reports: readonly RunReport[], count: number): string {
  const lines = reports.flatMap(linesOfRun);
  const files = reports.flatMap((report) => report.files);
  const events = files.reduce((sum, file) => sum + file.events, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const read = `${number(events, "event")}, ${megabytes(bytes)} MB in ${number(files.length, "file")}`;
  const bad = reports.filter((report) => countOf(report) > 0).length;
  const found = count === 0 ? "No defect" : `${number(count, "defect")} in ${number(bad, "run")}`;
  return `${[...lines, `${found}; ${number(reports.length, "run")} with ${read}`].join("\n")}\n`;
}

function linesOfRun({ run, files, defects, more }: RunReport): string[] {
  const ofFiles = files.flatMap(({ path }) => {
    const its = defects.filter((defect) => defect.path === path);
    return its.length === 0 ? [] : [path, ...its.map(lineOf)];
  });
  const ofMore = Object.entries(more).map(([code, count]) => `  ${count.toLocaleString("en")} more: ${code}`);
  return ofMore.length === 0 ? ofFiles : [...ofFiles, `run ${run}`, ...ofMore];
}

function lineOf({ code, offset, length, message, rust, python }: Defect): string {
  const size = length === undefined ? "" : `, ${number(length, "byte")}`;
  const loaders =
    rust === python
      ? `TensorBoard ${EFFECTS[rust]}`
      : `the data server ${EFFECTS[rust]}; the Python loader ${EFFECTS[python]}`;
  return `  at byte ${offset.toLocaleString("en")}${size}: ${code}: ${message}\n      ${loaders}`;
}

function number(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}
