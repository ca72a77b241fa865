// tnl tensorboard: starts the real TensorBoard.

import type { Argv } from "yargs";
import { findRuns } from "../events/runs.js";
import { DEFAULT_LOGDIR } from "../summary/run-files.js";
import type { Io } from "./io.js";
import { refuseArchive } from "./open-logs.js";
import { findTensorBoard } from "./tensorboard/find.js";
import { launchTensorBoard } from "./tensorboard/launch.js";

/** What stands behind `--` goes to TensorBoard. */
export const takesRest = true;

/** The options of `tnl tensorboard`, for yargs. */
export function options(yargs: Argv) {
  return yargs
    .positional("logdir", { type: "string", default: DEFAULT_LOGDIR, describe: "The logdir to show" })
    .epilogue("What stands behind -- goes to TensorBoard: tnl tensorboard logs -- --port 7000");
}

/** What yargs makes of them. */
export type TensorBoardArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Runs TensorBoard until it ends. Returns its exit code. */
export async function run(args: TensorBoardArguments, io: Io): Promise<number> {
  refuseArchive(args.logdir, "tensorboard");
  // TensorBoard would start without a word on a directory that is not there.
  findRuns(args.logdir, { onError: () => {} });
  const log = (line: string): void => void io.stderr.write(`${line}\n`);
  const tensorBoard = await findTensorBoard(io.env, { log });
  log(`Starting ${tensorBoard.description}`);
  const extraArgs = ((args as { "--"?: (string | number)[] })["--"] ?? []).map(String);
  return launchTensorBoard({ tensorBoard, logdir: args.logdir, extraArgs });
}
