// tnl archive: keeps a logdir as one Parquet file.

import type { Argv } from "yargs";
import { archiveLogdir, type ArchiveReport, type ArchiveResult } from "../archive/archive-logdir.js";
import { verifyArchive } from "../archive/verify-archive.js";
import { WriteError } from "../errors.js";
import { byteProgress, megabytes } from "./byte-progress.js";
import { UsageError } from "./exit-codes.js";
import type { Io } from "./io.js";
import { number, Problems } from "./problems.js";
import { Stop } from "./stop.js";

/** What needs an archive to write. */
const WRITING = ["append", "delete", "partition"] as const;
const NO_ROOM = ["ENOSPC", "EDQUOT"];

/** The options of `tnl archive`, for yargs. */
export function options(yargs: Argv) {
  return yargs
    .positional("path", {
      type: "string",
      demandOption: true,
      describe: "A logdir; with --verify and without --out, an archive",
    })
    .option("out", {
      alias: "o",
      type: "string",
      requiresArg: true,
      describe: "The archive, such as runs.parquet",
    })
    .option("append", {
      type: "boolean",
      default: false,
      describe: "Add the runs that the archive does not have; one that was interrupted goes on",
    })
    .option("verify", {
      type: "boolean",
      default: false,
      describe: "Read everything back, and compare it with what was read, before the archive has its name",
    })
    .option("delete", {
      type: "boolean",
      default: false,
      describe:
        "Then delete what was archived, but for what has changed or may still be written; verifies too",
    })
    .option("partition", {
      type: "boolean",
      default: false,
      describe: "--out is a folder: an archive for each run",
    })
    .option("json", { type: "boolean", default: false, describe: "As JSON" });
}

/** What yargs makes of them. */
export type ArchiveArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Writes the archive, or verifies one. Returns the exit code. */
export async function run(args: ArchiveArguments, io: Io): Promise<number> {
  if (args.out !== undefined) return write(args, args.out, io);
  const needs = WRITING.find((name) => args[name]);
  if (needs !== undefined) throw new UsageError(`--${needs} needs --out <file>`);
  if (!args.verify) throw new UsageError("Where to? --out <file> is needed");
  return verify(args, io);
}

async function write(args: ArchiveArguments, out: string, io: Io): Promise<number> {
  const { path, append, partition } = args;
  const problems = new Problems(io);
  const stop = new Stop(io);
  const progress = await byteProgress();
  try {
    const report = await archiveLogdir(path, out, {
      ...{ append, partition, verify: args.verify, deleteOriginals: args.delete },
      ...{ onError: problems.add, onProgress: progress.update, signal: stop.signal },
    });
    progress.end();
    problems.tell();
    for (const { path: archive, begunAnew } of report.archives) {
      if (begunAnew !== undefined) io.stderr.write(`tnl: ${archive} was begun anew: ${begunAnew}\n`);
    }
    io.stdout.write(args.json ? json(args, report, problems) : text(report, args));
    if (!report.isWhole) io.stderr.write(`tnl: ${out} is not complete: the same with --append goes on\n`);
    return stop.code || problems.exitCode;
  } catch (error) {
    progress.end();
    problems.tell();
    if (error instanceof WriteError && NO_ROOM.includes(error.errno))
      io.stderr.write("tnl: when there is room, the same with --append goes on\n");
    throw error;
  } finally {
    progress.end();
    stop.release();
  }
}

async function verify({ path, json: asJson }: ArchiveArguments, io: Io): Promise<number> {
  const problems = new Problems(io);
  const stop = new Stop(io);
  const progress = await byteProgress();
  try {
    const report = await verifyArchive(path, {
      ...{ onError: problems.add, onProgress: progress.update, signal: stop.signal },
    });
    progress.end();
    problems.tell();
    const { files, bytes, bad } = report;
    const good = `${number(files, "file")}, ${megabytes(bytes)} MB, come out of ${path} as they were`;
    const line = bad === 0 ? good : `${good}; ${bad.toLocaleString("en")} not`;
    io.stdout.write(asJson ? `${JSON.stringify({ path, ...report, errors: problems.list })}\n` : `${line}\n`);
    return stop.code || problems.exitCode;
  } finally {
    progress.end();
    stop.release();
  }
}

function json({ path, out }: ArchiveArguments, report: ArchiveReport, problems: Problems): string {
  return `${JSON.stringify({ path, out, ...report, errors: problems.list })}\n`;
}

function text({ archives, links, deleted }: ArchiveReport, args: ArchiveArguments): string {
  const sum = (count: (result: ArchiveResult) => number): number =>
    archives.reduce((total, result) => total + count(result), 0);
  const [files, bytes, size] = [sum((one) => one.files), sum((one) => one.bytes), sum((one) => one.size)];
  const lines = [
    `${number(files, "file")}, ${megabytes(bytes)} MB, archived in ${args.out}, ${megabytes(size)} MB`,
    ...(links > 0 ? [`${number(links, "symbolic link")} listed, not followed`] : []),
    ...(args.delete ? [`${number(deleted.files, "original")}, ${megabytes(deleted.bytes)} MB, deleted`] : []),
  ];
  return `${lines.join("\n")}\n`;
}
