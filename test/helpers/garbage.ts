// Runs a program that measures what a call leaves on the heap: in a process of its own, in which nothing is collected meanwhile.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const SPACE_MIB = 256;
const root = join(import.meta.dirname, "..", "..");

/** What `garbage-workload.ts` of a directory prints, which is JSON. */
export async function measureGarbage<T>(dir: string): Promise<T> {
  const space = [`--min-semi-space-size=${SPACE_MIB}`, `--max-semi-space-size=${SPACE_MIB}`];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", ...space, join(dir, "garbage-workload.ts")],
    { cwd: root, timeout: 50_000, killSignal: "SIGKILL", env: { ...process.env, NODE_OPTIONS: "" } },
  );
  return JSON.parse(stdout) as T;
}
