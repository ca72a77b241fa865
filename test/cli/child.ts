// `tnl` as users have it: the built program, as a process of its own.
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

/** The built program; `npm test` builds it before. */
export const PROGRAM = join(import.meta.dirname, "..", "..", "dist", "cli", "bin.js");

/** How the process ended: by itself with a code, or by a signal. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where stdout goes; kept unless it is a file descriptor. */
  readonly stdout?: number;
  /** Milliseconds until it is killed. */
  readonly timeoutMs?: number;
}

/** A program that runs, and its end. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts any program; it is killed when it takes too long. */
export function start(command: string, args: readonly string[], options: StartOptions = {}): Started {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", options.stdout ?? "pipe", "pipe"],
    timeout: options.timeoutMs ?? 40_000,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Starts `tnl`. */
export function startTnl(args: readonly string[], options: StartOptions = {}): Started {
  return start(process.execPath, [PROGRAM, ...args], options);
}
