// tnl run: its table, its JSON, the command to look, and the signals that end it.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunResult } from "../../src/experiments/index.js";
import { findRuns } from "../../src/events/index.js";
import { curvesOf, stepsUpTo } from "../experiments/curves.js";
import { treeOf } from "../experiments/tree.js";
import golden from "../fixtures/torch-golden.json" with { type: "json" };
import { useTempDir } from "../helpers/temp-dir.js";
import { FakeIo, tnl } from "./fake-io.js";

const makeDir = useTempDir("run");

/** `tnl run` without a progress bar, in this thread; it must succeed. */
async function run(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await tnl(["run", "--jobs", "1", "--verbose", "0", ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

/** `tnl run --json`. */
async function results(...argv: string[]): Promise<RunResult[]> {
  return JSON.parse(await run("--json", ...argv)) as RunResult[];
}

/** The cells of a table's rows, without its header. */
function rowsOf(stdout: string): string[][] {
  const lines = stdout.slice(0, stdout.indexOf("\n\n")).split("\n");
  return lines.slice(2).map((line) => line.split(/ {2,}/));
}

describe("the table", () => {
  it("has a line for each run, with the numbers of the run", async () => {
    const steps = golden.online_adam_f64.step;
    const logdir = join(makeDir(), "logs");
    const stdout = await run("--steps", String(steps), "--logdir", logdir);
    const [header, rule] = stdout.split("\n");
    expect(header!.split(/ {2,}/)).toEqual([
      "run",
      "steps",
      "final x",
      "mean x, last 10 %",
      "average regret",
      "steps/s",
    ]);
    expect(rule).toMatch(/^-+( {2}-+){5}$/);

    const json = await results("--steps", String(steps), "--logdir", logdir);
    const torch = [
      ["Online_adam", golden.online_adam_f64],
      ["Online_amsgrad", golden.online_amsgrad_f64],
      ["Stochastic_adam", golden.stochastic_adam_f64],
      ["Stochastic_amsgrad", golden.stochastic_amsgrad_f64],
    ] as const;
    const rows = rowsOf(stdout);
    expect(rows.map((row) => row.slice(0, 5))).toEqual(
      torch.map(([name, { x_after_clamp: x }], i) => [
        name,
        "20,000",
        x.toFixed(7),
        json[i]!.tailMean.toFixed(4),
        json[i]!.averageRegret.toFixed(7),
      ]),
    );
    expect(rows.map((row) => row[5])).toEqual(torch.map(() => expect.stringMatching(/^[1-9][\d,]*$/)));
    // Aligned: every line but the last column's is as long as the header.
    expect(
      new Set(
        stdout
          .split("\n")
          .slice(0, 6)
          .map((line) => line.length),
      ).size,
    ).toBe(1);
  });

  it("has a dash where there is no number", async () => {
    const stdout = await run("online", "--lr", "Infinity", "--steps", "5", "--logdir", makeDir());
    expect(rowsOf(stdout)[0]![3]).toBe("-");
  });
});

describe("--json", () => {
  it("gives the results, on one line", async () => {
    const stdout = await run("online", "--json", "--steps", "1000", "--lr", "0.01", "--logdir", makeDir());
    expect(stdout).toMatch(/^\[.*\]\n$/);
    expect(JSON.parse(stdout)).toEqual(
      ["adam", "amsgrad"].map((optimizer) => ({
        run: `Online_${optimizer}`,
        problem: "online",
        optimizer,
        seed: 1,
        steps: 1000,
        finalX: expect.any(Number),
        tailMean: expect.any(Number),
        averageRegret: expect.any(Number),
        firstClamp: null,
        stepsPerSecond: expect.any(Number),
      })),
    );
  });
});

describe("the options", () => {
  it("reach the runs", async () => {
    const plain = ["online", "--optimizer", "adam", "--steps", "1e3", "--logdir", makeDir()];
    const [first] = await results(...plain);
    const x = async (...argv: string[]): Promise<number> => (await results(...plain, ...argv))[0]!.finalX;
    expect(first).toMatchObject({ run: "Online_adam", steps: 1000 });
    expect(await x()).toBe(first!.finalX);
    expect(await x("--lr", "0.001", "--betas", "0.9,0.99", "--dtype", "float64")).toBe(first!.finalX);
    for (const other of [["--lr", "0.002"], ["--betas", "0.9, 0.999"], ["--betas=0.8,0.99"]]) {
      expect(await x(...other)).not.toBe(first!.finalX);
    }
    const single = await x("--dtype", "float32");
    expect(single).not.toBe(first!.finalX);
    expect(single).toBe(Math.fround(single));
  });

  it("--seed is the stochastic problem's, and may be negative", async () => {
    const xs = await Promise.all(
      [[], ["--seed", "1"], ["--seed", "2"], ["--seed", "-3"]].map(
        async (seed) =>
          (await results("stochastic", "--optimizer=adam", "--steps=500", "--logdir", makeDir(), ...seed))[0]!
            .finalX,
      ),
    );
    expect(xs[0]).toBe(xs[1]);
    expect(new Set(xs).size).toBe(3);
  });

  it("--optimizer may be repeated, and several problems named", async () => {
    const logdir = makeDir();
    const argv = ["stochastic", "online", "--optimizer", "sgd", "--optimizer", "amsgrad", "--steps", "10"];
    expect((await results(...argv, "--logdir", logdir)).map((result) => result.run)).toEqual([
      "Stochastic_sgd",
      "Stochastic_amsgrad",
      "Online_sgd",
      "Online_amsgrad",
    ]);
  });

  it("--batch-step-size is the distance of the points", async () => {
    const logdir = makeDir();
    await run("online", "--optimizer=adam", "--steps=50", "--batch-step-size=20", "--logdir", logdir);
    const [, steps] = findRuns(logdir);
    expect(steps!.name).toBe("Online_adam/epoch-0");
    expect(curvesOf(steps!.files[0]!)["batch/est"]!.steps).toEqual([0, 20, 40]);
  });

  it("--if-exists says what happens to a run that is there", async () => {
    const logdir = makeDir();
    const again = ["online", "--optimizer=adam", "--steps=10", "--logdir", logdir];
    await run(...again);
    const before = treeOf(logdir);
    expect((await results(...again))[0]!.run).toBe("Online_adam_1");
    expect((await results(...again, "--if-exists", "increment"))[0]!.run).toBe("Online_adam_2");
    expect(treeOf(logdir)).toMatchObject(before);
    const path = join(logdir, "Online_adam");
    expect(await tnl(["run", ...again, "--if-exists", "fail"])).toEqual({
      code: 3,
      stdout: "",
      stderr: `tnl: The run ${path} is there already\n`,
    });
    expect(treeOf(logdir)).toMatchObject(before);
    expect((await results(...again, "--if-exists", "overwrite"))[0]!.run).toBe("Online_adam");
    const [old] = Object.keys(before).filter((file) => file.includes("tfevents"));
    expect(treeOf(logdir)[old!]).not.toBe(before[old!]);
  });
});

describe.skipIf(process.platform === "win32")("the command to look", () => {
  /** What a shell makes of a line: the arguments of `name`. */
  function argumentsIn(line: string, name: string): string[] {
    const { stdout, status } = spawnSync("sh", ["-c", `${name}() { printf '%s\\n' "$@"; }; ${line}`], {
      encoding: "utf8",
      timeout: 20_000,
      env: { ...process.env, HOME: "/somewhere/else" },
    });
    expect(status).toBe(0);
    return stdout.split("\n").slice(0, -1);
  }

  const home = process.cwd();

  it.each([
    "logs",
    "../logs",
    "some logs",
    "it's here",
    "a'b'c",
    'say "x"',
    "$HOME",
    "~",
    "~/logs",
    "back\\slash",
    "semi;colon & more",
    "*",
    "größe",
  ])("can be pasted into a shell: %s", async (logdir) => {
    process.chdir(makeDir());
    try {
      const stdout = await run("online", "--optimizer=sgd", "--steps=1", "--logdir", logdir);
      const [, look, or] = /\n\nTo look: (.*)\n {5}or: (.*)\n$/.exec(stdout)!;
      expect(argumentsIn(look!, "tensorboard")).toEqual(["--logdir", logdir]);
      expect(argumentsIn(or!, "npx")).toEqual(["tnl", "tensorboard", logdir]);
    } finally {
      process.chdir(home);
    }
  });

  it("has no option in it when the logdir begins with a dash", async () => {
    const dir = makeDir();
    process.chdir(dir);
    try {
      const stdout = await run("online", "--optimizer=sgd", "--steps=1", "--logdir=-dash");
      const [, look] = /\n\nTo look: (.*)\n/.exec(stdout)!;
      expect(argumentsIn(look!, "tensorboard")).toEqual(["--logdir", join(dir, "-dash")]);
    } finally {
      process.chdir(home);
    }
  });

  it("is plain where it can be", async () => {
    const logdir = join(makeDir(), "logs-1.0");
    const stdout = await run("online", "--optimizer=sgd", "--steps=1", "--logdir", logdir);
    expect(stdout).toMatch(
      `\nTo look: tensorboard --logdir ${logdir}\n     or: npx tnl tensorboard ${logdir}\n`,
    );
  });
});

describe("a signal", () => {
  // So many steps that no machine has done them before the signal, which comes when the loop first leaves the thread.
  const ENDLESS = [
    "run",
    "--jobs",
    "1",
    "--verbose",
    "0",
    "--steps",
    "1000000000000",
    "--batch-step-size",
    "1000",
  ];

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("%s ends the run after its step, with the table and exit code %i", async (signal, code) => {
    const logdir = makeDir();
    const io = new FakeIo();
    setImmediate(() => io.signals.emit(signal, signal));
    const outcome = await tnl([...ENDLESS, "--logdir", logdir], io);
    expect(outcome).toMatchObject({ code, stderr: "" });
    expect(io.exits).toEqual([]);

    const rows = rowsOf(outcome.stdout);
    expect(rows.map(([name]) => name)).toEqual(["Online_adam"]);
    const steps = Number(rows[0]![1]!.replaceAll(",", ""));
    const runs = findRuns(logdir);
    expect(runs.map(({ name }) => name)).toEqual(["Online_adam", "Online_adam/epoch-0"]);
    expect(curvesOf(runs[1]!.files[0]!)["batch/est"]!.steps).toEqual(stepsUpTo(steps, 1000));
    expect(rows[0]![3]).toBe("-");
  });

  it.each([
    [["SIGINT", "SIGINT"], 130],
    [["SIGINT", "SIGTERM"], 143],
    [["SIGTERM", "SIGINT"], 130],
  ])("%j end the process at once, with exit code %i", async (signals, code) => {
    const io = new FakeIo();
    const thrown: unknown[] = [];
    setImmediate(() => {
      for (const signal of signals) {
        try {
          io.signals.emit(signal, signal);
        } catch (error) {
          thrown.push(error);
        }
      }
    });
    await tnl([...ENDLESS, "--logdir", makeDir()], io);
    expect(io.exits).toEqual([code]);
    expect(thrown).toEqual([new Error(`The process ends with ${code}`)]);
  });

  it("is nobody's when the command has ended, well or not", async () => {
    for (const argv of [
      ["run", "online", "--verbose=0", "--steps=1", "--logdir", makeDir()],
      ["run", "--steps=x"],
    ]) {
      const io = new FakeIo();
      await tnl(argv, io);
      expect(io.signals.eventNames()).toEqual([]);
    }
  });
});
