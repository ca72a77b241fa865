// Programs of this machine: where on the PATH they are, and whether they start.
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** The environment variables a search looks at; `process.env` is one. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What a program answered. */
export interface Answer {
  /** The exit code; `undefined` when it did not start, did not end in time or was ended by a signal. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Every file a command name can mean, in the order of the PATH. A shim may stand before the program that works, so the
 * first one is not enough.
 */
export function findOnPath(name: string, env: Env, platform: NodeJS.Platform = process.platform): string[] {
  const windows = platform === "win32";
  // Only .exe: Node starts a .cmd or .bat in no other way than through a shell.
  const file = windows ? `${name}.exe` : name;
  const found = (variable(env, "PATH", windows) ?? "")
    .split(windows ? ";" : ":")
    .filter((directory) => directory !== "")
    .map((directory) => path.resolve(directory, file))
    .filter((candidate) => isExecutable(candidate));
  return [...new Set(found)];
}

/** Runs a program to its end, without a shell. Never throws: a program that is missing or hangs has no exit code. */
export function ask(
  command: string,
  args: readonly string[],
  options: { env: Env; timeoutMs: number; input?: string },
): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      [...args],
      { env: { ...options.env }, timeout: options.timeoutMs, windowsHide: true, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        resolve({
          code: typeof code === "number" ? code : undefined,
          stdout,
          stderr: stderr || (error?.message ?? ""),
        });
      },
    );
    // A program that ends without reading its input closes the pipe: its exit code tells.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Windows spells it `Path`, and a copy of `process.env` is not case-insensitive. */
function variable(env: Env, name: string, ignoreCase: boolean): string | undefined {
  if (!ignoreCase) return env[name];
  const key = Object.keys(env).find((candidate) => candidate.toUpperCase() === name);
  return key === undefined ? undefined : env[key];
}
