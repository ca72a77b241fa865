// The command line: finds the command, loads it, runs it, and turns what happens into an exit code.

import yargs, { type Argv } from "yargs";
import { TnlError } from "../errors.js";
import { ExperimentError } from "../experiments/experiment-error.js";
import { version } from "../version.js";
import { ExitCode, exitCodeOf, UsageError } from "./exit-codes.js";
import type { Io } from "./io.js";

/** A command's module: its options for yargs, and what it does. */
interface Command {
  /** What may be given several times; all else is refused then. */
  readonly repeatable?: readonly string[];
  /** Whether what stands behind `--` is for it. */
  readonly takesRest?: boolean;
  options(yargs: Argv): Argv;
  run(args: never, io: Io): Promise<number>;
}

const COMMANDS: readonly { usage: string; description: string; load(): Promise<unknown> }[] = [
  {
    usage: "run [problems..]",
    description:
      "Run experiments and log them; without arguments, Figure 1 of “On the Convergence of Adam and Beyond”",
    load: () => import("./run.js"),
  },
  {
    usage: "tensorboard [logdir]",
    description: "Start TensorBoard on a logdir",
    load: () => import("./tensorboard.js"),
  },
  {
    usage: "list [logdir]",
    description: "List problems, optimizers and the runs of a logdir",
    load: () => import("./list.js"),
  },
  {
    usage: "inspect [path]",
    description: "What is in a logdir: runs, tags, counts, ranges, sizes",
    load: () => import("./inspect.js"),
  },
  {
    usage: "tail [path]",
    description: "The last values of a log, and those that come",
    load: () => import("./tail.js"),
  },
  {
    usage: "plot [path]",
    description: "Draw the curves of scalars in the terminal",
    load: () => import("./plot.js"),
  },
  {
    usage: "verify [path]",
    description: "Say what is wrong with event files, and what TensorBoard makes of it",
    load: () => import("./verify.js"),
  },
  {
    usage: "repair <path>",
    description: "Write a clean copy of event files, without what is damaged",
    load: () => import("./repair.js"),
  },
  {
    usage: "archive <path>",
    description: "Keep a logdir as one Parquet file, from which every file comes back byte for byte",
    load: () => import("./archive.js"),
  },
  {
    usage: "restore <archive>",
    description: "Make the files of an archive again",
    load: () => import("./restore.js"),
  },
];

/**
 * Runs `tnl` with the arguments behind the program's name and returns the exit code (`ExitCode`). Results go to `io.stdout`, all else to
 * `io.stderr`; an error is one line there, and so is each run that failed.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (thrown) {
    // With asynchronous options the parser may throw its own error past `fail`.
    const error = isParserError(thrown) ? new UsageError(usageLine(thrown.message, argv)) : thrown;
    for (const line of linesOf(error)) io.stderr.write(`tnl: ${line}\n`);
    return exitCodeOf(error);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  let code: number = ExitCode.OK;
  const parser = yargs()
    .scriptName("tnl")
    .usage("$0 <command>\n\nLogs experiments for TensorBoard, and shows them.")
    .version(version)
    // Our own words are English.
    .locale("en")
    .strict()
    .recommendCommands()
    .demandCommand(1, "Which command? tnl --help lists them")
    .parserConfiguration({
      "parse-positional-numbers": false,
      "dot-notation": false,
      "boolean-negation": false,
      // Else the parser drops what stands there.
      "populate--": true,
    })
    .epilogue(
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the logdir cannot be used, 4 defects were found, 124 the time was over, 130 and 143 ended by a signal",
    )
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(usageLine(message, argv));
    });
  for (const { usage, description, load } of COMMANDS) {
    let command: Command | undefined;
    parser.command(
      usage,
      description,
      async (y: Argv) => {
        command = (await load()) as Command;
        return command.options(y);
      },
      async (args) => {
        checkShape(command!, args);
        code = await command!.run(args as never, io);
      },
    );
  }
  await parser.parseAsync([...argv], {}, (_error: unknown, _args: unknown, output: string) => {
    // Only help and the version: errors are thrown.
    if (output !== "") io.stdout.write(`${output}\n`);
  });
  return code;
}

function isParserError(error: unknown): error is Error {
  return error instanceof Error && error.name === "YError";
}

// The parser makes an array of what is given twice, whatever its type.
function checkShape({ repeatable = [], takesRest = false }: Command, args: Record<string, unknown>): void {
  const rest = args["--"] as readonly unknown[] | undefined;
  if (!takesRest && rest !== undefined && rest.length > 0) {
    throw new UsageError(`Nothing is expected behind --, got ${rest.join(" ")}`);
  }
  const twice = Object.keys(args)
    .filter((key) => Array.isArray(args[key]) && !["_", "--", ...repeatable].includes(key))
    // An option's name, not its letter.
    .toSorted((a, b) => b.length - a.length)
    .at(0);
  if (twice !== undefined) {
    throw new UsageError(`--${twice} is given more than once`);
  }
}

// The parser's words in one line, with the command that was typed where it only makes a suggestion.
function usageLine(message: string, argv: readonly string[]): string {
  const line = message.trim().replaceAll(/:?\s*\n\s*/g, ": ");
  return line.startsWith("Did you mean") ? `Unknown command ${JSON.stringify(argv[0])}. ${line}` : line;
}

// A line for each run that failed.
function linesOf(error: unknown): string[] {
  if (!(error instanceof ExperimentError)) return [lineOf(error)];
  return error.failures.map((failure) => `${failure.run}: ${lineOf(failure.error)}`);
}

// Never a stack trace: with an error of ours the line says all, and with any other a person can do nothing with one.
function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replaceAll(/\s*\n\s*/g, "; ");
  return error instanceof TnlError ? line : `unexpected error: ${line}`;
}
