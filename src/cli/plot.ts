// tnl plot: the curves of scalars, in the terminal and as SVG.

import type { Argv } from "yargs";
import { ArgumentError, LogdirError } from "../errors.js";
import { inspectRuns } from "../events/inspect/inspect-runs.js";
import { defaultCacheDirectory } from "../events/inspect/summary-cache.js";
import type { Damage } from "../events/reading/damage.js";
import type { LogSource } from "../events/reading/log-source.js";
import { readScalarColumns } from "../events/reading/scalar-columns.js";
import type { Run } from "../events/runs.js";
import { checkSvgPath, saveSvg } from "../plot/save-svg.js";
import { renderTerminal } from "../plot/terminal.js";
import { Charts, type XAxis } from "./charts.js";
import type { Io } from "./io.js";
import { parseInteger, parseNumber } from "./numbers.js";
import { select, SELECTION_REPEATABLE, selectionOptions, type Selection } from "./selection.js";

export const repeatable = SELECTION_REPEATABLE;

/** The size of a chart where there is no terminal. */
const COLUMNS = 80;
const ROWS = 20;
const MOST_COLUMNS = 120;
/** What a chart needs. */
const LEAST_COLUMNS = 24;
const LEAST_ROWS = 8;
const LEGEND_ROWS = 5;

/** The options of `tnl plot`, for yargs. */
export function options(yargs: Argv) {
  return selectionOptions(yargs)
    .option("x", {
      choices: ["step", "wall", "relative"] as const,
      requiresArg: true,
      default: "step" as XAxis,
      describe: "The horizontal axis: the step, the date, or the time since the curve's first point",
    })
    .option("smooth", {
      type: "string",
      requiresArg: true,
      default: "0",
      describe: "As TensorBoard's slider: from 0, not at all, to 0.999",
    })
    .option("log-y", {
      type: "boolean",
      default: false,
      describe: "A logarithmic vertical axis; what is not positive is a gap",
    })
    .option("restarts", {
      choices: ["shown", "all"] as const,
      requiresArg: true,
      default: "shown" as "shown" | "all",
      describe:
        "shown: without the points that a restart made void, as TensorBoard; all: everything in the files",
    })
    .option("full-resolution", {
      type: "boolean",
      default: false,
      describe: "Of a bounded run every point, from its record file",
    })
    .option("width", {
      type: "string",
      requiresArg: true,
      describe: "Of a chart, in characters",
      defaultDescription: `the terminal's, at most ${MOST_COLUMNS}; else ${COLUMNS}`,
    })
    .option("height", {
      type: "string",
      requiresArg: true,
      describe: "Of a chart, in lines",
      defaultDescription: String(ROWS),
    })
    .option("svg", { type: "string", requiresArg: true, describe: "Write the charts into this file, too" });
}

/** What yargs makes of them. */
export type PlotArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Draws the charts. Returns the exit code. */
export async function run(args: PlotArguments, io: Io): Promise<number> {
  const size = sizeOf(args, io);
  const charts = new Charts({ x: args.x, smooth: parseSmooth(args.smooth), isLog: args["log-y"] });
  return select(args, io, (selection) => plot(selection, charts, size, args, io));
}

async function plot(
  selection: Selection,
  charts: Charts,
  size: ReturnType<typeof sizeOf>,
  args: PlotArguments,
  io: Io,
): Promise<number> {
  if (args.svg !== undefined) checkSvgPath(args.svg);
  const warnings = selection.runs.flatMap((one) => addRun(charts, one, selection, args));
  const figures = charts.figures();
  if (figures.length === 0) warnings.push(await whyNothing(selection, io));
  for (const warning of warnings) io.stderr.write(`tnl: ${warning}\n`);
  if (figures.length === 0) return selection.exitCode();
  if (args.svg !== undefined) saveSvg(figures, args.svg);
  const drawings = figures.map((figure) => renderTerminal(figure, size));
  io.stdout.write(`${drawings.join("\n\n")}\n`);
  return selection.exitCode();
}

/** Adds a run's curves. Returns what a person has to know of its files. */
function addRun(charts: Charts, one: Run, selection: Selection, args: PlotArguments): string[] {
  const warnings: string[] = [];
  const damages: Damage[] = [];
  const { source } = selection;
  const paths = args["full-resolution"] ? source.fullResolutionFiles(one) : one.files;
  const files = paths.filter((path) => {
    const problem = problemOf(source, path);
    if (problem === undefined) return true;
    selection.unreadable.push(path);
    warnings.push(problem);
    return false;
  });
  const columns = readScalarColumns(files, {
    source,
    restarts: args.restarts,
    // What is not whole at the end of a file is still being written.
    onDamage: (damage) => void (damage.code !== "TORN_TAIL" && damages.push(damage)),
    ...(selection.tags && { tags: selection.tags }),
  });
  const [first] = damages;
  if (first !== undefined) {
    const more = damages.length > 1 ? ` and ${damages.length - 1} more` : "";
    warnings.push(`${first.path} is damaged at byte ${first.offset}${more}: see tnl verify`);
  }
  charts.add(one.name, columns);
  return warnings;
}

// Found before the run is read, so that its other files are.
function problemOf(source: LogSource, path: string): string | undefined {
  try {
    source.open(path).close();
    return undefined;
  } catch (error) {
    if (!(error instanceof LogdirError)) throw error;
    return error.message;
  }
}

// Why there is nothing to draw: no event and no such tag are errors, no scalars are none.
async function whyNothing(selection: Selection, io: Io): Promise<string> {
  const onError = (error: LogdirError): void => void selection.unreadable.push(error.path);
  const { source } = selection;
  const runs = await inspectRuns(selection.runs, { source, cache: defaultCacheDirectory(io.env), onError });
  selection.checkEvents(runs.reduce((sum, { events }) => sum + events, 0));
  const tags = runs.flatMap((one) => one.tags.filter(({ dashboard }) => dashboard === "scalars"));
  selection.checkTags(0, new Set(tags.map(({ tag }) => tag)));
  return `There are no scalars in ${selection.path}`;
}

function sizeOf(args: PlotArguments, io: Io) {
  const terminal = io.stdout as Partial<NodeJS.WriteStream>;
  const isTerminal = terminal.isTTY === true && io.env["TERM"] !== "dumb";
  // Not the last column: a terminal is about to wrap there.
  const room = isTerminal ? Math.min((terminal.columns ?? COLUMNS + 1) - 1, MOST_COLUMNS) : COLUMNS;
  const { width, height } = args;
  return {
    columns:
      width === undefined ? Math.max(room, LEAST_COLUMNS) : parseInteger("--width", width, LEAST_COLUMNS),
    rows: height === undefined ? ROWS : parseInteger("--height", height, LEAST_ROWS),
    color: isTerminal && (terminal.hasColors?.() ?? false),
    dashes: true,
    legendRows: LEGEND_ROWS,
  };
}

function parseSmooth(text: string): number {
  const weight = parseNumber("--smooth", text);
  if (!(weight >= 0 && weight < 1))
    throw new ArgumentError("--smooth", "a number from 0 to 0.999", text, JSON.stringify(text));
  return weight;
}
