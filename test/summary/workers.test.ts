// Worker threads and processes that log at once: a run each, or all into one, and every point of every one.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findRuns } from "../../src/events/runs.js";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { eventsOf, readEventFile, scalarsOf } from "../helpers/events.js";
import { compilePrograms, runProgram } from "../helpers/programs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("workers");
let programs: string;
beforeAll(() => {
  programs = compilePrograms("test/summary/programs", tempDir());
});

const STEPS = 10_000;

/** Lets workers log, and gives their run's directory. */
async function logInWorkers(where: string, how: string, count: number, steps: number): Promise<string> {
  const dir = join(tempDir(), "run");
  const args = [where, how, dir, count, steps].map(String);
  const ended = await runProgram(join(programs, "log-in-workers.js"), args);
  expect(ended).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
  return dir;
}

/** The one worker whose points a file has; they must be its steps from 0 on, in order. */
function workerOf(path: string, steps: number): number {
  const scalars = scalarsOf(eventsOf(path));
  const worker = scalars[0]![2];
  expect(scalars).toHaveLength(steps);
  expectInOrder(scalars, worker);
  return worker;
}

function expectInOrder(scalars: ReturnType<typeof scalarsOf>, worker: number): void {
  const wrong = scalars.filter(([tag, step, n], i) => tag !== "loss" || step !== i || n !== worker);
  expect(wrong).toEqual([]);
}

describe("four workers at once", () => {
  it.each(["threads", "cluster"])("have a run each, with all points in one whole file: %s", async (where) => {
    const dir = await logInWorkers(where, "sub-runs", 4, STEPS);
    const runs = findRuns(dir);
    expect(runs.map(({ name }) => name)).toEqual(["worker-1", "worker-2", "worker-3", "worker-4"]);
    for (const [i, { files }] of runs.entries()) {
      expect(files.map((path) => workerOf(path, STEPS))).toEqual([i + 1]);
    }
  });

  it.each(["threads", "cluster"])(
    "have a file each in one directory if they want it, and lose nothing: %s",
    async (where) => {
      const dir = await logInWorkers(where, "one directory", 4, STEPS);
      const runs = findRuns(dir);
      expect(runs.map(({ name }) => name)).toEqual(["."]);
      expect(runs[0]!.files.map((path) => workerOf(path, STEPS)).toSorted()).toEqual([1, 2, 3, 4]);
    },
  );

  it("leave each other's files alone there, as long as they are open", async () => {
    const dir = await logInWorkers("threads", "one directory, one after another", 4, 100);
    const { files } = findRuns(dir)[0]!;
    expect(files.map((path) => workerOf(path, 100))).toEqual([1, 2, 3, 4]);
    // Each thread's in the file's name, behind the process.
    const threads = files.map((path) => /\.(\d+)-(\d+)$/.exec(path)!.slice(1));
    expect(threads.map(([, thread]) => thread)).toEqual(["1", "2", "3", "4"]);
    expect(new Set(threads.map(([pid]) => pid)).size).toBe(1);
  });

  it("have as many files there as sessions, however often they open them at the same moment", async () => {
    const sessions = 25;
    const dir = await logInWorkers("threads", "one directory, many sessions", 4, sessions);
    const sessionOf = (path: string): string => {
      const scalars = scalarsOf(eventsOf(path));
      expect(scalars).toHaveLength(1);
      const [, step, worker] = scalars[0]!;
      return `worker ${worker}, session ${step}`;
    };
    const expected = [1, 2, 3, 4].flatMap((worker) =>
      Array.from({ length: sessions }, (_, session) => `worker ${worker}, session ${session}`),
    );
    expect(findRuns(dir)[0]!.files.map(sessionOf).toSorted()).toEqual(expected.toSorted());
  });
});

describe.skipIf(process.platform !== "linux")("threads in processes of a cluster", () => {
  it("have a run each below their process's", async () => {
    const dir = await logInWorkers("threads in cluster", "sub-runs", 2, 100);
    const runs = findRuns(dir);
    expect(runs.map(({ name }) => name)).toEqual([
      ...["worker-1/worker-1", "worker-1/worker-2", "worker-2/worker-1", "worker-2/worker-2"],
    ]);
    expect(runs.flatMap(({ files }) => files.map((path) => workerOf(path, 100)))).toEqual([1, 2, 1, 2]);
  });
});

describe("a thread that ends", () => {
  it.each([
    ["return", "", [1, 2, 3]],
    ["exit", "", [1, 2, 3]],
    ["throw", "the thread's own error", [1, 2, 3]],
    ["terminated by the main thread", "", [1]],
    ["exit of the main thread", "", [1]],
  ])("by itself loses nothing, and by another what was not handed over: %s", async (how, stdout, steps) => {
    const dir = tempDir();
    const ended = await runProgram(join(programs, "end-in-thread.js"), [dir, how]);
    expect(ended).toEqual({ code: 0, signal: null, stdout, stderr: "" });
    const [path, ...others] = findRuns(dir).flatMap(({ files }) => files);
    expect(others).toEqual([]);
    expect(eventsOf(path!).map(({ step }) => step)).toEqual(steps);
  });
});

describe("a thread that is terminated in the middle", () => {
  it("leaves all that was flushed, and no torn record", async () => {
    const dir = await logInWorkers("threads", "until terminated", 2, 1000);
    const runs = findRuns(dir);
    expect(runs.map(({ name }) => name)).toEqual(["worker-1", "worker-2"]);
    for (const [i, { files }] of runs.entries()) {
      expect(files).toHaveLength(1);
      const { events, torn } = readEventFile(files[0]!);
      expect(torn).toBe(0);
      const scalars = scalarsOf(events);
      expect(scalars.length).toBeGreaterThanOrEqual(1000);
      expectInOrder(scalars, i + 1);
    }
  });
});

describe("the main thread", () => {
  /** Where a writer with this option writes, as seen from the run's directory. */
  function below(worker?: string | false): string {
    const dir = tempDir();
    const writer = new SummaryWriter(dir, worker === undefined ? {} : { worker });
    writer.addScalar("loss", 1, 0);
    writer.closeSync();
    expect(existsSync(writer.path!)).toBe(true);
    return relative(dir, writer.logdir!);
  }

  it("writes into the run's own directory, and into a sub-run if it is named", () => {
    expect([below(), below(false), below("actor/3"), below("../x")]).toEqual([
      ...["", "", join("actor", "3"), join("_", "x")],
    ]);
  });

  it("never loads node:cluster for that", async () => {
    const { stdout, stderr } = await runProgram(join(programs, "loaded-modules.js"), [tempDir()]);
    expect(stderr).toBe("");
    const loaded = stdout.trim().split("\n");
    expect(loaded).toContain("NativeModule fs");
    expect(loaded.filter((name) => name.includes("cluster"))).toEqual([]);
  });
});
