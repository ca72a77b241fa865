// The Python interpreter of this machine.
import { ask, findOnPath, type Env } from "./programs.js";

/** A Python that starts and is new enough. */
export interface Interpreter {
  /** The command that started it. */
  readonly command: string;
  /** Its version, such as `3.11.7`. */
  readonly version: string;
}

/** What the search for Python came to; `seen` lists the ones that are too old or do not start. */
export type PythonSearch =
  | { readonly found: Interpreter }
  | { readonly found?: undefined; readonly seen: readonly string[] };

const START_TIMEOUT_MS = 30_000;

/**
 * The first Python on the PATH of at least `atLeast` (major, minor). The variable PYTHON, where it is set, names the
 * only one to try.
 */
export async function findPython(
  env: Env,
  atLeast: readonly [number, number],
  platform: NodeJS.Platform = process.platform,
): Promise<PythonSearch> {
  const names = platform === "win32" ? ["python3", "python", "py"] : ["python3", "python"];
  const chosen = env["PYTHON"];
  const commands = chosen ? [chosen] : names.flatMap((name) => findOnPath(name, env, platform));
  const seen: string[] = [];
  for (const command of commands) {
    const version = await versionOf(command, env);
    if (version === undefined) seen.push(`${command} does not start`);
    else if (!isAtLeast(version, atLeast)) seen.push(`${command} is ${version}`);
    else return { found: { command, version } };
  }
  return { seen };
}

async function versionOf(command: string, env: Env): Promise<string | undefined> {
  const script = "import sys; print('%d.%d.%d' % tuple(sys.version_info[:3]))";
  const answer = await ask(command, ["-c", script], { env, timeoutMs: START_TIMEOUT_MS });
  const version = answer.stdout.trim();
  return answer.code === 0 && /^\d+\.\d+\.\d+$/.test(version) ? version : undefined;
}

function isAtLeast(version: string, [wantMajor, wantMinor]: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > wantMajor || (major === wantMajor && minor >= wantMinor);
}
