// The examples of logging from a program, run as their first lines say, at reduced size.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { findRuns } from "../../src/events/index.js";
import { eventsOf, scalarsOf } from "../helpers/events.js";
import type { End } from "../helpers/programs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const root = join(import.meta.dirname, "..", "..");
const tsx = pathToFileURL(join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;
const tempDir = useTempDir("examples");

/** Runs an example in a directory of its own, and gives its end and the points of each tag of each of its runs. */
async function runExample(
  name: string,
  args: readonly (number | string)[],
  onLine?: (line: string, child: ChildProcess) => void,
): Promise<End & { cwd: string; points: Record<string, Record<string, [step: number, value: number][]>> }> {
  const cwd = tempDir();
  const loader = name.endsWith(".ts") ? ["--import", tsx] : [];
  const child = spawn(process.execPath, [...loader, join(root, "examples", name), ...args.map(String)], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const isFirst = !stdout.includes("\n");
    stdout += text;
    if (isFirst && stdout.includes("\n")) onLine?.(stdout.trim(), child);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const end = await new Promise<End>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { ...end, cwd, points: pointsIn(join(cwd, "logs")) };
}

function pointsIn(logdir: string): Record<string, Record<string, [step: number, value: number][]>> {
  const runs = findRuns(logdir).map(({ name, files }) => {
    const tags: Record<string, [number, number][]> = {};
    for (const [tag, step, value] of files.flatMap((path) => scalarsOf(eventsOf(path)))) {
      (tags[tag] ??= []).push([Number(step), value]);
    }
    return [name, tags];
  });
  return Object.fromEntries(runs);
}

/** The run that an example says it has logged. */
function runIn(stdout: string): string {
  return basename(/(?:logged in|logs into) (.*)\n/.exec(stdout)![1]!);
}

describe("the examples", () => {
  it.each(["plain-script.ts", "server.ts", "workers.mjs"])("are short: %s", (name) => {
    const lines = readFileSync(join(root, "examples", name), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.length).toBeLessThan(60);
  });
});

describe("examples/plain-script.ts", () => {
  it("logs a run of its estimates", async () => {
    const { code, stdout, stderr, points } = await runExample("plain-script.ts", [5000]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const run = runIn(stdout);
    expect(Object.keys(points)).toEqual([run]);
    const tags = points[run]!;
    expect(Object.keys(tags)).toEqual(["pi/estimate", "pi/error", "points inside"]);
    for (const tag of ["pi/estimate", "pi/error"]) {
      expect(tags[tag]!.map(([step]) => step)).toEqual([1000, 2000, 3000, 4000, 5000]);
    }
    const last = Number(/^\S+/.exec(stdout)![0]);
    expect(tags["pi/estimate"]!.at(-1)).toEqual([5000, Math.fround(last)]);
    expect(tags["points inside"]).toEqual([[5000, Math.round((last * 5000) / 4)]]);
  });
});

describe.skipIf(process.platform === "win32")("examples/server.ts", () => {
  it("logs its requests, and ends cleanly on SIGTERM with the last of them", async () => {
    const answers: string[] = [];
    const ask = async (line: string, child: ChildProcess): Promise<void> => {
      const url = line.split(" ")[0]!;
      for (let i = 0; i < 20; i++) answers.push(await (await fetch(`${url}${i}`)).text());
      child.kill("SIGTERM");
    };
    const { code, signal, stdout, stderr, points } = await runExample("server.ts", [0, 50], ask);
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: "" });
    expect(answers).toEqual(Array.from({ length: 20 }, (_, i) => `You asked for /${i}\n`));
    const run = runIn(stdout);
    expect(Object.keys(points)).toEqual([run]);
    const rate = points[run]!["requests/per second"]!;
    expect(rate.map(([step]) => step)).toEqual(rate.map((_, i) => i));
    const requests = rate.map(([, perSecond]) => perSecond * 0.05);
    expect(requests.reduce((sum, n) => sum + n)).toBeCloseTo(20, 5);
    const mean = points[run]!["latency/mean ms"]!;
    const longest = points[run]!["latency/longest ms"]!;
    expect(mean.map(([step]) => step)).toEqual(rate.filter(([, n]) => n > 0).map(([step]) => step));
    for (const [i, [step, ms]] of mean.entries()) {
      expect(ms).toBeGreaterThan(0);
      expect(longest[i]![0]).toBe(step);
      expect(longest[i]![1]).toBeGreaterThanOrEqual(ms);
    }
  });
});

describe("examples/workers.mjs", () => {
  it("logs a sub-run of each thread, and their mean above them", async () => {
    const { code, stdout, stderr, points } = await runExample("workers.mjs", [3, 4000]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const run = runIn(stdout);
    const threads = [1, 2, 3].map((n) => `${run}/worker-${n}`);
    expect(Object.keys(points)).toEqual([run, ...threads]);
    const ends = threads.map((name) => {
      const { "pi/estimate": estimates = [], ...others } = points[name]!;
      expect(others).toEqual({});
      expect(estimates.map(([step]) => step)).toEqual([1000, 2000, 3000, 4000]);
      return estimates.at(-1)![1];
    });
    const [[step, mean] = []] = points[run]!["pi/mean of all"]!;
    expect(step).toBe(4000);
    expect(mean).toBeCloseTo(ends.reduce((sum, end) => sum + end) / 3, 5);
    expect(stdout).toMatch(/^\S+ by 3 workers, /);
  });
});
