// The Python side of the bench: a virtual environment of its own, made at first use and again when the requirements change.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root, runProcess } from "./harness.js";

const environment = join(root, ".venv-bench");
const requirements = join(root, "bench", "python", "requirements.txt");
/** Written after the installation, so that one that was cut off is made again. */
const installed = join(environment, "installed.txt");
const python = join(
  environment,
  ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
);

/**
 * Runs a script of `bench/python` and parses its output: one JSON object a line.
 *
 * @throws Error if the environment cannot be made (no Python, no network) or the script fails.
 */
export function runPython<T>(script: string, args: readonly string[]): T[] {
  const { stdout } = runProcess(benchPython(), [join(root, "bench", "python", script), ...args]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}

/** Which Python and which packages the figures come from. */
export function pythonVersions(): string {
  const pins = readFileSync(requirements, "utf8").match(/^\w+==\S+$/gm) ?? [];
  const { stdout } = runProcess(benchPython(), ["-c", "import platform; print(platform.python_version())"]);
  return `Python ${stdout.trim()}, ${pins.join(", ").replaceAll("==", " ")}`;
}

/** The environment's interpreter, after making the environment if it is not there. Throws as `runPython`. */
export function benchPython(): string {
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return python;
  console.error("Making .venv-bench with torch and torchbearer: some minutes, and some GB on Linux.");
  rmSync(environment, { recursive: true, force: true });
  runProcess(process.platform === "win32" ? "python" : "python3", ["-m", "venv", environment]);
  // Newer Pythons write it themselves.
  writeFileSync(join(environment, ".gitignore"), "*\n");
  runProcess(python, ["-m", "pip", "install", "--quiet", "--requirement", requirements], { timeout: 3600 });
  writeFileSync(installed, wanted);
  return python;
}
