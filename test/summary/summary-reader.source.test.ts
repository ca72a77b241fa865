// SummaryReader, inspectRuns and verifyRuns over files that are not on the disk.
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { ArgumentError, LogdirError, NoMatchError } from "../../src/errors.js";
import { inspectRuns, readScalarColumns, verifyLogdir } from "../../src/events/index.js";
import type { LogSource } from "../../src/events/reading/log-source.js";
import { SummaryReader, SummaryWriter } from "../../src/summary/index.js";
import { errorOf } from "../helpers/errors.js";
import { memoryLog } from "../helpers/memory-log.js";
import { expectSameReading, writeEveryRun } from "../helpers/same-reading.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { twoRuns } from "./two-runs.js";

const tempDir = useTempDir("reader-source");
let logdir: string;
let runs: string[];

beforeAll(async () => {
  logdir = tempDir();
  runs = await writeEveryRun(logdir);
});

test("reads every run there as on the disk, and closes what it opens", async () => {
  const source = memoryLog(logdir);
  expect(new SummaryReader(source).runs()).toEqual(runs);
  const counts = new Map<string, number>();
  for (const run of runs) {
    const found = await expectSameReading(source, logdir, run);
    expect(source.left(), run).toBe(0);
    const { events } = found["all"] as { events: unknown[] };
    counts.set(run, events.length);
  }
  // It compared something.
  expect(counts.get("handmade/restarted")).toBe(1 + 300 + 310 + 3 + 10 + 1 + 2);
  expect(counts.get("handmade/empty")).toBe(0);
  expect(new Set([...counts].filter(([, count]) => count === 0).map(([run]) => basename(run)))).toEqual(
    new Set(["empty", "an empty file", "a file of something else"]),
  );
});

test("has its path, and the files under the names that the source gives them", () => {
  const source = memoryLog(twoRuns(tempDir()));
  const reader = new SummaryReader(source);
  expect(reader.path).toBe("memory:");
  for (const { file } of reader.events())
    expect([file.startsWith("memory:/"), existsSync(file)]).toEqual([true, false]);
  const error = errorOf(NoMatchError, () => reader.tags({ tags: "lss" }));
  expect(error.message).toContain("No tag in memory: matches lss");
});

test("tells what cannot be opened, and leaves it out of an inspection that is told", async () => {
  const source = memoryLog(twoRuns(tempDir()));
  const [a, c] = source.runs();
  const broken: LogSource = { ...source, runs: () => [{ ...a!, files: ["memory:/gone"] }, c!] };
  expect(errorOf(LogdirError, () => new SummaryReader(broken).tags())).toMatchObject({
    ...{ code: "LOGDIR_NOT_READABLE", path: "memory:/gone" },
  });
  await expect(inspectRuns(broken.runs(), { source: broken })).rejects.toBeInstanceOf(LogdirError);
  const errors: string[] = [];
  const found = await inspectRuns(broken.runs(), {
    source: broken,
    onError: ({ path }) => errors.push(path),
  });
  expect(errors).toEqual(["memory:/gone"]);
  expect(found.map(({ run, events }) => [run, events])).toEqual([
    ["a", 0],
    ["b/c", 3],
  ]);
  expect(source.left()).toBe(0);
});

test("verifies what is there, and says what cannot be opened", async () => {
  const source = memoryLog(twoRuns(tempDir()));
  const [a, c] = source.runs();
  const broken: LogSource = { ...source, runs: () => [{ ...a!, files: ["memory:/gone"] }, c!] };
  const [first, second] = await verifyLogdir(broken, { threads: 2 });
  expect(first!.errors.map(({ path }) => path)).toEqual(["memory:/gone"]);
  expect(second).toMatchObject({ run: "b/c", defects: [], files: [{ events: 3 }], errors: [] });
  expect(source.left()).toBe(0);
});

test("ends a verification between two parts of a file, and closes it", async () => {
  const large = tempDir();
  const writer = new SummaryWriter(large, { fold: false });
  const tag = writer.scalar("loss");
  for (let step = 0; step < 400_000; step++) tag.add(step, step);
  writer.closeSync();
  const source = memoryLog(large);
  const stop = new AbortController();
  const told: number[] = [];
  const onProgress = (done: number): void => {
    told.push(done);
    stop.abort();
  };
  expect(await verifyLogdir(source, { onProgress, signal: stop.signal })).toEqual([]);
  expect(told).toHaveLength(1);
  expect(source.left()).toBe(0);
});

test("takes the columns of a source that has them", () => {
  const asked: unknown[] = [];
  const steps = Float64Array.of(1, 2);
  const columns = { steps, wallTimes: steps, values: steps };
  const source: LogSource = {
    ...memoryLog(twoRuns(tempDir())),
    scalars: (files, { tags, restarts }) => {
      asked.push([files.map((file) => basename(file)).length, tags("loss"), tags("other"), restarts]);
      return files[0]!.includes("/a/") ? new Map([["loss", columns]]) : undefined;
    },
  };
  const reader = new SummaryReader(source, { restarts: "all", tags: ["loss", "lr"] });
  expect(reader.scalars().map(({ run, tag, values }) => [run, tag, ...values])).toEqual([
    ["a", "loss", 1, 2],
    // Where it has none the file is read.
    ["b/c", "lr", 0.5],
  ]);
  expect(asked).toEqual([
    [1, true, false, "all"],
    [1, true, false, "all"],
  ]);
  const [run] = source.runs();
  expect(readScalarColumns(run!.files, { source })).toEqual(new Map([["loss", columns]]));
  expect(asked.at(-1)).toEqual([1, true, true, "shown"]);
});

test("tells how far an inspection is", async () => {
  const large = memoryLog(logdir);
  const [run] = large.runs().filter(({ name }) => name === "handmade/restarted");
  const told: [number, number][] = [];
  await inspectRuns([run!], { source: large, onProgress: (done, total) => told.push([done, total]) });
  const size = large.open(run!.files[0]!).size();
  expect(told).toEqual([
    [0, size],
    [size, size],
  ]);
});

test.each([undefined, null, 7, "", {}])("refuses %s", (path) => {
  expect(errorOf(ArgumentError, () => new SummaryReader(path as never)).message).toContain(
    "Expected `path` to be the path of a logdir, a run or an event file, or a LogSource",
  );
});
