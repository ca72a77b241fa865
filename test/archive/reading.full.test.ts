// Every run of test/archive/reading.test.ts, whatever row groups its records are in.
import { join } from "node:path";
import { beforeAll, describe, test } from "vitest";
import { openArchive } from "../../src/archive/archived-log.js";
import { archiveOf } from "../helpers/archives.js";
import { expectSameReading, writeEveryRun } from "../helpers/same-reading.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("archive-reading");
let logdir: string;
let runs: string[];

beforeAll(async () => {
  logdir = tempDir();
  runs = await writeEveryRun(logdir);
});

describe("every run is read from an archive as from the disk", () => {
  test.each([1, 2, 3, 7, 50, 333, 4096])("in row groups of %i rows", async (rows) => {
    const limits = { maxRows: rows };
    const archive = openArchive(archiveOf(logdir, join(tempDir(), "runs.parquet"), limits));
    for (const run of runs) await expectSameReading(archive, logdir, run);
    archive.close();
  });

  test.each([1, 100, 5000, 100_000])("in row groups of %i bytes", async (bytes) => {
    const limits = { maxBytes: bytes };
    const archive = openArchive(archiveOf(logdir, join(tempDir(), "runs.parquet"), limits));
    for (const run of runs) await expectSameReading(archive, logdir, run);
    archive.close();
  });
});
