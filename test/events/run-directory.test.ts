// The directory of a run: made, tried, and held by one writer of this process.
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it, test } from "vitest";
import { LogdirError } from "../../src/errors.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import { filesIn } from "../helpers/events.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { hasPermissions, withoutPrivileges } from "../helpers/without-privileges.js";
import { errorOf } from "../helpers/errors.js";

const tempDir = useTempDir("run");

describe("a run's directory", () => {
  it("is made with its parents", () => {
    const dir = join(tempDir(), "a", "b", "c");
    new EventFileWriter(dir).closeSync();
    expect(filesIn(dir)).toEqual([]);
  });

  it("is there as well when another process makes it at the same time", () => {
    const dir = join(tempDir(), "run");
    class Late extends FaultyFileSystem {
      override mkdirSync(path: string): void {
        mkdirSync(path);
        super.mkdirSync(path);
      }
    }
    new EventFileWriter(dir, { fileSystem: new Late() }).closeSync();
    expect(filesIn(dir)).toEqual([]);
  });

  it("is tried with a file that another process may have removed", () => {
    const dir = tempDir();
    class Removed extends FaultyFileSystem {
      override unlinkSync(path: string): void {
        super.unlinkSync(path);
        super.unlinkSync(path);
      }
    }
    new EventFileWriter(dir, { fileSystem: new Removed() }).closeSync();
    expect(filesIn(dir)).toEqual([]);
  });

  it.skipIf(process.platform !== "linux")("is refused, not waited for, where none can be made", () => {
    expect(errorOf(LogdirError, () => new EventFileWriter("/proc/tnl/run")).code).toBe("LOGDIR_NOT_WRITABLE");
  });

  it("may be there already, with files in it that stay", () => {
    const dir = tempDir();
    writeFileSync(join(dir, "notes.txt"), "x");
    new EventFileWriter(dir).closeSync();
    expect(filesIn(dir)).toEqual(["notes.txt"]);
  });

  it("cannot be a file, nor lie below one, and the file stays", () => {
    const file = join(tempDir(), "file");
    writeFileSync(file, "x");
    for (const path of [file, join(file, "run")]) {
      expect(errorOf(LogdirError, () => new EventFileWriter(path))).toMatchObject({
        code: "NOT_A_DIRECTORY",
        path,
        message: `Cannot write runs to ${path}: it, or a part of it, is a file`,
      });
    }
    expect(filesIn(dirname(file))).toEqual(["file"]);
  });

  it.skipIf(!hasPermissions)("must be writable, and that is tried at once", () => {
    const parent = tempDir();
    const dir = join(parent, "run");
    mkdirSync(dir);
    chmodSync(dirname(parent), 0o755);
    chmodSync(dir, 0o555);
    const error = errorOf(LogdirError, () => withoutPrivileges(() => new EventFileWriter(dir)));
    expect(error).toMatchObject({ code: "LOGDIR_NOT_WRITABLE", path: dir });
    expect(error.message).toBe(`Cannot write runs to ${dir}: permission denied (EACCES)`);
    const below = join(dir, "below");
    expect(errorOf(LogdirError, () => withoutPrivileges(() => new EventFileWriter(below))).code).toBe(
      "LOGDIR_NOT_WRITABLE",
    );
    expect(existsSync(below)).toBe(false);
    // It was not held.
    chmodSync(dir, 0o777);
    new EventFileWriter(dir).closeSync();
  });

  it.each([
    ["mkdirSync", "EROFS", "the file system is read-only (EROFS)"],
    ["mkdirSync", "ENOSPC", "no space left on the disk (ENOSPC)"],
    ["unlinkSync", "EPERM", "operation not permitted (EPERM)"],
  ] as const)("that cannot be used says so: %s fails with %s", (call, code, words) => {
    const fileSystem = new FaultyFileSystem();
    fileSystem.failing.set(call, code);
    const dir = join(tempDir(), "new");
    const error = errorOf(LogdirError, () => new EventFileWriter(dir, { fileSystem }));
    expect(error).toMatchObject({
      code: "LOGDIR_NOT_WRITABLE",
      message: `Cannot write runs to ${dir}: ${words}`,
    });
    expect(error.cause).toMatchObject({ code });
    new EventFileWriter(dir).closeSync();
  });
});

describe("a second writer of this process", () => {
  it("is refused as long as the first is open, before its first event too, and allowed after it is closed", () => {
    const dir = tempDir();
    const first = new EventFileWriter(dir);
    expect(errorOf(LogdirError, () => new EventFileWriter(dir))).toMatchObject({
      code: "RUN_IN_USE",
      path: dir,
      message: `A writer of this process is open on ${dir}: close it first, or give each writer a directory of its own`,
    });
    first.write({ step: 1 });
    expect(errorOf(LogdirError, () => new EventFileWriter(dir)).code).toBe("RUN_IN_USE");
    first.closeSync();
    // A closed writer lets go once: not of what its successor holds.
    const second = new EventFileWriter(dir);
    first.closeSync();
    expect(errorOf(LogdirError, () => new EventFileWriter(dir)).code).toBe("RUN_IN_USE");
    second.closeSync();
    expect(filesIn(dir)).toHaveLength(1);
  });

  it("is refused under any spelling of the directory", () => {
    const root = tempDir();
    const dir = join(root, "run");
    const first = new EventFileWriter(dir);
    symlinkSync("run", join(root, "link"), "dir");
    const spellings = [`${dir}/`, join(root, "link"), `${root}/./other/../run`, relative(process.cwd(), dir)];
    for (const spelling of spellings) {
      expect(
        errorOf(LogdirError, () => new EventFileWriter(spelling)),
        spelling,
      ).toMatchObject({ code: "RUN_IN_USE", path: spelling });
    }
    expect(filesIn(dir)).toEqual([]);
    first.closeSync();
  });

  it("may write above, below and beside it", () => {
    const root = tempDir();
    const writers = [join(root, "a"), root, join(root, "a", "b"), join(root, "ab")].map(
      (dir) => new EventFileWriter(dir),
    );
    for (const writer of writers) writer.write({ step: 1 });
    for (const writer of writers) writer.closeSync();
    expect(new Set(writers.map(({ path }) => path)).size).toBe(4);
  });
});

test("the errors of a directory that a writer could not hold leave no listener on the process", () => {
  const before = process.listenerCount("exit");
  const file = join(tempDir(), "file");
  writeFileSync(file, "");
  errorOf(LogdirError, () => new EventFileWriter(file));
  expect(process.listenerCount("exit")).toBe(before);
});
