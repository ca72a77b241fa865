// tnl inspect: what it writes, and what it refuses.
import { mkdirSync, truncateSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { scalar, sessionFile, START_S } from "../helpers/handmade-runs.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { startTnl } from "./child.js";
import { FakeIo, tnl } from "./fake-io.js";

const tempDir = useTempDir("cli-inspect");
let logdir: string;
let cache: string;

beforeAll(() => {
  const dir = tempDir();
  cache = join(dir, "cache");
  logdir = join(dir, "logs");
  for (const run of ["adam/seed-1", "adam/seed-2", "sgd"]) mkdirSync(join(logdir, run), { recursive: true });
  sessionFile(join(logdir, "adam/seed-1"), 0, [
    scalar(0, { loss: 0.5, accuracy: NaN }, true),
    scalar(10, { loss: 1 / 3, accuracy: 0.25 }),
    scalar(5, { loss: 1e-7 }),
  ]);
  sessionFile(join(logdir, "adam/seed-2"), 0, [
    scalar(0, { loss: 2 }),
    scalar(2n ** 60n, { loss: -Infinity }),
  ]);
  const torn = sessionFile(join(logdir, "sgd"), 0, [scalar(7, { loss: 1 }), scalar(8, { loss: 1 })], {
    writer: "another program",
  });
  truncateSync(torn, statSync(torn).size - 3);
});

async function inspect(...argv: string[]) {
  return tnl(["inspect", ...argv], new FakeIo({ XDG_CACHE_HOME: cache }));
}

describe("tnl inspect", () => {
  it("lists runs, and the tags of a few of them, with local times", async () => {
    const env = { TZ: "Asia/Kolkata", XDG_CACHE_HOME: cache };
    const { code, stdout, stderr } = await startTnl(["inspect", "logs"], { cwd: join(logdir, ".."), env })
      .ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`logs: 3 runs, 3 event files, 588 B, 9 events, 2 tags

run          files   size  events  tags                   steps          first event           last event
-----------  -----  -----  ------  ----  ----------------------  -------------------  -------------------
adam/seed-1      1  285 B       4     2                   0..10  2023-11-15 03:43:20  2023-11-15 03:43:21
adam/seed-2      1  163 B       3     1  0..1152921504606846976  2023-11-15 03:43:20                    -
sgd              1  140 B       2     1                       7  2023-11-15 03:43:20  2023-11-15 03:43:20

adam/seed-1
  written by tensorboard-node-logger 0.1.0
  steps went back once

tag       dashboard  values  size  steps   min   max  last  not finite
--------  ---------  ------  ----  -----  ----  ----  ----  ----------
accuracy  scalars         2  59 B  0..10  0.25  0.25  0.25           1
loss      scalars         3  58 B  0..10  1e-7   0.5  1e-7

adam/seed-2
  written by tensorboard-node-logger 0.1.0

tag   dashboard  values  size                   steps  min  max       last  not finite
----  ---------  ------  ----  ----------------------  ---  ---  ---------  ----------
loss  scalars         2  22 B  0..1152921504606846976    2    2  -Infinity           1

sgd
  written by another program
  39 bytes at the end of a file are no whole record

tag   dashboard  values  size  steps  min  max  last  not finite
----  ---------  ------  ----  -----  ---  ---  ----  ----------
loss  scalars         1  11 B      7    1    1     1
`);
  });

  it("lists runs alone when asked, or when there are many", async () => {
    const { stdout } = await inspect(logdir, "--show", "runs");
    const notes = stdout.split("\n").map((line) => line.split(/ {2,}/).at(-1));
    expect(notes.slice(2)).toEqual(["notes", "--------", "back 1x", "-", "torn end", ""]);
    const many = tempDir();
    for (let i = 0; i < 5; i++) {
      mkdirSync(join(many, `run-${i}`));
      sessionFile(join(many, `run-${i}`), 0, [scalar(0, { loss: 1 })]);
    }
    expect((await inspect(many)).stdout).not.toContain("loss");
    expect((await inspect(many, "--show", "tags")).stdout.match(/loss/g)).toHaveLength(5);
    expect((await inspect(many, "--tag", "l*")).stdout.match(/loss/g)).toHaveLength(5);
    expect((await inspect(many, "--run", "run-[12]")).stdout.match(/loss/g)).toHaveLength(2);
  });

  it("takes runs and tags by name or glob, each several times", async () => {
    const { stdout } = await inspect(
      logdir,
      "--run",
      "adam/*",
      "--run",
      "nothing",
      "--tag",
      "acc*",
      "--json",
    );
    const { runs } = JSON.parse(stdout) as { runs: { run: string; tags: { tag: string }[] }[] };
    expect(runs.map(({ run, tags }) => [run, tags.map(({ tag }) => tag)])).toEqual([
      ["adam/seed-1", ["accuracy"]],
      ["adam/seed-2", []],
    ]);
  });

  it("writes JSON that says all, also what JSON has no number for", async () => {
    const { code, stdout, stderr } = await inspect(logdir, "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.endsWith("\n")).toBe(true);
    const { path, runs } = JSON.parse(stdout) as { path: string; runs: Record<string, unknown>[] };
    expect(path).toBe(logdir);
    expect(runs.map(({ run }) => run)).toEqual(["adam/seed-1", "adam/seed-2", "sgd"]);
    const directory = join(logdir, "adam/seed-1");
    const file = `${directory}/events.out.tfevents.${START_S}.000000.box.7`;
    const times = { firstWallTime: START_S, lastWallTime: START_S + 1.25 };
    const writers = ["tensorboard-node-logger 0.1.0"];
    const { size } = statSync(file);
    expect(runs[0]).toEqual({
      run: "adam/seed-1",
      directory,
      bytes: size,
      recordBytes: 0,
      events: 4,
      values: 5,
      stepsBack: 1,
      ...times,
      writers,
      bounded: false,
      ...{ sessionStarts: 0, sessionStops: 0, checkpoints: 0 },
      ...{ graphs: 0, runMetadata: 0, metaGraphs: 0, logMessages: 0 },
      ...{ damageCount: 0, damage: [] },
      files: [{ path: file, bytes: size, pendingBytes: 0, events: 4, ...times, writers }],
      tags: [
        {
          tag: "accuracy",
          dashboard: "scalars",
          count: 2,
          bytes: expect.any(Number) as number,
          ...{ firstStep: 0, lastStep: 10, minStep: 0, maxStep: 10, stepsBack: 0 },
          ...times,
          scalar: { count: 2, min: 0.25, max: 0.25, last: 0.25, nonFinite: 1 },
        },
        {
          tag: "loss",
          dashboard: "scalars",
          count: 3,
          bytes: expect.any(Number) as number,
          ...{ firstStep: 0, lastStep: 5, minStep: 0, maxStep: 10, stepsBack: 1 },
          ...times,
          scalar: { count: 3, min: Math.fround(1e-7), max: 0.5, last: Math.fround(1e-7), nonFinite: 0 },
        },
      ],
    });
    expect(runs[1]!["tags"]).toMatchObject([
      { lastStep: "1152921504606846976", scalar: { min: 2, max: 2, last: "-Infinity", nonFinite: 1 } },
    ]);
    expect(runs[2]!["files"]).toMatchObject([{ pendingBytes: expect.any(Number) as number, events: 2 }]);
  });

  it("keeps what it found of large files in the user's cache, unless told not to", async () => {
    const dir = tempDir();
    const writer = new SummaryWriter(join(dir, "logs"));
    for (let step = 0; step < 8000; step++) writer.addScalar("loss", 1 / (1 + step), step);
    writer.closeSync();
    const io = (): FakeIo => new FakeIo({ XDG_CACHE_HOME: join(dir, "cache") });
    const first = await tnl(["inspect", join(dir, "logs"), "--no-cache"], io());
    expect(statSync(join(dir, "cache"), { throwIfNoEntry: false })).toBeUndefined();
    expect(await tnl(["inspect", join(dir, "logs")], io())).toEqual(first);
    expect(statSync(join(dir, "cache/tensorboard-node-logger")).isDirectory()).toBe(true);
    expect(await tnl(["inspect", join(dir, "logs")], io())).toEqual(first);
    expect(first.stdout).toContain("8,000");
  });

  it("says nothing to the terminal through names and writers", async () => {
    const dir = tempDir();
    sessionFile(dir, 0, [scalar(0, { "a\x1b[31m\nb": 1 })], { writer: "x\x1b]0;title\x07" });
    const { stdout } = await inspect(dir);
    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    expect(stdout).toContain("a[31mb");
  });

  it("finds a file that has nothing yet", async () => {
    const dir = tempDir();
    writeFileSync(join(dir, "events.out.tfevents.1700000000.host"), "");
    const { code, stdout } = await inspect(dir);
    expect(code).toBe(0);
    expect(stdout).toContain("no values");
  });
});
