// Which paths of an archive a restore writes.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RestoredPaths, unsafeReason } from "../../src/archive/files/safe-path.js";
import { ArchiveError } from "../../src/errors.js";
import { errorOf } from "../helpers/errors.js";
import { useTempDir } from "../helpers/temp-dir.js";

const makeDir = useTempDir("safe-path");

describe("a path", () => {
  it.each([
    ["", "it is empty"],
    ["/etc/passwd", "it is absolute"],
    ["\\\\server\\share", "it is absolute"],
    ["C:\\Windows\\a", "it has a drive letter"],
    ["c:/a", "it has a drive letter"],
    ["..", "it leads to a parent directory"],
    ["a/../../b", "it leads to a parent directory"],
    ["a/..", "it leads to a parent directory"],
    ["..\\b", "it leads to a parent directory"],
    ["a\\..\\..\\b", "it leads to a parent directory"],
    ["a\0b", "it has a NUL"],
    ["a//b", "it has an empty part"],
    ["a/", "it has an empty part"],
    ["./a", "it has an empty part"],
  ])("%j is refused everywhere", (path, reason) => {
    expect(["linux", "darwin", "win32"].map((system) => unsafeReason(path, system as "linux"))).toEqual([
      reason,
      reason,
      reason,
    ]);
  });

  it.each(["a", "a/b/c", "..a/b..", "...", ".hidden", "lr=0.1/ü", "-rf", "~/a"])("%j is taken", (path) =>
    expect(unsafeReason(path, "linux")).toBe(undefined),
  );

  it.each(["a\\b", "a:b", "C:", "nul", "a/COM1.txt", "a.", "a /b", "a?", "a\u0001"])(
    "%j is refused on Windows alone",
    (path) => {
      expect(unsafeReason(path, "linux")).toBe(undefined);
      expect(unsafeReason(path, "win32")).toContain("is no name of a file on Windows");
    },
  );
});

describe("what is to be written below a directory", () => {
  function refused(paths: readonly string[], prepare: (dir: string) => void = () => {}) {
    const dir = makeDir();
    prepare(dir);
    const restored = new RestoredPaths("a.parquet", dir);
    const { code, message, path } = errorOf(ArchiveError, () => {
      for (const one of paths) restored.add(one);
    });
    return { code, message: message.replaceAll(dir, "DIR"), path: path.replaceAll(dir, "DIR") };
  }

  it("may be anything below it", () => {
    const dir = makeDir();
    mkdirSync(join(dir, "a"));
    const restored = new RestoredPaths("a.parquet", dir);
    for (const path of ["a/b/c", "a/b/d", "e"]) restored.add(path);
    expect(() => new RestoredPaths("a.parquet", join(dir, "new")).add("a/b")).not.toThrow();
  });

  it("is nothing outside", () => {
    expect(refused(["a", "../b"])).toEqual({
      code: "UNSAFE_PATH",
      path: "a.parquet",
      message:
        'a.parquet has the path "../b", which is not restored: it leads to a parent directory. Nothing was written',
    });
  });

  it("is nothing behind a link, even one that leads inside", () => {
    for (const target of ["/", "real"]) {
      const { code, message } = refused(["a/link/b"], (dir) => {
        mkdirSync(join(dir, "a"));
        mkdirSync(join(dir, "a", "real"));
        symlinkSync(target, join(dir, "a", "link"));
      });
      expect({ code, message }).toEqual({
        code: "UNSAFE_PATH",
        message:
          'a.parquet has the path "a/link/b", which is not restored: DIR/a/link is a link. Nothing was written',
      });
    }
  });

  it("is nothing that is there, be it a link to nowhere", () => {
    const exists = {
      code: "TARGET_EXISTS",
      message: "DIR/a/b exists already: a restore overwrites nothing, and nothing was written",
      path: "DIR/a/b",
    };
    const below = (make: (path: string) => void) => (dir: string) => {
      mkdirSync(join(dir, "a"));
      make(join(dir, "a", "b"));
    };
    expect(
      refused(
        ["a/b"],
        below((path) => writeFileSync(path, "")),
      ),
    ).toEqual(exists);
    expect(
      refused(
        ["a/b"],
        below((path) => symlinkSync("nowhere", path)),
      ),
    ).toEqual(exists);
    expect(refused(["a/b"], below(mkdirSync))).toEqual(exists);
  });

  it("is nothing below a file", () => {
    expect(refused(["a/b"], (dir) => writeFileSync(join(dir, "a"), ""))).toEqual({
      code: "TARGET_EXISTS",
      path: "DIR/a",
      message: "DIR/a is a file, where a directory is to be: nothing was written",
    });
  });

  it.each([
    [["a", "a"], "a"],
    [["a", "a/b"], "a"],
    [["a/b", "a"], "a"],
  ])("is not the same twice: %j", (paths, twice) => {
    expect(refused(paths)).toEqual({
      code: "ARCHIVE_DAMAGED",
      path: "a.parquet",
      message: `a.parquet has two files at "${twice}": nothing was written`,
    });
  });
});
