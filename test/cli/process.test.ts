// tnl as a process: signals, and an output that nobody reads or that cannot be written.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { findRuns } from "../../src/events/index.js";
import type { RunResult } from "../../src/experiments/index.js";
import { curvesOf, stepsUpTo } from "../experiments/curves.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { startTnl, type Started } from "./child.js";

const makeDir = useTempDir("process");
const isWindows = process.platform === "win32";

/** A run that ends by a signal only. It is going when this resolves: its file grows. */
async function startRun(logdir: string, ...argv: string[]): Promise<Started> {
  const started = startTnl(["run", "--jobs=1", "--steps=1000000000000", "--logdir", logdir, ...argv]);
  const bytes = (): number => {
    if (!existsSync(logdir)) return 0;
    const run = findRuns(logdir).find(({ name }) => name.endsWith("/epoch-0"));
    return run === undefined ? 0 : statSync(run.files[0]!).size;
  };
  await expect.poll(bytes, { timeout: 30_000, interval: 20 }).toBeGreaterThan(10_000);
  return started;
}

/** The steps of the curve of the only run there is. */
function stepsOfOnlyRun(logdir: string): number[] {
  const runs = findRuns(logdir);
  expect(runs.map(({ name, files }) => [name, files.length])).toEqual([
    ["Online_adam", 1],
    ["Online_adam/epoch-0", 1],
  ]);
  return curvesOf(runs[1]!.files[0]!)["batch/est"]!.steps;
}

describe.skipIf(isWindows)("a signal to tnl run", () => {
  it("SIGINT finishes the step and closes the file: 130, with the table", async () => {
    const logdir = join(makeDir(), "logs");
    const { child, ended } = await startRun(logdir);
    child.kill("SIGINT");
    const { code, signal, stdout, stderr } = await ended;
    expect({ code, signal }).toEqual({ code: 130, signal: null });
    const [, steps] = /^Online_adam +([\d,]+) .*\n\nTo look: /m.exec(stdout)!;
    expect(stdout).not.toContain("amsgrad");
    expect(stepsOfOnlyRun(logdir)).toEqual(stepsUpTo(Number(steps!.replaceAll(",", "")), 10));
    // The progress only.
    expect(stderr).toMatch(/^(Online_adam {2}.* steps .*\n)+$/);
  });

  it("SIGTERM too: 143, with the results", async () => {
    const logdir = join(makeDir(), "logs");
    const { child, ended } = await startRun(logdir, "--json", "--verbose=0");
    child.kill("SIGTERM");
    const { code, signal, stdout, stderr } = await ended;
    expect({ code, signal, stderr }).toEqual({ code: 143, signal: null, stderr: "" });
    const results = JSON.parse(stdout) as RunResult[];
    expect(results).toHaveLength(1);
    expect(stepsOfOnlyRun(logdir)).toEqual(stepsUpTo(results[0]!.steps, 10));
  });

  it("two of them end it at once, without the table; the file is whole", async () => {
    const logdir = join(makeDir(), "logs");
    const { child, ended } = await startRun(logdir, "--verbose=0");
    // While it is stopped both arrive, so that it hears of them together; two of a kind would be one.
    child.kill("SIGSTOP");
    child.kill("SIGINT");
    child.kill("SIGTERM");
    child.kill("SIGCONT");
    const { code, stdout, stderr } = await ended;
    expect([130, 143]).toContain(code);
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
    const steps = stepsOfOnlyRun(logdir);
    expect(steps).toEqual(stepsUpTo(steps.at(-1)! + 1, 10));
  });
});

describe("the output", () => {
  it("is on stdout, the progress on stderr", async () => {
    const logdir = join(makeDir(), "logs");
    const argv = ["run", "online", "--optimizer=adam", "--steps=1000", "--json", "--logdir", logdir];
    const { code, stdout, stderr } = await startTnl(argv).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ run: "Online_adam", steps: 1000 }]);
    expect(stderr).toMatch(/^Online_adam {2}0\/1\(t\) {2}100% {2}1,000 of 1,000 steps .*\n$/);
  });

  it("--version needs nothing else", async () => {
    const { code, stdout, stderr } = await startTnl(["--version"]).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  it("an error is one line, and the exit code is the process's", async () => {
    const { code, stdout, stderr } = await startTnl(["run", "onlin"]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe('tnl: Unknown problem "onlin". Did you mean online? Known: online, stochastic\n');
  });

  it.skipIf(isWindows)("may be left by who reads it, as head does", async () => {
    for (const argv of [["list"], ["run", "--steps=10", "--verbose=0", "--logdir", makeDir()]]) {
      const { child, ended } = startTnl(argv);
      // Long before it has started.
      child.stdout!.destroy();
      const { code, signal, stderr } = await ended;
      expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: "" });
    }
  });

  it.skipIf(process.platform !== "linux")("that cannot be written is an error in one line", async () => {
    const full = openSync("/dev/full", "w");
    try {
      for (const argv of [
        ["list"],
        ["run", "--steps=10", "--verbose=0", "--logdir", makeDir()],
        ["--help"],
      ]) {
        const { code, stderr } = await startTnl(argv, { stdout: full }).ended;
        expect({ code, stderr }).toEqual({
          code: 1,
          stderr: "tnl: Cannot write the output: no space left on the disk (ENOSPC)\n",
        });
      }
    } finally {
      closeSync(full);
    }
  });
});

describe.skipIf(isWindows)("tnl tensorboard", () => {
  /** A directory with a program named tensorboard, which tells its arguments. */
  function fakeTensorBoard(): string {
    const bin = join(makeDir(), "bin");
    mkdirSync(bin);
    const script = '#!/bin/sh\n[ "$1" = --version ] && echo 9.8.7 && exit\nprintf "<%s>" "$@"; exit 5\n';
    writeFileSync(join(bin, "tensorboard"), script);
    chmodSync(join(bin, "tensorboard"), 0o755);
    return bin;
  }

  it("starts the one on the PATH with the logdir and what stands behind --, and has its exit code", async () => {
    const bin = fakeTensorBoard();
    const cwd = makeDir();
    mkdirSync(join(cwd, "some logs"));
    const env = { PATH: [bin, process.env["PATH"]].join(delimiter) };
    const argv = ["tensorboard", "some logs", "--", "--port", "07", "--bind_all"];
    const { code, stdout, stderr } = await startTnl(argv, { cwd, env }).ended;
    expect(stdout).toBe("<--logdir><some logs><--port><07><--bind_all>");
    expect(stderr).toBe(`Starting TensorBoard 9.8.7 (${join(bin, "tensorboard")})\n`);
    expect(code).toBe(5);
  });

  it("does not start on a logdir that is not there", async () => {
    const env = { PATH: [fakeTensorBoard(), process.env["PATH"]].join(delimiter) };
    const { code, stdout, stderr } = await startTnl(["tensorboard"], { cwd: makeDir(), env }).ended;
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toBe("tnl: Cannot read logs: no such file or directory (ENOENT)\n");
  });

  it("says what to install when there is none", async () => {
    const cwd = makeDir();
    const { code, stdout, stderr } = await startTnl(["tensorboard", "."], { cwd, env: { PATH: cwd } }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^tnl: TensorBoard is not installed, [^\n]*pip install tensorboard[^\n]*\n$/);
  });
});
