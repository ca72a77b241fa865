// The archives of a folder, and their names.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { archivesAt, pathOfRun } from "../../src/archive/files/archives-at.js";
import { ArchiveError, LogdirError } from "../../src/errors.js";
import { errorOf } from "../helpers/errors.js";
import { useTempDir } from "../helpers/temp-dir.js";

const makeDir = useTempDir("archives-at");

describe("the archive of a run", () => {
  it.each([
    ["adam", "adam.parquet"],
    ["Online adam/epoch-0", "Online adam/epoch-0.parquet"],
    [".", "%2E.parquet"],
    [".hidden/_tmp/a_b.c", "%2Ehidden/%5Ftmp/a_b.c.parquet"],
    ["lr=0.1/run=2", "lr%3D0.1/run%3D2.parquet"],
    ["a.parquet/b.parquet", "a%2Eparquet/b.parquet.parquet"],
    ["100%/a:b", "100%25/a%3Ab.parquet"],
    ["a./b ", "a%2E/b%20.parquet"],
    ["ü\u0001", "ü%01.parquet"],
  ])("%s is %s", (run, path) => expect(pathOfRun(run)).toBe(path));

  it("is never a directory of another one's, nor another one's", () => {
    const runs = ["a", "a.parquet", "a.parquet/b", "a%2Eparquet/b", "a/b", "a=b", "a%3Db"];
    const paths = runs.map(pathOfRun);
    const directories = paths.map((path) => dirname(path));
    expect(new Set(paths).size).toBe(runs.length);
    expect(paths.filter((path) => directories.includes(path))).toEqual([]);
  });
});

describe("the archives of a path", () => {
  it("are the file itself, whatever its name is", () => {
    const file = join(makeDir(), "runs");
    writeFileSync(file, "");
    expect(archivesAt(file)).toEqual([file]);
  });

  it("are those of a folder and below it, by name", () => {
    const dir = makeDir();
    mkdirSync(join(dir, "b"));
    mkdirSync(join(dir, "d.parquet"));
    for (const path of ["b.parquet", "b/a.parquet", "b/a.parquet.part", "a.parquet", "readme.md"])
      writeFileSync(join(dir, path), "");
    symlinkSync("a.parquet", join(dir, "link.parquet"));
    expect(archivesAt(dir)).toEqual(["a.parquet", "b.parquet", "b/a.parquet"].map((path) => join(dir, path)));
  });

  it("are refused where there are none", () => {
    const dir = makeDir();
    const { code, message } = errorOf(ArchiveError, () => archivesAt(dir));
    expect({ code, message }).toEqual({
      code: "NOT_AN_ARCHIVE",
      message: `There is no archive in ${dir} or below it: none whose name ends with .parquet`,
    });
    expect(errorOf(LogdirError, () => archivesAt(join(dir, "none"))).code).toBe("LOGDIR_NOT_READABLE");
  });
});
