// Logs that cannot be read and wrong options: one line, and the documented exit code.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scalar, sessionFile } from "../helpers/handmade-runs.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { hasPermissions } from "../helpers/without-privileges.js";
import { PROGRAM, start, startTnl, type Ended } from "./child.js";
import { FakeIo, tnl as tnlHere, type Outcome } from "./fake-io.js";

const tempDir = useTempDir("logs-bad-input");
const COMMANDS = ["inspect", "plot"];
let dir: string;

beforeAll(() => {
  dir = tempDir();
  for (const run of ["logs/a", "logs/b"]) {
    mkdirSync(join(dir, run), { recursive: true });
    sessionFile(join(dir, run), 0, [scalar(0, { loss: 1, "acc/top1": 0.5 })]);
  }
  mkdirSync(join(dir, "empty"));
  writeFileSync(join(dir, "notes.txt"), "Not one of TensorBoard's files.\n".repeat(100));
  writeFileSync(join(dir, "nothing.txt"), "");
  process.chdir(dir);
});
const before = process.cwd();
afterAll(() => process.chdir(before));

/** In this process, which stands in `dir`. */
async function tnl(...argv: string[]): Promise<Outcome> {
  return tnlHere(argv, new FakeIo({ XDG_CACHE_HOME: join(dir, "cache") }));
}

/** Permission bits mean nothing to root: the program is started as somebody else. */
async function tnlAsNobody(...argv: string[]): Promise<Ended> {
  const isRoot = process.geteuid?.() === 0;
  const nobody = isRoot ? "process.setgid(65534); process.setuid(65534);" : "";
  const program = join(dir, "as-nobody.mjs");
  writeFileSync(program, `${nobody} await import(${JSON.stringify(PROGRAM)});`);
  const env = { XDG_CACHE_HOME: join(dir, "cache") };
  return start(process.execPath, [program, ...argv], { cwd: dir, env }).ended;
}

describe.each(COMMANDS)("tnl %s", (command) => {
  it.each<[string, string[], number, string]>([
    ["a missing logdir", ["missing"], 3, "Cannot read missing: no such file or directory (ENOENT)"],
    [
      "a directory without event files",
      ["empty"],
      3,
      'There is no event file in empty or below it: none whose name contains "tfevents"',
    ],
    [
      "a file that is none",
      ["notes.txt"],
      3,
      "notes.txt is no event file: there is no event in it that can be read",
    ],
    [
      "an empty file that is none",
      ["nothing.txt"],
      3,
      "nothing.txt is no event file: there is no event in it that can be read",
    ],
    ["a run that is not there", ["--run", "c*"], 2, 'No run in logs matches c*: there are "a", "b"'],
    [
      "runs that are not there",
      ["logs", "--run", "c", "--run", "d"],
      2,
      'No run in logs matches c or d: there are "a", "b"',
    ],
    [
      "a tag that is not there",
      ["--tag", "lss"],
      2,
      'No tag in logs matches lss: there are "acc/top1", "loss"',
    ],
    [
      "a glob of one level for tags of two",
      ["--tag", "acc*"],
      2,
      'No tag in logs matches acc*: there are "acc/top1", "loss"',
    ],
    [
      "an empty name",
      ["--tag", ""],
      2,
      'Expected `--tag` to be a name, a glob or a regular expression, got "" (string)',
    ],
    ["an unknown option", ["--tags", "a"], 2, "Unknown argument: tags"],
  ])("refuses %s", async (_, argv, code, message) => {
    expect(await tnl(command, ...argv)).toEqual({ code, stdout: "", stderr: `tnl: ${message}\n` });
  });

  it("refuses as a program of its own too", async () => {
    const { ended } = startTnl([command, "missing"], { cwd: dir });
    expect(await ended).toMatchObject({
      ...{ code: 3, signal: null, stdout: "" },
      stderr: "tnl: Cannot read missing: no such file or directory (ENOENT)\n",
    });
  });

  it.runIf(hasPermissions)(
    "goes on beside a directory and a file that cannot be read, and ends with 3",
    async () => {
      const logs = join(dir, `locked-${command}`);
      for (const run of ["a", "b", "c"]) {
        mkdirSync(join(logs, run), { recursive: true });
        const path = sessionFile(join(logs, run), 0, [scalar(0, { loss: 1 })]);
        if (run === "b") chmodSync(path, 0);
        if (run === "c") chmodSync(join(logs, run), 0);
      }
      for (let above = dir; above.includes("tnl-"); above = dirname(above)) chmodSync(above, 0o755);
      const ended = await tnlAsNobody(command, logs);
      expect(ended.stderr.split("\n").toSorted()).toEqual([
        "",
        expect.stringMatching(/^tnl: Cannot read \S+\/b\/events\S+: permission denied \(EACCES\)$/),
        expect.stringMatching(/^tnl: Cannot read \S+\/c: permission denied \(EACCES\)$/),
      ]);
      expect(ended.code).toBe(3);
      expect(ended.stdout).toContain("loss");
      chmodSync(logs, 0);
      expect(await tnlAsNobody(command, logs)).toMatchObject({
        ...{ code: 3, stdout: "" },
        stderr: `tnl: Cannot read ${logs}: permission denied (EACCES)\n`,
      });
      chmodSync(logs, 0o755);
      chmodSync(join(logs, "c"), 0o755);
    },
  );
});

describe("tnl plot", () => {
  it.each<[string[], number, string]>([
    [["--smooth", "1"], 2, 'Expected `--smooth` to be a number from 0 to 0.999, got "1"'],
    [["--smooth", "much"], 2, 'Expected `--smooth` to be a number, got "much"'],
    [["--width", "23"], 2, 'Expected `--width` to be an integer from 24, got "23"'],
    [["--height", "7"], 2, 'Expected `--height` to be an integer from 8, got "7"'],
    [["--x", "time"], 2, 'Invalid values: Argument: x, Given: "time", Choices: "step", "wall", "relative"'],
    [["--svg", "notes.txt/a.svg"], 1, "Cannot write notes.txt/a.svg: a part of the path is a file (ENOTDIR)"],
    [["--svg", "empty"], 1, "Cannot write empty: it is a directory (EISDIR)"],
    [["--x", "wall", "--x", "step"], 2, "--x is given more than once"],
  ])("refuses %j", async (argv, code, message) => {
    expect(await tnl("plot", ...argv)).toEqual({ code, stdout: "", stderr: `tnl: ${message}\n` });
  });
});
