// Runs a program as a user's shell would: without what vitest and npm put into the environment.
import { spawn } from "node:child_process";

/** How a program ended; `code` is null when it was killed, for instance because it took too long. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** Milliseconds until it is killed; by default 45,000. */
  readonly timeout?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end; resolves whatever its exit code is. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...userEnvironment(), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: options.timeout ?? 45_000,
    killSignal: "SIGKILL",
    // npm is a batch file there, which only a shell starts.
    shell: process.platform === "win32" && command === "npm",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a program that has to succeed; throws with all it printed when it does not. */
export async function runOrThrow(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Outcome> {
  const outcome = await run(command, args, options);
  if (outcome.code === 0) return outcome;
  throw new Error(
    `${command} ${args.join(" ")} ended with ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`,
  );
}

const notTheUsers =
  /^(npm_(lifecycle|package|command|config_local_prefix|execpath|node_execpath)|INIT_CWD$|VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$)/;

function userEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !notTheUsers.test(name)));
}
