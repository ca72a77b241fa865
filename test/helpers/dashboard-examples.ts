// A logdir with every dashboard: what the examples of examples/dashboards log, always the same.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runOrThrow } from "../package/process.js";
import { root } from "../package/project.js";

const folder = join(root, "examples", "dashboards");
const tsx = pathToFileURL(join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;

/** When the examples run, as they see it: pictures show it. Milliseconds since 1970. */
const START = Date.UTC(2026, 0, 1, 12);

/** The same random numbers every time (a linear congruential generator), and a clock that begins at `START`. */
const PRELOAD = `
let seed = 1;
Math.random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const begin = performance.now();
Date.now = () => ${START} + performance.now() - begin;
`;

/** Runs the examples one after the other in one process in `cwd`, and gives the logdir that they make there. */
export async function logExamples(cwd: string): Promise<string> {
  const files = readdirSync(folder).toSorted();
  const program = files.map((file) => `await import(${JSON.stringify(pathToFileURL(join(folder, file)))});`);
  const preload = `data:text/javascript,${encodeURIComponent(PRELOAD)}`;
  const args = ["--import", tsx, "--import", preload, "--input-type=module", "--eval", program.join("\n")];
  await runOrThrow(process.execPath, args, { cwd });
  return join(cwd, "logs", "dashboards");
}
