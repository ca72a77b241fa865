// tnl archive and tnl restore: what they write, and their exit codes.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { treeOf } from "../experiments/tree.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { EVENTS, eventFile, filesBelow, writeFiles, writeLogdir } from "../archive/logdirs.js";
import { startTnl } from "./child.js";
import { SignalledIo, tnl as tnlHere } from "./fake-io.js";

const makeDir = useTempDir("cli-archive");
let dir: string;
let logs: string;
let out: string;

beforeEach(() => {
  dir = makeDir();
  logs = join(dir, "logs");
  out = join(dir, "runs.parquet");
});

/** Runs it, and leaves the directory out of what it says. */
async function tnl(...argv: string[]) {
  const { code, stdout, stderr } = await tnlHere(argv);
  return { code, stdout: stdout.replaceAll(`${dir}/`, ""), stderr: stderr.replaceAll(`${dir}/`, "") };
}

const megabytes = (path: string): string => (statSync(path).size / 1e6).toFixed(1);

describe("tnl archive", () => {
  it("writes one file, of which everything comes back: 0", async () => {
    writeLogdir(logs);
    const before = treeOf(logs);
    expect(await tnl("archive", logs, "-o", out, "--verify")).toEqual({
      code: 0,
      stdout: `12 files, 2.2 MB, archived in runs.parquet, ${megabytes(out)} MB
2 symbolic links listed, not followed
`,
      stderr: "",
    });
    expect(treeOf(logs)).toEqual(before);
    expect(await tnl("archive", "--verify", out)).toEqual({
      code: 0,
      stdout: "12 files, 2.2 MB, come out of runs.parquet as they were\n",
      stderr: "",
    });
    expect(await tnl("restore", out, "-o", join(dir, "back"))).toEqual({
      code: 0,
      stdout: "12 files, 2.2 MB, restored in back, each as it was\n",
      stderr: `tnl: b/link to a was a symbolic link to ../a: it is not made
tnl: dangling was a symbolic link to /no/where: it is not made
`,
    });
    expect(filesBelow(join(dir, "back"))).toEqual(filesBelow(logs));
  });

  it("as JSON", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
    const { stdout } = await tnlHere(["archive", logs, "--out", out, "--json"]);
    const bytes = eventFile(3).length;
    expect(JSON.parse(stdout)).toEqual({
      ...{
        path: logs,
        out,
        archives: [{ path: out, start: "new", files: 1, bytes, size: statSync(out).size }],
      },
      ...{ links: 0, deleted: { files: 0, bytes: 0, kept: 0 }, isWhole: true, errors: [] },
    });
    const verified = await tnlHere(["archive", out, "--verify", "--json"]);
    expect(JSON.parse(verified.stdout)).toEqual({
      ...{ path: out, files: 1, bytes, bad: 0, isWhole: true, errors: [] },
    });
    const back = join(dir, "back");
    const restored = await tnlHere(["restore", out, "-o", back, "--json"]);
    expect(JSON.parse(restored.stdout)).toEqual({
      ...{
        archive: out,
        out: back,
        files: 1,
        bytes,
        bad: 0,
        isChecked: true,
        links: [],
        isWhole: true,
        errors: [],
      },
    });
  });

  it("adds runs, and deletes what was verified: 0", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
    await tnl("archive", logs, "-o", out);
    writeFiles(logs, { [`b/${EVENTS}`]: eventFile(3) });
    expect(await tnl("archive", logs, "-o", out, "--append", "--delete")).toEqual({
      code: 0,
      stdout: `1 file, 0.0 MB, archived in runs.parquet, 0.0 MB
2 originals, 0.0 MB, deleted
`,
      stderr: "",
    });
    expect(readdirSync(logs)).toEqual([]);
    expect((await tnl("archive", out, "--verify")).stdout).toContain("2 files");
  });

  it("tells of a run that has changed: 3", async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
    await tnl("archive", logs, "-o", out);
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(4), [`b/${EVENTS}`]: eventFile(3) });
    expect(await tnl("archive", logs, "-o", out, "--append", "--delete")).toEqual({
      code: 3,
      stdout: `1 file, 0.0 MB, archived in runs.parquet, 0.0 MB
1 original, 0.0 MB, deleted
`,
      stderr: `tnl: The run a is in runs.parquet already, and is not archived again: a/${EVENTS} changed since
tnl: logs/a/${EVENTS} is not deleted: it changed since it was read
`,
    });
    expect(existsSync(join(logs, "a", EVENTS))).toBe(true);
  });

  it("makes a folder with an archive for each run: 0", async () => {
    writeLogdir(logs);
    const set = join(dir, "set");
    expect(await tnl("archive", logs, "-o", set, "--partition")).toMatchObject({ code: 0, stderr: "" });
    expect(Object.keys(filesBelow(set))).toHaveLength(7);
    expect((await tnl("restore", set, "-o", join(dir, "back"))).code).toBe(0);
    expect(filesBelow(join(dir, "back"))).toEqual(filesBelow(logs));
  });

  it.each(["SIGINT", "SIGTERM"] as const)("is ended by %s, and says how to go on", async (signal) => {
    writeLogdir(logs);
    const io = new SignalledIo(signal);
    const { code, stderr } = await tnlHere(["archive", logs, "-o", out], io);
    expect(code).toBe(signal === "SIGINT" ? 130 : 143);
    expect(stderr).toBe(`tnl: ${out} is not complete: the same with --append goes on\n`);
    expect(existsSync(out)).toBe(false);
    expect((await tnl("archive", logs, "-o", out, "--append")).code).toBe(0);
    expect((await tnl("archive", out, "--verify")).code).toBe(0);
  });
});

describe("tnl restore", () => {
  beforeEach(async () => {
    writeLogdir(logs);
    await tnl("archive", logs, "-o", out);
  });

  it("takes runs and tags: 0", async () => {
    const back = join(dir, "back");
    expect(await tnl("restore", out, "-o", back, "--run", "a", "--run", "b/c", "--tag", "l*")).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^4 files, 0\.0 MB, restored in back, parts of what they were: there is nothing to check them by\n$/,
      ) as string,
      stderr: "",
    });
    expect(readdirSync(back).toSorted()).toEqual(["a", "b"]);
  });

  it("says what does not come out as it was, and restores the rest: 4", async () => {
    const bytes = readFileSync(out);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(out, bytes);
    const { code, stdout, stderr } = await tnl("restore", out, "-o", join(dir, "back"));
    expect({ code, stdout }).toMatchObject({
      code: 4,
      stdout: expect.stringContaining("not written") as string,
    });
    expect(stderr).toMatch(/^tnl: The archive runs\.parquet is damaged: /);
    expect((await tnl("archive", "--verify", out)).code).toBe(4);
  });

  it("is ended by SIGINT: 130", async () => {
    const { code, stderr } = await tnlHere(
      ["restore", out, "-o", join(dir, "back")],
      new SignalledIo("SIGINT"),
    );
    expect({ code, last: stderr.trim().split("\n").at(-1) }).toEqual({
      ...{ code: 130, last: `tnl: ${join(dir, "back")} is not complete` },
    });
  });
});

describe("bad input: one line, the documented exit code, and nothing is touched", () => {
  beforeEach(async () => {
    writeFiles(logs, { [`a/${EVENTS}`]: eventFile(3) });
    await tnl("archive", logs, "-o", out);
    writeFiles(dir, { "cut.parquet": readFileSync(out).subarray(0, -20), "text.md": "# Text\n".repeat(50) });
    mkdirSync(join(dir, "empty"));
    mkdirSync(join(dir, "linked"));
    symlinkSync("../empty", join(dir, "linked", "a"));
    writeFiles(join(dir, "taken"), { [`a/${EVENTS}`]: "mine" });
  });

  it.each<[string, string[], number, string]>([
    ["no --out", ["archive", "logs"], 2, "Where to? --out <file> is needed"],
    ["--append without --out", ["archive", "logs", "--append"], 2, "--append needs --out <file>"],
    ["--delete without --out", ["archive", "logs", "--verify", "--delete"], 2, "--delete needs --out <file>"],
    ["no logdir", ["archive"], 2, "Not enough non-option arguments: got 0, need at least 1"],
    ["two --out", ["archive", "logs", "-o", "x", "-o", "y"], 2, "--out is given more than once"],
    [
      "a missing logdir",
      ["archive", "no", "-o", "x"],
      3,
      "Cannot read no: no such file or directory (ENOENT)",
    ],
    [
      "a logdir without events",
      ["archive", "empty", "-o", "x"],
      3,
      "There is no event file in empty or below it: it is no logdir",
    ],
    ["a file", ["archive", "text.md", "-o", "x"], 3, "text.md is a file, not a directory"],
    [
      "an archive that is there",
      ["archive", "logs", "-o", "runs.parquet"],
      3,
      "runs.parquet exists already: nothing is overwritten",
    ],
    [
      "a folder with something",
      ["archive", "logs", "-o", "logs", "--partition"],
      3,
      "logs is a directory with something in it: nothing is overwritten",
    ],
    [
      "appending to a text",
      ["archive", "logs", "-o", "text.md", "--append"],
      3,
      "text.md is no archive: it is no Parquet file, or not whole",
    ],
    [
      "a place below a file",
      ["archive", "logs", "-o", "text.md/x"],
      3,
      expect.stringContaining("is a file") as string,
    ],
    [
      "verifying a text",
      ["archive", "--verify", "text.md"],
      3,
      "text.md is no archive: it is no Parquet file, or not whole",
    ],
    [
      "verifying what is cut",
      ["archive", "--verify", "cut.parquet"],
      3,
      "cut.parquet is no archive: it is no Parquet file, or not whole",
    ],
    [
      "restoring nowhere",
      ["restore", "runs.parquet"],
      2,
      expect.stringContaining("Where to? --out <directory> is needed") as string,
    ],
    [
      "restoring nothing",
      ["restore", "no.parquet", "-o", "x"],
      3,
      "Cannot read no.parquet: no such file or directory (ENOENT)",
    ],
    [
      "restoring a text",
      ["restore", "text.md", "-o", "x"],
      3,
      "text.md is no archive: it is no Parquet file, or not whole",
    ],
    [
      "restoring what is cut",
      ["restore", "cut.parquet", "-o", "x"],
      3,
      "cut.parquet is no archive: it is no Parquet file, or not whole",
    ],
    [
      "restoring a folder without archives",
      ["restore", "empty", "-o", "x"],
      3,
      "There is no archive in empty or below it: none whose name ends with .parquet",
    ],
    [
      "restoring over a file",
      ["restore", "runs.parquet", "-o", "taken"],
      3,
      `taken/a/${EVENTS} exists already: a restore overwrites nothing, and nothing was written`,
    ],
    [
      "restoring through a link",
      ["restore", "runs.parquet", "-o", "linked"],
      4,
      `runs.parquet has the path "a/${EVENTS}", which is not restored: linked/a is a link. Nothing was written`,
    ],
    [
      "restoring into a file",
      ["restore", "runs.parquet", "-o", "text.md"],
      3,
      expect.stringContaining("is a file") as string,
    ],
    [
      "a run that is not there",
      ["restore", "runs.parquet", "-o", "x", "--run", "b"],
      2,
      'No run in runs.parquet matches b: there are "a"',
    ],
    [
      "a tag that is not there",
      ["restore", "runs.parquet", "-o", "x", "--tag", "b"],
      2,
      'No tag in runs.parquet matches b: there are "acc", "loss"',
    ],
    [
      "an empty name",
      ["restore", "runs.parquet", "-o", "x", "--run", ""],
      2,
      'Expected `--run` to be a name, a glob or a regular expression, got "" (string)',
    ],
  ])("%s", async (_, argv, code, message) => {
    const before = treeOf(dir);
    const paths = argv.map((word) => (/^-|^archive$|^restore$|^b?$/.test(word) ? word : join(dir, word)));
    const ended = await tnl(...paths);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
    expect(ended.stderr).toMatch(/^tnl: [^\n]+\n$/);
    expect(ended.stderr.slice(5, -1)).toEqual(message);
    expect(treeOf(dir)).toEqual(before);
  });

  it("as a program of its own too", async () => {
    const { ended } = startTnl(["restore", "runs.parquet", "-o", "taken"], { cwd: dir });
    expect(await ended).toMatchObject({ code: 3, signal: null, stdout: "" });
    rmSync(join(dir, "taken"), { recursive: true });
    const again = await startTnl(["restore", "runs.parquet", "-o", "taken"], { cwd: dir }).ended;
    expect(again).toMatchObject({
      code: 0,
      stdout: "1 file, 0.0 MB, restored in taken, each as it was\n",
      stderr: "",
    });
  });
});
