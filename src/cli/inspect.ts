// tnl inspect: what is in a logdir.

import type { Argv } from "yargs";
import type { LogdirError } from "../errors.js";
import { inspectRuns } from "../events/inspect/inspect-runs.js";
import type { RunInspection } from "../events/inspect/run-inspection.js";
import { defaultCacheDirectory } from "../events/inspect/summary-cache.js";
import { byteProgress } from "./byte-progress.js";
import { inspectionJson } from "./inspection-json.js";
import { inspectionText } from "./inspection-text.js";
import type { Io } from "./io.js";
import { select, SELECTION_REPEATABLE, selectionOptions, type Selection } from "./selection.js";

export const repeatable = SELECTION_REPEATABLE;

/** With more runs their tags are not shown unless they are asked for. */
const MOST_RUNS = 4;

/** The options of `tnl inspect`, for yargs. */
export function options(yargs: Argv) {
  return selectionOptions(yargs)
    .option("show", {
      choices: ["auto", "runs", "tags"] as const,
      requiresArg: true,
      default: "auto" as "auto" | "runs" | "tags",
      describe: `runs: a line a run; tags: also a line a tag; auto: tags where at most ${MOST_RUNS} runs or a --tag are asked for`,
    })
    .option("no-cache", {
      type: "boolean",
      default: false,
      describe: "Read everything, also what was read before",
    })
    .option("json", { type: "boolean", default: false, describe: "As JSON: docs/terminal.md" });
}

/** What yargs makes of them. */
export type InspectArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Writes what is there. Returns the exit code. */
export async function run(args: InspectArguments, io: Io): Promise<number> {
  return select(args, io, (selection) => inspect(selection, args, io));
}

async function inspect(selection: Selection, args: InspectArguments, io: Io): Promise<number> {
  const runs = await read(selection, args, io);
  selection.checkEvents(runs.reduce((sum, { events }) => sum + events, 0));
  const chosen = runs.map((one) => ({ ...one, tags: one.tags.filter(({ tag }) => selection.isTag(tag)) }));
  selection.checkTags(
    chosen.reduce((sum, { tags }) => sum + tags.length, 0),
    new Set(runs.flatMap(({ tags }) => tags.map(({ tag }) => tag))),
  );
  const isForTags = runs.length <= MOST_RUNS || selection.tags !== undefined;
  const showsTags = args.show === "tags" || (args.show === "auto" && isForTags);
  io.stdout.write(
    args.json ? inspectionJson(selection.path, chosen) : inspectionText(selection.path, chosen, showsTags),
  );
  return selection.exitCode();
}

async function read(selection: Selection, args: InspectArguments, io: Io): Promise<RunInspection[]> {
  const errors: LogdirError[] = [];
  const progress = await byteProgress();
  try {
    return await inspectRuns(selection.runs, {
      source: selection.source,
      ...(!args["no-cache"] && { cache: defaultCacheDirectory(io.env) }),
      onProgress: progress.update,
      onError: (error) => errors.push(error),
    });
  } finally {
    progress.end();
    // Not into the bar.
    for (const { path, message } of errors) {
      selection.unreadable.push(path);
      io.stderr.write(`tnl: ${message}\n`);
    }
  }
}
