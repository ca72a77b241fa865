// tnl verify: what it writes, and its exit codes.
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { concat } from "../helpers/bytes.js";
import { DAMAGED_RUNS, garbage, writeRuns } from "../helpers/damaged-runs.js";
import { recordsAt } from "../helpers/shown-points.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { hasPermissions } from "../helpers/without-privileges.js";
import { startTnl } from "./child.js";
import { SignalledIo, tnl } from "./fake-io.js";

const makeDir = useTempDir("cli-verify");
const NAME = "events.out.tfevents.1700000000.box.1.0";
let logdir: string;
let clean: string;

beforeAll(() => {
  const names = ["a bit of a value is flipped", "steps that go back within a file"];
  logdir = makeDir();
  writeRuns(
    logdir,
    DAMAGED_RUNS.filter(({ name }) => names.includes(name)),
  );
  clean = join(logdir, "clean");
  mkdirSync(clean);
  writeFileSync(join(clean, NAME), concat(...recordsAt(0, 7).all));
});

describe("what is wrong", () => {
  it("is told file by file: 4", async () => {
    const [flipped, back] = ["a bit of a value is flipped", "steps that go back within a file"].map((run) =>
      join(logdir, run, NAME),
    );
    expect(await tnl(["verify", logdir])).toEqual({
      code: 4,
      stdout: `${flipped}
  at byte 1,643, 49 bytes: BAD_DATA_CRC: a record's data do not match their checksum
      the data server shows it as something else; the Python loader shows nothing behind it in the file
${back}
  at byte 459: STEPS_GO_BACK: the steps of "loss" go back from 3 to 2, and no START says so
      the data server drops what the tag had from that step on; the Python loader draws a line that goes back
  at byte 501: STEPS_GO_BACK: the steps of "note" go back from 3 to 2, and no START says so
      the data server drops what the tag had from that step on; the Python loader draws a line that goes back
3 defects in 2 runs; 3 runs with 112 events, 0.0 MB in 3 files
`,
      stderr: "",
    });
  });

  it("as JSON", async () => {
    const { code, stdout } = await tnl(["verify", logdir, "--json", "--run", "a bit*"]);
    expect(code).toBe(4);
    const path = join(logdir, "a bit of a value is flipped", NAME);
    const defect = {
      ...{ code: "BAD_DATA_CRC", run: "a bit of a value is flipped", path, offset: 1643, length: 49 },
      message: "a record's data do not match their checksum",
      ...{ rust: "wrong", python: "rest" },
    };
    expect(JSON.parse(stdout)).toEqual({
      ...{ path: logdir, defects: 1 },
      runs: [
        {
          run: "a bit of a value is flipped",
          files: [{ path, bytes: statSync(path).size, events: 48 }],
          ...{ defects: [defect], more: {}, errors: [] },
        },
      ],
    });
  });

  it.each([
    [["--ignore", "STEPS_GO_BACK"], 4, "1 defect in 1 run;"],
    [["--ignore", "STEPS_GO_BACK", "--ignore", "BAD_DATA_CRC"], 0, "No defect;"],
    [["--run", "clean"], 0, "No defect;"],
    [["--run", "clean", "--run", "steps*"], 4, "2 defects in 1 run;"],
  ])("with %j", async (options, code, line) => {
    const outcome = await tnl(["verify", logdir, ...options]);
    expect(outcome.code).toBe(code);
    expect(outcome.stdout.split("\n").at(-2)).toContain(line);
  });

  it("of one file", async () => {
    expect((await tnl(["verify", join(clean, NAME)])).code).toBe(0);
    expect((await tnl(["verify", join(logdir, "steps that go back within a file", NAME)])).code).toBe(4);
  });
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("is ended by %s before the next run: %i", async (signal, code) => {
  const outcome = await tnl(["verify", logdir], new SignalledIo(signal));
  expect(outcome).toEqual({
    code,
    stdout: "No defect; 0 runs with 0 events, 0.0 MB in 0 files\n",
    stderr: "",
  });
});

describe("bad input: one line, and an exit code", () => {
  async function expectError(args: readonly string[], code: number, message: string): Promise<void> {
    const ended = await startTnl(["verify", ...args]).ended;
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
    expect(ended.stderr).toMatch(/^tnl: [^\n]+\n$/);
    expect(ended.stderr).toContain(message);
  }

  it("a logdir that is not there: 3", async () => {
    await expectError([join(logdir, "nowhere")], 3, "nowhere: no such file or directory (ENOENT)");
  });

  it("a directory without event files: 3", async () => {
    await expectError([makeDir()], 3, "There is no event file in");
  });

  it("a file that is no event file: 3", async () => {
    const path = join(makeDir(), "picture.png");
    writeFileSync(path, garbage(2000));
    await expectError([path], 3, `${path} is no event file`);
  });

  it("a run that is not there: 2", async () => {
    await expectError(
      [logdir, "--run", "nowhere/*"],
      2,
      'matches nowhere/*: there are "a bit of a value is flipped"',
    );
  });

  it("a code that there is not: 2", async () => {
    await expectError([logdir, "--ignore", "TORN"], 2, 'Given: "TORN"');
  });

  it.skipIf(!hasPermissions)("a directory without permission: 3, and the others are looked at", async () => {
    const dir = makeDir();
    const closed = join(dir, "closed");
    for (const each of [closed, join(dir, "open")]) mkdirSync(each);
    writeFileSync(join(dir, "open", NAME), concat(...recordsAt(0, 7).all));
    for (const each of [dirname(dir), dir]) chmodSync(each, 0o755);
    chmodSync(closed, 0);
    const isRoot = process.geteuid!() === 0;
    if (isRoot) process.seteuid!(65_534);
    onTestFinished(() => {
      if (isRoot) process.seteuid!(0);
      chmodSync(closed, 0o755);
    });
    const { code, stdout, stderr } = await tnl(["verify", dir]);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `tnl: Cannot read ${closed}: permission denied (EACCES)\n`,
    });
    expect(stdout).toBe("No defect; 1 run with 49 events, 0.0 MB in 1 file\n");
  });
});
