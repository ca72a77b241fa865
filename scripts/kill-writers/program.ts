// A logging program as a process of its own: started with a job, listened to, killed.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { LogJob, SessionsJob } from "./job.js";

/** More than any job takes. */
const TIMEOUT_MS = 300_000;

/** A program that runs. */
export interface Program {
  /** The next line it writes. @throws {Error} When it ends before, with its stderr. */
  line(): Promise<string>;
  /** Gives it a line to read. */
  tell(line: string): void;
  /** Kills it with SIGKILL; resolves when it is gone. @throws {Error} When it had ended by itself. */
  kill(): Promise<void>;
  /** Resolves when it has ended. @throws {Error} When it failed, with its stderr. */
  end(): Promise<void>;
}

/** Starts the program of `command` with a job. */
export function startProgram(command: readonly string[], job: LogJob | SessionsJob): Program {
  const [executable = "", ...args] = command;
  const child = spawn(executable, [...args, JSON.stringify(job)], {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A program that is killed while it is told something.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal ?? code));
  });
  const failure = (how: unknown): Error => new Error(`${command.join(" ")} ended with ${how}: ${stderr}`);
  return {
    async line() {
      const { value, done } = await lines.next();
      if (done === true) throw failure(await ended);
      return value;
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    async kill() {
      child.kill("SIGKILL");
      const how = await ended;
      if (how !== "SIGKILL") throw failure(how);
    },
    async end() {
      const how = await ended;
      if (how !== 0) throw failure(how);
    },
  };
}
