// tnl tail: what it shows of every dashboard, which values, live, how it ends, and what it refuses.
import { appendFileSync, chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { record, scalar, scalars } from "../helpers/followed.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { hasPermissions } from "../helpers/without-privileges.js";
import { start, startTnl, PROGRAM, type Ended, type Started } from "./child.js";
import { tnl } from "./fake-io.js";

const makeDir = useTempDir("tail");
const NAME = "events.out.tfevents.1700000000.box";
const isWindows = process.platform === "win32";
const isRoot = process.geteuid?.() === 0;
const env = { TZ: "UTC" };

/** Runs `tnl tail` as a process, to its end. */
async function tail(...argv: string[]): Promise<Ended> {
  return startTnl(["tail", ...argv], { env }).ended;
}

function makeRun(bytes: Buffer, run = "a", logdir = makeDir()): { logdir: string; path: string } {
  mkdirSync(join(logdir, run));
  const path = join(logdir, run, NAME);
  writeFileSync(path, bytes);
  return { logdir, path };
}

function at(wallTime: number, step: number | bigint, tag: string, simpleValue: number): Buffer {
  return record({ wallTime, step, summary: [{ tag, simpleValue }] });
}

/** The output of a program that goes on. */
function outputOf({ child }: Started): { text: string } {
  const output = { text: "" };
  child.stdout!.on("data", (text: string) => (output.text += text));
  return output;
}

describe("what it shows", () => {
  it("is the last ten values by their wall times, in columns", async () => {
    const { logdir } = makeRun(
      Buffer.concat(Array.from({ length: 12 }, (_, i) => at(1.7e9 + 2 * i, i, "loss", 1 / (i + 1)))),
    );
    makeRun(
      Buffer.concat([at(1.7e9 + 21, 1_000_000, "a/longer/tag", NaN), at(1.7e9 + 25, 7, "x", -Infinity)]),
      "b",
      logdir,
    );
    const { code, stdout, stderr } = await tail(logdir, "--no-follow");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      [
        "2023-11-14 22:13:28  a  loss                4  0.2",
        "2023-11-14 22:13:30  a  loss                5  0.16666667",
        "2023-11-14 22:13:32  a  loss                6  0.14285715",
        "2023-11-14 22:13:34  a  loss                7  0.125",
        "2023-11-14 22:13:36  a  loss                8  0.11111111",
        "2023-11-14 22:13:38  a  loss                9  0.1",
        "2023-11-14 22:13:40  a  loss               10  0.09090909",
        "2023-11-14 22:13:41  b  a/longer/tag  1000000  NaN",
        "2023-11-14 22:13:42  a  loss               11  0.083333336",
        "2023-11-14 22:13:45  b  x                   7  -Infinity",
        "",
      ].join("\n"),
    );
  });

  it("is as many as --lines says, of the runs and tags that are asked for", async () => {
    const { logdir } = makeRun(Buffer.concat([scalars(1, 2), scalar(3, "acc"), scalar(4, "lr")]));
    makeRun(scalars(5), "b", logdir);
    const steps = async (...argv: string[]): Promise<number[]> => {
      const { code, stdout } = await tnl(["tail", logdir, "--no-follow", "--json", ...argv]);
      expect(code).toBe(0);
      return stdout
        .split("\n")
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { step: number }).step);
    };
    expect(await steps()).toEqual([1, 2, 3, 4, 5]);
    expect(await steps("-n", "2")).toEqual([4, 5]);
    expect(await steps("--lines=0")).toEqual([]);
    expect(await steps("--run", "a")).toEqual([1, 2, 3, 4]);
    expect(await steps("--run", "a", "--tag", "l*", "--tag", "acc", "-n3")).toEqual([2, 3, 4]);
    expect(await steps("--tag", "loss", "-n", "1")).toEqual([5]);
  });

  it("is the kind and the measures of what is no scalar", async () => {
    const dir = join(makeDir(), "run");
    const writer = new SummaryWriter(dir);
    writer.addScalar("scalar", 0.1, 1);
    writer.addText("text", "two\nlines", 1);
    writer.addText("long", "x".repeat(100), 1);
    writer.addHistogram("histogram", [1, 2, 3], 1);
    writer.addImage("image", { width: 3, height: 2, data: new Uint8Array(24) }, 1);
    writer.addAudio("audio", Float32Array.of(0, 0, 0, 0), 1, { sampleRate: 8 });
    writer.addPrCurve("pr", [1, 0], [0.9, 0.1], 1);
    writer.addTensor("tensor", [[1, 2, 3]], 1);
    writer.addHParams({ lr: 0.5, name: "x" }, {});
    writer.closeSync();
    const { stdout, code } = await tnl(["tail", dir, "--no-follow", "--json", "-n", "100"]);
    expect(code).toBe(0);
    const lines = stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(Object.keys(lines[0]!)).toEqual(["run", "tag", "step", "wallTime", "kind", "text", "value"]);
    expect(lines.map(({ tag, kind, text, value }) => [tag, kind, text, value])).toEqual([
      ["scalar", "scalar", "0.1", Math.fround(0.1)],
      ["text", "text", 'text "two\\nlines"', null],
      ["long", "text", `text "${"x".repeat(59)}…"`, null],
      ["histogram", "histogram", "histogram 30 buckets 1..3", null],
      ["image", "image", "image 1 x 3x2 png", null],
      ["audio", "audio", "audio 1 clip 0.5 s 8 Hz", null],
      ["pr", "prCurve", "pr curve 201 thresholds", null],
      ["tensor", "tensor", "tensor float64 1x3", null],
      ["_hparams_/session_start_info", "hparams", "hparams lr=0.5 name=x", null],
    ]);
  });

  it("is JSON without numbers that JSON has not", async () => {
    const { path } = makeRun(Buffer.concat([at(NaN, 2n ** 60n, "a", Infinity), at(1.7e9, -3, "b", NaN)]));
    const { stdout } = await tnl(["tail", path, "--no-follow", "--json"]);
    expect(stdout).toBe(
      [
        '{"run":".","tag":"a","step":"1152921504606846976","wallTime":null,"kind":"scalar","text":"Infinity","value":"Infinity"}',
        '{"run":".","tag":"b","step":-3,"wallTime":1700000000,"kind":"scalar","text":"NaN","value":"NaN"}',
        "",
      ].join("\n"),
    );
  });

  it("keeps what could move the cursor out of the lines", async () => {
    const { path } = makeRun(at(1.7e9, 1, "a\u001b[2Jb\nc", 1));
    expect((await tail(path, "--no-follow")).stdout).toBe("2023-11-14 22:13:20  .  a[2Jbc  1  1\n");
  });

  it("goes over damage and says where it is", async () => {
    const bad = scalar(2);
    bad[bad.length - 6]! ^= 1;
    const { path } = makeRun(Buffer.concat([scalar(1), bad, scalar(3)]));
    const { code, stdout, stderr } = await tail(path, "--no-follow");
    expect(code).toBe(0);
    expect(stdout.split("\n")).toHaveLength(3);
    const length = scalar(1).length;
    expect(stderr).toBe(
      `tnl: ${path} at byte ${length}: a record's data do not match their checksum; ${length} bytes are passed over\n`,
    );
  });
});

describe.skipIf(isWindows)("while a log grows", () => {
  it("shows what comes, also of runs that were not there, until SIGINT: 130", async () => {
    const { logdir, path } = makeRun(at(1.7e9, 1, "loss", 1));
    const started = startTnl(["tail", logdir, "--interval", "0.01"], { env });
    const output = outputOf(started);
    const shows = async (text: string): Promise<void> => {
      await expect.poll(() => output.text, { timeout: 20_000 }).toContain(text);
    };
    await shows("a  loss  1  1\n");
    appendFileSync(path, at(1.7e9 + 1, 2, "loss", 0.5));
    await shows("2023-11-14 22:13:21  a  loss  2  0.5\n");
    makeRun(at(1.7e9 + 2, 100, "a longer tag", 3), "a/b", logdir);
    await shows("2023-11-14 22:13:22  a/b  a longer tag  100  3\n");
    appendFileSync(path, at(1.7e9 + 3, 3, "loss", 0.25));
    await shows("2023-11-14 22:13:23  a    loss            3  0.25\n");
    started.child.kill("SIGINT");
    expect(await started.ended).toMatchObject({ code: 130, signal: null, stderr: "" });
  });

  it("waits for a first run, for runs and tags of a name, and says so; SIGTERM: 143", async () => {
    const logdir = makeDir();
    const started = startTnl(["tail", logdir, "--interval=0.01", "--run=a", "--tag=acc", "--json"]);
    const output = outputOf(started);
    const errors = { text: "" };
    started.child.stderr!.on("data", (text: string) => (errors.text += text));
    await expect.poll(() => errors.text, { timeout: 20_000 }).toContain("waiting");
    makeRun(scalar(1, "acc"), "b", logdir);
    const { path } = makeRun(scalar(2), "a", logdir);
    appendFileSync(path, scalar(3, "acc"));
    await expect.poll(() => output.text, { timeout: 20_000 }).toContain('"step":3');
    started.child.kill("SIGTERM");
    const { code, stdout, stderr } = await started.ended;
    expect({ code, lines: stdout.split("\n").length }).toEqual({ code: 143, lines: 2 });
    expect(stderr).toBe(
      `tnl: There is no event file in ${logdir} or below it: none whose name contains "tfevents"; waiting for one\n`,
    );
  });

  it.each([
    ["--run", "zz", 'No run in DIR matches zz: there are "a"'],
    ["--tag", "zz", 'No tag in DIR matches zz: there are "loss"'],
  ])("says of a %s that is not there that it waits", async (option, pattern, message) => {
    const { logdir } = makeRun(scalar(1));
    const started = startTnl(["tail", logdir, option, pattern]);
    const errors = { text: "" };
    started.child.stderr!.on("data", (text: string) => (errors.text += text));
    await expect.poll(() => errors.text, { timeout: 20_000 }).toContain("waiting");
    started.child.kill("SIGINT");
    const stderr = `tnl: ${message.replace("DIR", logdir)}; waiting for one\n`;
    expect(await started.ended).toMatchObject({ code: 130, stdout: "", stderr });
  });

  it("ends without a word when nobody reads any more", async () => {
    const { path } = makeRun(scalars(1, 2, 3));
    const command = `"${process.execPath}" "${PROGRAM}" tail "${path}" --interval 0.01 | head -n 1; echo $\{PIPESTATUS[0]}`;
    const started = start("bash", ["-c", command]);
    // Whether `head` is gone shows at the next write.
    const appending = setInterval(() => appendFileSync(path, scalar(4)), 20);
    onTestFinished(() => clearInterval(appending));
    const { stdout, stderr } = await started.ended;
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^.* loss +\d +\d\n0\n$/);
  });
});

describe("what it refuses, in one line", () => {
  async function expectRefusal(argv: string[], code: number, message: string): Promise<void> {
    const ended = await tail(...argv);
    expect(ended).toMatchObject({ code, stdout: "", stderr: `tnl: ${message}\n` });
  }

  it.each([["--no-follow"], ["--json"]])("a path at which there is nothing, with %s: 3", async (option) => {
    const path = join(makeDir(), "none");
    await expectRefusal([path, option], 3, `Cannot read ${path}: no such file or directory (ENOENT)`);
  });

  it("a logdir without event files, where it does not wait: 3", async () => {
    const dir = makeDir();
    const message = `There is no event file in ${dir} or below it: none whose name contains "tfevents"`;
    await expectRefusal([dir, "--no-follow"], 3, message);
  });

  it.each([["--no-follow"], ["--json"]])("a file that is no event file, with %s: 3", async (option) => {
    const path = join(makeDir(), "notes.txt");
    writeFileSync(path, "These are only some notes, and no events at all.\n");
    await expectRefusal(
      [path, option],
      3,
      `${path} is no event file: there is no event in it that can be read`,
    );
  });

  it.each([
    ["--run", "zz*", 'No run in DIR matches zz*: there are "a"'],
    ["--tag", "zz*", 'No tag in DIR matches zz*: there are "loss"'],
  ])("a %s that matches nothing, where it does not wait: 2", async (option, pattern, message) => {
    const { logdir } = makeRun(scalar(1));
    await expectRefusal([logdir, "--no-follow", option, pattern], 2, message.replace("DIR", logdir));
  });

  it.each([
    [["--lines", "-1"], '`--lines` to be an integer from 0, got "-1"'],
    [["-n", "ten"], '`--lines` to be a number, got "ten"'],
    [["--interval", "0"], '`--interval` to be a number of seconds from 0.01 to 86400, got "0"'],
    [["--run", ""], '`--run` to be a name, a glob or a regular expression, got "" (string)'],
  ])("%o: 2", async (argv, message) => {
    const { logdir } = makeRun(scalar(1));
    await expectRefusal([logdir, ...argv], 2, `Expected ${message}`);
  });

  it.runIf(hasPermissions && !isRoot)("a directory that it may not read: 3", async () => {
    const { logdir } = makeRun(scalar(1));
    chmodSync(logdir, 0);
    onTestFinished(() => chmodSync(logdir, 0o700));
    await expectRefusal([logdir, "--no-follow"], 3, `Cannot read ${logdir}: permission denied (EACCES)`);
  });

  it.runIf(isRoot && existsSync("/usr/bin/setpriv"))(
    "a directory and a file that it may not read, as another user: 3",
    async () => {
      const { logdir, path } = makeRun(scalar(1));
      const asNobody = async (what: string): Promise<Ended> => {
        const command = [
          "--reuid=65534",
          "--clear-groups",
          process.execPath,
          PROGRAM,
          "tail",
          what,
          "--no-follow",
        ];
        return start("/usr/bin/setpriv", command, { cwd: "/" }).ended;
      };
      chmodSync(join(logdir, ".."), 0o755);
      chmodSync(path, 0);
      expect(await asNobody(path)).toMatchObject({ code: 3, stdout: "" });
      chmodSync(logdir, 0);
      onTestFinished(() => chmodSync(logdir, 0o700));
      expect(await asNobody(logdir)).toMatchObject({
        ...{ code: 3, stdout: "" },
        stderr: `tnl: Cannot read ${logdir}: permission denied (EACCES)\n`,
      });
    },
  );
});
