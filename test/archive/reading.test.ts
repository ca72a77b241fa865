// An archive is read as the logdir that it was made of: by every reader, over every fixture and kind of damage, in both views.
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openArchive, openArchives } from "../../src/archive/index.js";
import { LogdirError, NoMatchError } from "../../src/errors.js";
import { readScalarColumns } from "../../src/events/index.js";
import { SummaryReader, SummaryWriter } from "../../src/summary/index.js";
import { archiveOf } from "../helpers/archives.js";
import { errorOf } from "../helpers/errors.js";
import { scalar, sessionFile } from "../helpers/handmade-runs.js";
import { expectSameReading, writeEveryRun } from "../helpers/same-reading.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { twoRuns } from "../summary/two-runs.js";

const tempDir = useTempDir("archive-reading");
let logdir: string;
let runs: string[];

beforeAll(async () => {
  logdir = tempDir();
  runs = await writeEveryRun(logdir);
});

describe("every run", () => {
  test("is read from an archive as from the disk", async () => {
    const archive = openArchive(archiveOf(logdir, join(tempDir(), "runs.parquet")));
    expect(new SummaryReader(archive).runs()).toEqual(runs);
    for (const run of runs) await expectSameReading(archive, logdir, run);
    archive.close();
  });

  // All of them, in row groups of other sizes too, in reading.full.test.ts.
  test("is so when its records are in several row groups", async () => {
    const limits = { maxRows: 20 };
    const archive = openArchive(archiveOf(logdir, join(tempDir(), "runs.parquet"), limits));
    const some = runs.filter((run) => /^handmade|a bit of a|zeros at|torn one|old-programs/.test(run));
    expect(some.length).toBeGreaterThan(10);
    for (const run of some) await expectSameReading(archive, logdir, run);
    archive.close();
  });
});

describe("the columns of an archive", () => {
  test("are those of its files", () => {
    const archive = openArchive(archiveOf(logdir, join(tempDir(), "runs.parquet")));
    for (const run of archive.runs()) {
      for (const restarts of ["shown", "all"] as const) {
        const tags = (): boolean => true;
        const found = archive.scalars?.(run.files, { tags, restarts });
        if (found === undefined) continue;
        const files = run.files.map((file) => archive.open(file));
        expect([run.name, ...found]).toEqual([run.name, ...readScalarColumns(files, { restarts })]);
      }
    }
    // A plain log is not read event by event.
    const plain = tempDir();
    twoRuns(plain);
    const other = openArchive(archiveOf(plain, join(tempDir(), "runs.parquet")));
    const [a] = other.runs();
    const columns = other.scalars!(a!.files, { tags: (tag) => tag.startsWith("loss"), restarts: "shown" })!;
    expect([...columns].map(([tag, { values }]) => [tag, ...values])).toEqual([
      ["loss/train", 0, 0.5, 1],
      ["loss/[val]", 7],
    ]);
    archive.close();
    other.close();
  });

  test("are asked for every tag, so that what is not there can be told", () => {
    const archive = openArchive(archiveOf(twoRuns(tempDir()), join(tempDir(), "runs.parquet")));
    const reader = new SummaryReader(archive);
    const onDisk = errorOf(NoMatchError, () =>
      new SummaryReader(twoRuns(tempDir())).scalars({ tags: "lss" }),
    );
    const error = errorOf(NoMatchError, () => reader.scalars({ tags: "lss" }));
    expect(error.known).toEqual(onDisk.known);
    const notes = errorOf(NoMatchError, () => reader.scalars({ tags: "notes" }));
    expect(notes.known).toEqual(["loss/[val]", "loss/train", "lr"]);
    archive.close();
  });
});

describe("a folder of archives", () => {
  test("is read as the logdir that they were made of", async () => {
    const folder = tempDir();
    mkdirSync(join(folder, "below"));
    // One for each run, in no order.
    const some = runs.filter((run) => /^handmade|a bit of a value|old-programs/.test(run));
    for (const [i, run] of some.entries()) {
      const out = join(folder, i % 2 === 0 ? "below" : ".", `${some.length - i}.parquet`);
      archiveOf(logdir, out, { below: run });
    }
    writeFileSync(join(folder, "notes.txt"), "hello");
    const source = openArchives(folder);
    expect(new SummaryReader(source).runs()).toEqual(some);
    for (const run of some) await expectSameReading(source, logdir, run);
    expect(() => source.open("nothing")).toThrow(LogdirError);
  });

  test("has a run that several have once, with the files of all", () => {
    const dir = tempDir();
    const folder = tempDir();
    for (const [i, part] of ["second", "first"].entries()) {
      mkdirSync(join(dir, part, "run"), { recursive: true });
      sessionFile(join(dir, part, "run"), 1 - i, [scalar(1 - i, { loss: i }), scalar(5 - i, { [part]: i })]);
      archiveOf(join(dir, part), join(folder, `${i}.parquet`));
    }
    writeFileSync(join(dir, "first", "notes.txt"), "hello");
    const source = openArchives(folder);
    expect(source.runs().map(({ name, files }) => [name, files.length])).toEqual([["run", 2]]);
    const series = new SummaryReader(source).scalars();
    expect(series.map(({ run, tag, steps }) => [run, tag, ...steps])).toEqual([
      ["run", "loss", 0, 1],
      ["run", "first", 4],
      ["run", "second", 5],
    ]);
  });

  test("is none without archives, or without event files in them", () => {
    const folder = tempDir();
    expect(() => openArchives(folder)).toThrow(expect.objectContaining({ code: "NOT_AN_ARCHIVE" }) as Error);
    expect(() => openArchives(join(folder, "gone"))).toThrow(LogdirError);
    mkdirSync(join(folder, "other"));
    writeFileSync(join(folder, "other", "notes.txt"), "hello");
    archiveOf(join(folder, "other"), join(folder, "other.parquet"));
    expect(() => new SummaryReader(openArchives(folder))).toThrow(
      expect.objectContaining({ code: "NO_EVENT_FILES", path: folder }) as Error,
    );
  });
});

test("the files of a run have paths below the archive's, and `.` is the logdir itself", () => {
  const dir = tempDir();
  const writer = new SummaryWriter(dir);
  writer.addScalar("loss", 1, 0);
  writer.closeSync();
  writeFileSync(join(dir, "notes.txt"), "hello");
  const path = archiveOf(dir, join(tempDir(), "runs.parquet"));
  const archive = openArchive(path);
  expect(archive.path).toBe(path);
  const [run, ...others] = archive.runs();
  expect([run!.name, others]).toEqual([".", []]);
  expect(run!.files).toHaveLength(1);
  expect(run!.files[0]!.startsWith(path)).toBe(true);
  archive.close();
});

test("an archive without event files is refused as a logdir is, and one that is cut", () => {
  const dir = tempDir();
  writeFileSync(join(dir, "notes.txt"), "hello");
  const path = archiveOf(dir, join(tempDir(), "runs.parquet"));
  const archive = openArchive(path);
  expect(() => archive.runs()).toThrow(expect.objectContaining({ code: "NO_EVENT_FILES", path }) as Error);
  archive.close();
  truncateSync(path, 100);
  expect(() => openArchive(path)).toThrow(expect.objectContaining({ name: "ArchiveError", path }) as Error);
});
