// A folder with an archive for each run: how it is written.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveLogdir, type ArchiveOptions } from "../../src/archive/archive-logdir.js";
import type { ArchiveProblem } from "../../src/archive/files/logdir-files.js";
import { restoreArchive } from "../../src/archive/restore.js";
import { verifyArchive } from "../../src/archive/verify-archive.js";
import { treeOf } from "../experiments/tree.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { failureOf } from "./failures.js";
import { EVENTS, eventFile, filesBelow, writeFiles, writeLogdir } from "./logdirs.js";

const makeDir = useTempDir("partition");
let dir: string;
let logs: string;
let out: string;

async function archive(options: ArchiveOptions = {}) {
  const problems: ArchiveProblem[] = [];
  const onError = (problem: ArchiveProblem): void => void problems.push(problem);
  return { report: await archiveLogdir(logs, out, { onError, ...options }), problems };
}

async function restored(): Promise<string> {
  const target = makeDir();
  await restoreArchive(out, target);
  return target;
}

describe("a folder of archives", () => {
  const FILES = [
    "%2E.parquet",
    "%2Ehidden.parquet",
    "a.parquet",
    "a/checkpoints.parquet",
    "b.parquet",
    "b/c.parquet",
    "lr%3D0.1,x.parquet",
  ];
  beforeEach(() => {
    dir = makeDir();
    logs = join(dir, "logs");
    out = join(dir, "set");
    writeLogdir(logs);
  });

  it("has one for each directory, and comes back byte for byte", async () => {
    const { report, problems } = await archive({ partition: true, verify: true });
    expect(problems).toEqual([]);
    expect(Object.keys(filesBelow(out))).toEqual(FILES.toSorted());
    expect(report).toMatchObject({ links: 2, isWhole: true });
    expect(report.archives.map(({ path }) => path).toSorted()).toEqual(
      FILES.map((file) => join(out, file)).toSorted(),
    );
    expect(filesBelow(await restored())).toEqual(filesBelow(logs));
    expect(await verifyArchive(out)).toMatchObject({ files: 12, bad: 0 });
  });

  it("gets the runs that it has not", async () => {
    await archive({ partition: true });
    const before = treeOf(out);
    writeFiles(logs, { [`new/${EVENTS}`]: eventFile(3), "a/new": "" });
    const { report, problems } = await archive({ partition: true, append: true });
    expect(problems.map(({ code }) => code)).toEqual(["SOURCE_CHANGED"]);
    expect(report.archives.filter(({ files }) => files > 0)).toMatchObject([
      { path: join(out, "new.parquet"), files: 1 },
    ]);
    expect(treeOf(out)).toEqual({ ...before, "new.parquet": expect.any(String) as string });
  });

  it("is not begun where something is", async () => {
    writeFiles(out, { other: "" });
    expect(await failureOf(dir, archive({ partition: true }))).toEqual({
      code: "TARGET_EXISTS",
      message: "set is a directory with something in it: nothing is overwritten",
    });
    expect(readdirSync(out)).toEqual(["other"]);
    rmSync(out, { recursive: true });
    writeFileSync(out, "");
    expect(await failureOf(dir, archive({ partition: true, append: true }))).toEqual({
      code: "TARGET_EXISTS",
      message: "set exists already, and is no directory: nothing is overwritten",
    });
  });

  it("may be within the logdir", async () => {
    out = join(logs, "set");
    await archive({ partition: true });
    await archive({ partition: true, append: true });
    expect(Object.keys(filesBelow(out))).toEqual(FILES.toSorted());
  });
});
