// tnl restore: makes the files of an archive again.

import type { Argv } from "yargs";
import { restoreArchive, type RestoreReport } from "../archive/restore.js";
import { nameFilter } from "../summary/name-filter.js";
import { byteProgress, megabytes } from "./byte-progress.js";
import type { Io } from "./io.js";
import { number, Problems } from "./problems.js";
import { Stop } from "./stop.js";

/** Runs and tags are lists. */
export const repeatable = ["run", "tag"];

/** The options of `tnl restore`, for yargs. */
export function options(yargs: Argv) {
  return yargs
    .positional("archive", {
      type: "string",
      demandOption: true,
      describe: "An archive, or a folder of archives",
    })
    .option("out", {
      alias: "o",
      type: "string",
      requiresArg: true,
      demandOption: "Where to? --out <directory> is needed",
      describe: "The directory of the files; nothing in it is overwritten",
    })
    .option("run", {
      type: "string",
      requiresArg: true,
      describe: "May be repeated: only the runs of this name or glob, such as 'adam*' or '**/eval'",
    })
    .option("tag", {
      type: "string",
      requiresArg: true,
      describe: "May be repeated: only the records with a tag of this name or glob, such as 'loss/*'",
    })
    .option("json", { type: "boolean", default: false, describe: "As JSON" });
}

/** What yargs makes of them. */
export type RestoreArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Writes the files. Returns the exit code. */
export async function run(args: RestoreArguments, io: Io): Promise<number> {
  const { archive, out } = args;
  // So that a message names the option.
  nameFilter(args.run, "--run");
  nameFilter(args.tag, "--tag");
  const problems = new Problems(io);
  const stop = new Stop(io);
  const progress = await byteProgress();
  try {
    const report = await restoreArchive(archive, out, {
      ...patterns("runs", args.run),
      ...patterns("tags", args.tag),
      ...{ onError: problems.add, onProgress: progress.update, signal: stop.signal },
    });
    progress.end();
    problems.tell();
    for (const { path, target } of report.links) {
      io.stderr.write(`tnl: ${path} was a symbolic link to ${target}: it is not made\n`);
    }
    io.stdout.write(
      args.json
        ? `${JSON.stringify({ archive, out, ...report, errors: problems.list })}\n`
        : text(out, report),
    );
    if (!report.isWhole) io.stderr.write(`tnl: ${out} is not complete\n`);
    return stop.code || problems.exitCode;
  } finally {
    progress.end();
    problems.tell();
    stop.release();
  }
}

function text(out: string, { files, bytes, bad, isChecked }: RestoreReport): string {
  const how = isChecked ? "each as it was" : "parts of what they were: there is nothing to check them by";
  const rest = bad === 0 ? "" : `; ${bad.toLocaleString("en")} not written`;
  return `${number(files, "file")}, ${megabytes(bytes)} MB, restored in ${out}, ${how}${rest}\n`;
}

function patterns<Name extends string>(
  name: Name,
  value: string | readonly string[] | undefined,
): Partial<Record<Name, readonly string[]>> {
  if (value === undefined) return {};
  return { [name]: typeof value === "string" ? [value] : value } as Record<Name, readonly string[]>;
}
