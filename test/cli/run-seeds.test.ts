// tnl run --seeds as a process: several runs at once, signals while they go, and runs that fail.
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findRuns } from "../../src/events/index.js";
import type { RunResult } from "../../src/experiments/index.js";
import { curvesOf, stepsUpTo } from "../experiments/curves.js";
import { writeModule } from "../experiments/user-modules.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { PROGRAM, startTnl, type Started } from "./child.js";

const makeDir = useTempDir("run-seeds");
const PACKAGE = join(PROGRAM, "..", "..", "index.js");

const ADAM = ["run", "online", "--optimizer=adam"];

/** Two runs that end by a signal only, in two threads. They are going when this resolves: their files grow. */
async function startTwo(logdir: string, ...argv: string[]): Promise<Started> {
  const args = [...ADAM, "--seeds=1,2,3", "--jobs=2", "--steps=1000000000000", "--logdir", logdir, ...argv];
  const started = startTnl(args);
  const bytes = (seed: number): number => {
    if (!existsSync(logdir)) return 0;
    const run = findRuns(logdir).find(({ name }) => name === `Online_adam_seed-${seed}/epoch-0`);
    return run === undefined ? 0 : statSync(run.files[0]!).size;
  };
  const least = (): number => Math.min(bytes(1), bytes(2));
  await expect.poll(least, { timeout: 30_000, interval: 20 }).toBeGreaterThan(10_000);
  return started;
}

/** The steps of the curve of each run that was begun. */
function stepsOfRuns(logdir: string): number[][] {
  const runs = findRuns(logdir).filter(({ name }) => name.endsWith("/epoch-0"));
  expect(runs.map(({ name, files }) => [name, files.length])).toEqual([
    ["Online_adam_seed-1/epoch-0", 1],
    ["Online_adam_seed-2/epoch-0", 1],
  ]);
  return runs.map(({ files }) => curvesOf(files[0]!)["batch/est"]!.steps);
}

describe("several seeds at once", () => {
  it("have a row each, with the seed, and one progress for all", async () => {
    const logdir = join(makeDir(), "logs");
    const args = [...ADAM, "--seeds=0..2", "--jobs=2", "--steps=1000", "--logdir", logdir];
    const { code, stdout, stderr } = await startTnl(args).ended;
    expect(code).toBe(0);
    const rows = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(rows[0]!.slice(0, 3)).toEqual(["run", "seed", "steps"]);
    expect(rows.slice(2, 5).map((row) => row.slice(0, 3))).toEqual([
      ["Online_adam_seed-0", "0", "1,000"],
      ["Online_adam_seed-1", "1", "1,000"],
      ["Online_adam_seed-2", "2", "1,000"],
    ]);
    expect(stderr).toMatch(/^3\/3 runs {2}100% {2}3,000 of 3,000 steps {2}[\d.]+K? steps\/s\n$/);
    // No sub-runs of worker threads.
    expect(findRuns(logdir).map(({ name }) => name)).toEqual(
      [0, 1, 2].flatMap((seed) => [`Online_adam_seed-${seed}`, `Online_adam_seed-${seed}/epoch-0`]),
    );
  });

  it("load a module of TypeScript in each thread", async () => {
    const text = `import { Model, Parameter } from "tensorboard-node-logger";
export default class Bowl extends Model {
  readonly x = new Parameter(3);
  readonly seed: number;
  constructor({ seed }: { readonly seed: number }) { super(); this.seed = seed; }
  override forward() { return this.x.sub(this.seed).pow(2); }
}`;
    const path = writeModule(makeDir(), "bowl.ts", text, PACKAGE);
    const args = ["run", path, "--optimizer=sgd", "--lr=0.1", "--seeds=5,4", "--jobs=2", "--steps=300"];
    const { code, stdout, stderr } = await startTnl([...args, "--json", "--verbose=0", "--logdir", makeDir()])
      .ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(
      (JSON.parse(stdout) as RunResult[]).map(({ seed, finalX }) => [seed, Number(finalX.toFixed(9))]),
    ).toEqual([
      [5, 5],
      [4, 4],
    ]);
  });
});

describe.skipIf(process.platform === "win32")("a signal", () => {
  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)(
    "%s ends the runs after their steps, with their results, and no other is begun: %i",
    async (name, wanted) => {
      const logdir = join(makeDir(), "logs");
      const { child, ended } = await startTwo(logdir, "--json");
      child.kill(name);
      const { code, signal, stdout, stderr } = await ended;
      expect({ code, signal }).toEqual({ code: wanted, signal: null });
      const results = JSON.parse(stdout) as RunResult[];
      expect(results.map(({ seed }) => seed)).toEqual([1, 2]);
      expect(stepsOfRuns(logdir)).toEqual(results.map(({ steps }) => stepsUpTo(steps, 10)));
      expect(stderr).toMatch(/^(0\/3 runs {2}0% {2}.* steps .*\n)+$/);
    },
  );

  it("lets them be resumed: the results are those of runs that were not ended", async () => {
    const logdir = join(makeDir(), "logs");
    const args = [...ADAM, "--seeds=1..3", "--jobs=2", "--steps=3000000", "--json"];
    const { child, ended } = startTnl([...args, "--logdir", logdir]);
    await expect
      .poll(() => existsSync(join(logdir, "Online_adam_seed-2", "epoch-0")), { timeout: 30_000 })
      .toBe(true);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(143);
    const resumed = await startTnl([...args, "--resume", "--logdir", logdir]).ended;
    expect(resumed).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^3\/3 runs {2}100% .*\n$/m) as string,
    });
    const whole = await startTnl([...args, "--logdir", makeDir()]).ended;
    const results = ({ stdout }: { stdout: string }) =>
      (JSON.parse(stdout) as RunResult[]).map((result) => ({ ...result, stepsPerSecond: 0 }));
    expect(results(resumed)).toEqual(results(whole));
  });

  it("ends it at once when there are two; what was written is whole", async () => {
    const logdir = join(makeDir(), "logs");
    const { child, ended } = await startTwo(logdir, "--verbose=0");
    // While it is stopped both arrive, so that it hears of them together; two of a kind would be one.
    child.kill("SIGSTOP");
    child.kill("SIGINT");
    child.kill("SIGTERM");
    child.kill("SIGCONT");
    const { code, stdout, stderr } = await ended;
    expect([130, 143]).toContain(code);
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
    for (const steps of stepsOfRuns(logdir)) expect(steps).toEqual(stepsUpTo(steps.at(-1)! + 1, 10));
  });
});

describe("a run that fails", () => {
  it.each(["1", "2"])(
    "is a line on stderr; the results of the others are on stdout (--jobs=%s)",
    async (jobs) => {
      const text = `import { Model, Parameter } from "tensorboard-node-logger";
export default class Bowl extends Model {
  x = new Parameter(3);
  constructor({ seed }) { super(); this.seed = seed; }
  forward(_, { batch }) {
    if (batch === 5 && this.seed === 2) throw new Error("no luck\\nat all");
    if (batch === 5 && this.seed === 3) throw "a text";
    return this.x.pow(2);
  }
}`;
      const path = writeModule(makeDir(), "bowl.mjs", text, PACKAGE);
      const args = ["run", path, "--optimizer=sgd", "--seeds=1..4", "--steps=20", "--json", "--verbose=0"];
      const { code, stdout, stderr } = await startTnl([...args, "--jobs", jobs, "--logdir", makeDir()]).ended;
      expect(code).toBe(1);
      expect((JSON.parse(stdout) as RunResult[]).map(({ run, steps }) => [run, steps])).toEqual([
        ["Bowl_sgd_seed-1", 20],
        ["Bowl_sgd_seed-4", 20],
      ]);
      expect(stderr.split("\n")).toEqual([
        expect.stringMatching(/^tnl: Bowl_sgd_seed-2: unexpected error: no luck; at all/),
        expect.stringMatching(/^tnl: Bowl_sgd_seed-3: .*a text/),
        "",
      ]);
    },
  );

  it("has the exit code of its error", async () => {
    const logdir = join(makeDir(), "logs");
    mkdirSync(logdir);
    writeFileSync(join(logdir, "Online_adam_seed-2"), "not a run");
    const args = [...ADAM, "--seeds=1..3", "--jobs=2", "--steps=20", "--verbose=0", "--if-exists=overwrite"];
    const { code, stdout, stderr } = await startTnl([...args, "--logdir", logdir]).ended;
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Online_adam_seed-1 .*\nOnline_adam_seed-3 .*\n\nTo look: /m);
    expect(stderr).toMatch(/^tnl: Online_adam_seed-2: [^\n]*Online_adam_seed-2[^\n]*\n$/);
  });

  it("is all of them, once, when the logdir is none", async () => {
    const file = join(makeDir(), "file");
    writeFileSync(file, "");
    const args = [...ADAM, "--seeds=1..3", "--jobs=2", "--logdir", file];
    const { code, stdout, stderr } = await startTnl(args).ended;
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toBe(`tnl: Cannot write runs to ${file}: it, or a part of it, is a file\n`);
  });
});
