// What the cases of archives share: the commands, timed, with their memory, and the compressors that they are compared with.
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

import { runProcess, withTemporaryDirectory } from "./harness.js";
import { SkippedError } from "./figures.js";
import { cli, compileWorkload, preload } from "./workloads.js";

/** In seconds: sixty million events take minutes. */
const TIMEOUT = 3600;

/** What a process took, from its start to its end. */
export interface Cost {
  readonly seconds: number;
  /** The most memory that it had, in megabytes. */
  readonly megabytes: number;
}

/** `tnl archive LOGDIR -o FILE`. */
export function archive(logdir: string, file: string): Cost {
  return tnl(["archive", logdir, "-o", file]);
}

/** `tnl archive --verify FILE`: every file is rebuilt, and its hash compared. */
export function verify(file: string): Cost {
  return tnl(["archive", "--verify", file]);
}

/** `tnl restore FILE --out TARGET`. */
export function restore(file: string, target: string): Cost {
  return tnl(["restore", file, "--out", target]);
}

function tnl(args: readonly string[]): Cost {
  const reporter = compileWorkload("report-memory");
  return withTemporaryDirectory((directory) => {
    const memory = join(directory, "memory");
    const { seconds } = runProcess(process.execPath, [...preload(reporter), cli, ...args], {
      env: { BENCH_MEMORY_FILE: memory },
      timeout: TIMEOUT,
    });
    return { seconds, megabytes: Number(readFileSync(memory, "utf8")) / 1e6 };
  });
}

/** A program that makes files smaller, as hard as it can. */
const COMPRESSORS = { zstd: ["zstd", "-19", "-q", "-c"], xz: ["xz", "-9", "-T1", "-c"] } as const;

/** The name of one of them. */
export type Compressor = keyof typeof COMPRESSORS;

/**
 * Compresses a file, one thread.
 *
 * @throws SkippedError where there is no such program.
 */
export function compress(name: Compressor, file: string, into: string): { seconds: number; bytes: number } {
  const { seconds } = runProcess(
    "sh",
    ["-c", 'into=$1; shift; "$@" >"$into"', "sh", into, ...COMPRESSORS[name], file],
    {
      timeout: TIMEOUT,
    },
  );
  return { seconds, bytes: statSync(into).size };
}

/** Which version of a compressor is there. Throws as `compress`. */
export function versionOf(name: Compressor): string {
  try {
    return runProcess(name, ["--version"]).stdout.trim().split("\n")[0]!.replaceAll("*", "").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new SkippedError(`${name} is not on the PATH`);
  }
}

/** The one event file below a directory, and how many bytes it has. */
export function eventFileIn(directory: string): { readonly path: string; readonly bytes: number } {
  const found = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.includes("tfevents"),
  );
  if (found.length !== 1) throw new Error(`${directory} has ${found.length} event files, expected one`);
  const path = join(directory, found[0]!);
  return { path, bytes: statSync(path).size };
}

/** Stops the bench when what was restored is not what was archived. */
export function checkRestored(original: string, restored: string): void {
  const files = [original, restored].map((path) => openSync(path, "r"));
  const blocks = files.map(() => Buffer.alloc(2 ** 20));
  try {
    for (;;) {
      const [a, b] = files.map((fd, i) => blocks[i]!.subarray(0, readSync(fd, blocks[i]!)));
      if (!a!.equals(b!)) throw new Error(`${restored} is not ${original}`);
      if (a!.length === 0) return;
    }
  } finally {
    for (const fd of files) closeSync(fd);
  }
}
