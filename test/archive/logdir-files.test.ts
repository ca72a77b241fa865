// What of a logdir is archived, and in which order.
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesOfLogdir, realPlace, type ArchiveProblem } from "../../src/archive/files/logdir-files.js";
import { LogdirError } from "../../src/errors.js";
import { errorOf } from "../helpers/errors.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { hasPermissions, withoutPrivileges } from "../helpers/without-privileges.js";

const makeDir = useTempDir("logdir-files");
const EVENTS = "events.out.tfevents.1700000000.box.1.0";

function write(dir: string, ...paths: readonly string[]): string {
  for (const path of paths) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, path);
  }
  return dir;
}

function list(dir: string, except: readonly string[] = []) {
  const problems: ArchiveProblem[] = [];
  const listed = filesOfLogdir(dir, new Set(except), (problem) => problems.push(problem));
  return { ...listed, problems: problems.map(({ code, message }) => ({ code, message })) };
}

describe("the files of a logdir", () => {
  it("stand by run as TensorBoard sorts, event files first, then record files", () => {
    const later = "events.out.tfevents.1700000001.000000.box.1";
    const records = "records.out.1700000001.000000.box.1";
    const dir = write(
      makeDir(),
      ...["b/notes.txt", `b/${records}`, `b/${later}`, `b/${EVENTS}`, `b/a/${EVENTS}`, `b.c/${EVENTS}`],
      ...[`ü/${EVENTS}`, `Z/${EVENTS}`, "top.txt", ".hidden/.file", `z/my.tfevents`],
    );
    const { files, links, problems } = list(dir);
    expect(files.map(({ path, run, kind }) => [path, run, kind])).toEqual([
      ["top.txt", ".", "other"],
      [".hidden/.file", ".hidden", "other"],
      [`Z/${EVENTS}`, "Z", "events"],
      [`b/${EVENTS}`, "b", "events"],
      [`b/${later}`, "b", "events"],
      [`b/${records}`, "b", "records"],
      ["b/notes.txt", "b", "other"],
      [`b.c/${EVENTS}`, "b.c", "events"],
      [`b/a/${EVENTS}`, "b/a", "events"],
      ["z/my.tfevents", "z", "events"],
      [`ü/${EVENTS}`, "ü", "events"],
    ]);
    expect({ links, problems }).toEqual({ links: [], problems: [] });
  });

  it("have their size and when they were modified", () => {
    const dir = write(makeDir(), EVENTS);
    utimesSync(join(dir, EVENTS), 1, 1_600_000_000.25);
    expect(list(dir).files).toEqual([
      {
        ...{ path: EVENTS, run: ".", kind: "events", place: join(dir, EVENTS) },
        ...{ size: EVENTS.length, modified: 1_600_000_000_250 },
      },
    ]);
  });

  it("are none that are not finished, nor what is excepted", () => {
    const dir = write(
      makeDir(),
      ...[EVENTS, ".tnl-unfinished.box.1.abc", ".tnl-probe.1.0", "out.parquet", "set/a.parquet"],
      ".tnl-unfinished.dir/file",
    );
    const except = [join(dir, "out.parquet"), join(dir, "set")];
    expect(list(dir, except).files.map(({ path }) => path)).toEqual([EVENTS, ".tnl-unfinished.dir/file"]);
  });

  it("are reached through a link to the logdir, and through no other one", () => {
    const dir = write(makeDir(), `logs/${EVENTS}`, "outside/file");
    symlinkSync("logs", join(dir, "link"));
    symlinkSync("../outside", join(dir, "logs", "b"));
    symlinkSync("/no/where", join(dir, "logs", "a"));
    symlinkSync(".", join(dir, "logs", "c"));
    const { files, links } = list(join(dir, "link"));
    expect(files.map(({ place }) => place)).toEqual([join(dir, "logs", EVENTS)]);
    expect(links).toEqual([
      { path: "a", target: "/no/where" },
      { path: "b", target: "../outside" },
      { path: "c", target: "." },
    ]);
  });
});

describe("what cannot be archived is told, and the rest is listed", () => {
  it("a socket", async () => {
    const dir = write(makeDir(), EVENTS);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(dir, "s"), resolve));
    const { files, problems } = list(dir);
    server.close();
    expect(files).toHaveLength(1);
    expect(problems).toEqual([
      { code: "LOGDIR_NOT_READABLE", message: `${join(dir, "s")} is a socket: it has no bytes` },
    ]);
  });

  it.skipIf(process.platform !== "linux")("a name that is no UTF-8", () => {
    const dir = write(makeDir(), EVENTS);
    const name = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0x61, 0xff])]);
    writeFileSync(name, "");
    expect(list(dir).problems).toEqual([
      { code: "LOGDIR_NOT_READABLE", message: `Cannot read ${dir}/a\ufffd: its name is no UTF-8` },
    ]);
    rmSync(name);
  });

  it.skipIf(process.platform === "win32")("a name that leads out elsewhere", () => {
    const dir = write(makeDir(), EVENTS, "..\\evil");
    const { files, problems } = list(dir);
    expect(files).toHaveLength(1);
    expect(problems).toEqual([
      {
        code: "UNSAFE_PATH",
        message: `${dir}/..\\evil is not archived, since it could not be restored everywhere: it leads to a parent directory`,
      },
    ]);
  });

  it.runIf(hasPermissions)("a directory that cannot be read", () => {
    const dir = write(makeDir(), EVENTS, "a/b");
    chmodSync(join(dir, "a"), 0);
    for (let above = dir; above.includes("tnl-"); above = dirname(above)) chmodSync(above, 0o755);
    const { files, problems } = withoutPrivileges(() => list(dir));
    chmodSync(join(dir, "a"), 0o755);
    expect(files.map(({ path }) => path)).toEqual([EVENTS]);
    const message = `Cannot read ${join(dir, "a")}: permission denied (EACCES)`;
    expect(problems).toEqual([{ code: "LOGDIR_NOT_READABLE", message }]);
  });
});

describe("what is no logdir", () => {
  it.each<[string, (dir: string) => string, string, string]>([
    ["nothing", (dir) => join(dir, "none"), "LOGDIR_NOT_READABLE", "no such file or directory (ENOENT)"],
    ["a file", (dir) => join(write(dir, EVENTS), EVENTS), "NOT_A_DIRECTORY", "is a file, not a directory"],
    [
      "a directory of something else",
      (dir) => write(dir, "a/b.txt"),
      "NO_EVENT_FILES",
      "There is no event file in",
    ],
  ])("%s", (_, prepare, code, message) => {
    const error = errorOf(LogdirError, () => list(prepare(makeDir())));
    expect({ code: error.code, message: error.message }).toEqual({
      code,
      message: expect.stringContaining(message) as string,
    });
  });
});

it("a place is a path without links above its last part, which need not be there", () => {
  const dir = write(makeDir(), "real/a");
  symlinkSync("real", join(dir, "link"));
  expect(realPlace(join(dir, "link", "new", "b"))).toBe(join(dir, "real", "new", "b"));
  expect(realPlace(join(dir, "link"))).toBe(join(dir, "link"));
});
