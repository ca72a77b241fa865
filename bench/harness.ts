// How the bench measures: whole processes in interleaved rounds, results that are checked, and the machine they come from.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, release, tmpdir, totalmem, type } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's directory, the working directory of every measured process. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** A process that ended well: how long it took from start to end, in seconds, and what it said. */
export interface FinishedProcess {
  readonly seconds: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @param options.env is added to the environment; `timeout` is in seconds, 300 unless given.
 * @throws Error if it cannot be started, exits with another code than 0, or takes longer than the timeout.
 */
export function runProcess(
  command: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly timeout?: number } = {},
): FinishedProcess {
  const start = performance.now();
  const child = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...options.env },
    maxBuffer: 256 * 2 ** 20,
    timeout: (options.timeout ?? 300) * 1000,
  });
  const seconds = (performance.now() - start) / 1000;
  if (child.error !== undefined) throw child.error;
  if (child.status !== 0) {
    const end = child.signal ?? `exit code ${child.status}`;
    throw new Error(`${[command, ...args].join(" ")}: ${end}\n${child.stderr}`);
  }
  return { seconds, stdout: child.stdout, stderr: child.stderr };
}

/** Calls `use` with a new directory, which is removed afterwards. */
export function withTemporaryDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), "tnl-bench-"));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Calls the sides in turn, A B A B ..., so that a machine that slows down slows down all of them.
 *
 * @returns per side what it returned, in the order of the rounds.
 */
export function interleave<Side extends string, T>(
  rounds: number,
  sides: Readonly<Record<Side, () => T>>,
): Record<Side, T[]> {
  const names = Object.keys(sides) as Side[];
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Side, T[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name].push(sides[name]());
  }
  return results;
}

/**
 * Stops the bench when a side did not compute what it should: its speed would mean nothing.
 *
 * @throws Error if `actual` is further than `tolerance` from `expected`.
 */
export function check(what: string, actual: number, expected: number, tolerance: number): void {
  if (Math.abs(actual - expected) <= tolerance) return;
  throw new Error(`${what} is ${actual}, expected ${expected} within ${tolerance}`);
}

/** The machine in one line. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model.trim() ?? "unknown CPU";
  return `${model}, ${availableParallelism()} cores, ${memory} GiB, ${type()} ${release()}, Node ${process.versions.node}`;
}
