// Which TensorBoard to start: an installed one, one that uv or pipx brings, or our own virtual environment.
import { homedir } from "node:os";
import path from "node:path";

import { TensorBoardNotFoundError } from "./errors.js";
import { ask, findOnPath, type Env } from "./programs.js";
import { findPython } from "./python.js";
import { ensureVenv, VenvError } from "./venv.js";

/** The TensorBoard that is installed where there is none. */
export const TENSORBOARD_VERSION = "2.21.0";
/** What that version needs (its `Requires-Python`). */
const PYTHON_AT_LEAST = [3, 9] as const;

/** A TensorBoard that can be started: `command` with `args`, then TensorBoard's own arguments. */
export interface TensorBoardCommand {
  readonly how: "path" | "uvx" | "pipx" | "venv";
  readonly command: string;
  readonly args: readonly string[];
  /** For people: which one it is, and where. */
  readonly description: string;
}

/** What the search may say and assume. */
export interface FindOptions {
  /** Gets lines for people: a TensorBoard that is passed over, an environment being made. */
  readonly log?: (line: string) => void;
  readonly platform?: NodeJS.Platform;
}

/** The first start after an installation compiles; with TensorFlow beside it, it takes seconds every time. */
const START_TIMEOUT_MS = 120_000;

/**
 * Finds a TensorBoard: `tensorboard` on the PATH, if it starts (shims and installations with a package missing do not);
 * else `uvx tensorboard`; else `pipx run tensorboard`; else one in a virtual environment in the user's cache directory,
 * which is made the first time.
 *
 * @throws {TensorBoardNotFoundError} With what to install.
 */
export async function findTensorBoard(env: Env, options: FindOptions = {}): Promise<TensorBoardCommand> {
  return (
    (await installed(env, options)) ??
    (await runner("uvx", ["tensorboard"], env, options)) ??
    (await runner("pipx", ["run", "tensorboard"], env, options)) ??
    (await inVenv(env, options))
  );
}

async function installed(env: Env, { log, platform }: FindOptions): Promise<TensorBoardCommand | undefined> {
  for (const command of findOnPath("tensorboard", env, platform)) {
    const answer = await ask(command, ["--version"], { env, timeoutMs: START_TIMEOUT_MS });
    const version = /\d+\.\d+\S*/.exec(answer.stdout)?.[0];
    if (answer.code === 0 && version !== undefined) {
      return { how: "path", command, args: [], description: `TensorBoard ${version} (${command})` };
    }
    log?.(`${command} does not start, so it is passed over`);
  }
  return undefined;
}

async function runner(
  name: "uvx" | "pipx",
  args: readonly string[],
  env: Env,
  { platform }: FindOptions,
): Promise<TensorBoardCommand | undefined> {
  for (const command of findOnPath(name, env, platform)) {
    const answer = await ask(command, ["--version"], { env, timeoutMs: START_TIMEOUT_MS });
    if (answer.code === 0) {
      return {
        how: name,
        command,
        args,
        description: `TensorBoard by ${[name, ...args].join(" ")} (${command})`,
      };
    }
  }
  return undefined;
}

async function inVenv(
  env: Env,
  { log, platform = process.platform }: FindOptions,
): Promise<TensorBoardCommand> {
  const search = await findPython(env, PYTHON_AT_LEAST, platform);
  if (search.found === undefined) {
    const seen = search.seen.length === 0 ? "" : ` (${search.seen.join("; ")})`;
    throw new TensorBoardNotFoundError(
      `TensorBoard is not installed, and there is no Python ${PYTHON_AT_LEAST.join(".")} or newer to run it${seen}. ${REMEDY}`,
    );
  }
  try {
    const venv = await ensureVenv({
      directory: path.join(
        cacheDirectory(env, platform),
        "tensorboard-node-logger",
        `venv-${TENSORBOARD_VERSION}`,
      ),
      requirements: `tensorboard==${TENSORBOARD_VERSION}\n`,
      interpreter: search.found,
      env,
      platform,
      log,
    });
    const description = `TensorBoard ${TENSORBOARD_VERSION} (in the virtual environment ${venv.directory})`;
    return { how: "venv", command: venv.python, args: ["-m", "tensorboard.main"], description };
  } catch (error) {
    if (!(error instanceof VenvError)) throw error;
    throw new TensorBoardNotFoundError(`TensorBoard is not installed. ${error.message}. ${REMEDY}`, error);
  }
}

const REMEDY =
  "Install Python with pip and venv (Debian, Ubuntu: apt install python3-venv), or uv, and try again; or `pip install tensorboard`";

function cacheDirectory(env: Env, platform: NodeJS.Platform): string {
  const home = env["HOME"] ?? homedir();
  if (platform === "win32") return env["LOCALAPPDATA"] || path.join(homedir(), "AppData", "Local");
  // The XDG specification: a relative path is invalid and is not used.
  const xdg = env["XDG_CACHE_HOME"];
  return xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, ".cache");
}
