// Starting TensorBoard, passing signals on, waiting for its end.
import { spawn, type StdioOptions } from "node:child_process";
import { constants } from "node:os";

import { TensorBoardNotFoundError } from "./errors.js";
import type { TensorBoardCommand } from "./find.js";
import type { Env } from "./programs.js";

/** Where signals come from; `process` is one. */
export interface SignalSource {
  on(event: PassedOn | "exit", listener: () => void): unknown;
  off(event: PassedOn | "exit", listener: () => void): unknown;
}

/** What to start, and with what. */
export interface LaunchOptions {
  readonly tensorBoard: TensorBoardCommand;
  readonly logdir: string;
  /** More of TensorBoard's arguments, such as `--port 7000`. */
  readonly extraArgs?: readonly string[];
  /** As `spawn` takes it; TensorBoard writes to our terminal if it is not given. */
  readonly stdio?: StdioOptions;
  readonly env?: Env;
  readonly signals?: SignalSource;
}

type PassedOn = "SIGINT" | "SIGTERM" | "SIGHUP";
const PASSED_ON: readonly PassedOn[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs TensorBoard on `logdir` until it ends and gives its exit code (128 + n if signal n ended it). SIGINT, SIGTERM and
 * SIGHUP are passed on to it and to all it started; a second one kills.
 *
 * @throws {TensorBoardNotFoundError} When the program cannot be started.
 */
export function launchTensorBoard(options: LaunchOptions): Promise<number> {
  const {
    tensorBoard,
    logdir,
    extraArgs = [],
    stdio = "inherit",
    env = process.env,
    signals = process,
  } = options;
  const grouped = process.platform !== "win32";
  return new Promise((resolve, reject) => {
    const child = spawn(tensorBoard.command, [...tensorBoard.args, "--logdir", logdir, ...extraArgs], {
      stdio,
      env: { ...env },
      // A process group of its own: else a terminal sends it Ctrl-C too, and with ours it gets two. A Windows console
      // does that in any case; there nothing is passed on.
      detached: grouped,
      windowsHide: true,
    });
    let received = 0;
    const send = (signal: NodeJS.Signals) => {
      received += 1;
      if (grouped && child.pid !== undefined) killGroup(child.pid, received > 1 ? "SIGKILL" : signal);
    };
    const listeners = PASSED_ON.map((signal) => [signal, () => send(signal)] as const);
    const onExit = () => send("SIGTERM");
    const cleanUp = () => {
      for (const [signal, listener] of listeners) signals.off(signal, listener);
      signals.off("exit", onExit);
    };
    for (const [signal, listener] of listeners) signals.on(signal, listener);
    signals.on("exit", onExit);

    child.once("error", (error) => {
      cleanUp();
      reject(
        new TensorBoardNotFoundError(`Cannot start ${tensorBoard.description}: ${error.message}`, error),
      );
    });
    child.once("exit", (code, signal) => {
      cleanUp();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended in the meantime.
  }
}
