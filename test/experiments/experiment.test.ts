// Experiments: their results are the engine's, their runs are where they belong, and a wrong one touches nothing.
import { existsSync, mkdirSync, readFileSync, writeFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  Adam,
  AdamW,
  averageRegret,
  greedyUpdate,
  loss,
  Online,
  onStepTraining,
  SGD,
  Stochastic,
  toDict,
  Trial,
} from "../../src/engine/index.js";
import { ArgumentError, LogdirError, UnknownNameError } from "../../src/errors.js";
import { findRuns } from "../../src/events/index.js";
import * as experiments from "../../src/experiments/index.js";
import type { ExperimentOptions, RunResult } from "../../src/experiments/index.js";
import golden from "../fixtures/torch-golden.json" with { type: "json" };
import { useTempDir } from "../helpers/temp-dir.js";
import { curvesOf, stepsUpTo } from "./curves.js";
import { treeOf } from "./tree.js";

const makeDir = useTempDir("experiment");
/** In this thread: `run-jobs.test.ts` compares that with others. */
const runExperiment = (options: ExperimentOptions): Promise<RunResult[]> =>
  experiments.runExperiment({ jobs: 1, ...options });
const inNewLogdir = (): string => join(makeDir(), "logs");

/** The one event file of a run. */
function fileOf(logdir: string, run: string): string {
  const found = findRuns(logdir).find(({ name }) => name === `${run}/epoch-0`);
  expect(found?.files).toHaveLength(1);
  return found!.files[0]!;
}

const PROBLEMS = {
  online: (options: object) => new Online(options),
  stochastic: (options: object) => new Stochastic(options),
};
const OPTIMIZERS = {
  adam: Adam,
  amsgrad: (params: Parameters<typeof Adam>[0], options: object) =>
    Adam(params, { ...options, amsgrad: true }),
  adamw: AdamW,
  sgd: (params: Parameters<typeof SGD>[0], { lr }: { lr: number }) => SGD(params, { lr }),
};

/** The same training without the experiment around it, and its x at every step. */
async function trainDirectly(result: RunResult, options: ExperimentOptions) {
  const { lr = 1e-3, betas = [0.9, 0.99], seed = 1, dtype = "float64", steps = 0 } = options;
  const model = PROBLEMS[result.problem as keyof typeof PROBLEMS]({ dtype, seed });
  const optimizer = OPTIMIZERS[result.optimizer as keyof typeof OPTIMIZERS](model.parameters(), {
    lr,
    betas,
  });
  const projection = greedyUpdate();
  const estimates: number[] = [];
  const regrets: number[] = [];
  const record = onStepTraining((state) => {
    estimates.push(state.metrics["est"]!);
    regrets.push(state.metrics["average_regret"]!);
  });
  const trial = new Trial(model, optimizer, loss, {
    metrics: [toDict("est", () => model.x.item()), averageRegret()],
    callbacks: [projection, record],
    verbose: 0,
  });
  await trial.forTrainSteps(steps).run();
  return { x: model.x.item(), firstClamp: projection.firstClamp, estimates, regrets };
}

describe("the results", () => {
  it.each<[string, ExperimentOptions]>([
    ["the defaults", { steps: 1000 }],
    [
      "other numbers",
      { steps: 1003, lr: 0.05, betas: [0.5, 0.999], seed: 7, dtype: "float32", batchStepSize: 7 },
    ],
    ["other optimizers", { steps: 500, optimizers: ["sgd", "adamw"], batchStepSize: 1 }],
  ])("are what the engine gives, and so are the files: %s", async (_name, options) => {
    const logdir = inNewLogdir();
    const results = await runExperiment({ ...options, logdir, verbose: 0 });
    expect(results.map(({ problem, optimizer }) => [problem, optimizer])).toEqual(
      ["online", "stochastic"].flatMap((problem) =>
        (options.optimizers ?? ["adam", "amsgrad"]).map((optimizer) => [problem, optimizer]),
      ),
    );
    for (const result of results) {
      const { x, firstClamp, estimates, regrets } = await trainDirectly(result, options);
      const { run, problem, optimizer, stepsPerSecond, tailMean, ...rest } = result;
      expect(rest).toEqual({
        seed: options.seed ?? 1,
        steps: options.steps,
        finalX: x,
        averageRegret: regrets.at(-1),
        firstClamp: firstClamp ?? null,
      });
      const tail = estimates.slice(-Math.ceil(options.steps! / 10));
      expect(tailMean).toBeCloseTo(tail.reduce((sum, est) => sum + est, 0) / tail.length, 14);
      expect(stepsPerSecond).toBeGreaterThan(0);

      expect(run).toBe(`${problem === "online" ? "Online" : "Stochastic"}_${optimizer}`);
      const steps = stepsUpTo(options.steps!, options.batchStepSize ?? 10);
      expect(curvesOf(fileOf(logdir, run))).toEqual({
        "batch/est": { steps, values: steps.map((step) => Math.fround(estimates[step]!)) },
        "batch/average_regret": { steps, values: steps.map((step) => Math.fround(regrets[step]!)) },
      });
    }
  });

  it("are torch's", async () => {
    const results = await runExperiment({
      steps: golden.online_adam_f64.step,
      logdir: inNewLogdir(),
      verbose: 0,
    });
    const expected = {
      Online_adam: golden.online_adam_f64,
      Online_amsgrad: golden.online_amsgrad_f64,
      Stochastic_adam: golden.stochastic_adam_f64,
      Stochastic_amsgrad: golden.stochastic_amsgrad_f64,
    };
    expect(results.map(({ run }) => run)).toEqual(Object.keys(expected));
    const off = Object.values(expected).map((torch, i) => Math.abs(results[i]!.finalX - torch.x_after_clamp));
    expect(Math.max(...off)).toBeLessThanOrEqual(1e-14);
  });

  it.each([
    [1, 1],
    [9, 1],
    [10, 1],
    [11, 2],
    [95, 10],
  ])("of %i steps have a mean over the last %i", async (steps, last) => {
    const options = { steps, problems: ["online"], optimizers: ["adam"], batchStepSize: 1 };
    const [result] = await runExperiment({ ...options, logdir: inNewLogdir(), verbose: 0 });
    const { estimates } = await trainDirectly(result!, options);
    const tail = estimates.slice(-last);
    expect(tail).toHaveLength(last);
    expect(result!.tailMean).toBeCloseTo(tail.reduce((sum, est) => sum + est, 0) / last, 15);
  });

  it("do not depend on the global seed or on the runs before", async () => {
    const options = {
      steps: 300,
      problems: ["stochastic"],
      optimizers: ["adam"],
      logdir: inNewLogdir(),
    } as const;
    const seeded = async (seed: number): Promise<number> =>
      (await runExperiment({ ...options, seed, verbose: 0 }))[0]!.finalX;
    const first = await seeded(1);
    expect(await seeded(2)).not.toBe(first);
    expect(await seeded(1)).toBe(first);
  });
});

describe("the runs", () => {
  const SMALL = { steps: 25, problems: ["online"], verbose: 0 } as const;

  it("are those that were asked for, once each, in that order", async () => {
    const logdir = inNewLogdir();
    const results = await runExperiment({
      ...SMALL,
      problems: ["stochastic", "online", "stochastic"],
      optimizers: ["sgd", "adam", "sgd"],
      logdir,
    });
    const names = ["Stochastic_sgd", "Stochastic_adam", "Online_sgd", "Online_adam"];
    expect(results.map(({ run }) => run)).toEqual(names);
    expect(findRuns(logdir).map(({ name }) => name)).toEqual(
      names.flatMap((name) => [name, `${name}/epoch-0`]).toSorted(),
    );
  });

  it("get one number when one of them is there already, and leave that one as it is", async () => {
    const logdir = inNewLogdir();
    await runExperiment({ ...SMALL, optimizers: ["amsgrad"], logdir });
    const before = treeOf(logdir);
    for (const number of [1, 2]) {
      const results = await runExperiment({ ...SMALL, logdir });
      expect(results.map(({ run }) => run)).toEqual([`Online_adam_${number}`, `Online_amsgrad_${number}`]);
    }
    expect(treeOf(logdir)).toMatchObject(before);
    expect(findRuns(logdir).map(({ name }) => name)).toEqual([
      ...["Online_adam_1", "Online_adam_1/epoch-0"],
      ...["Online_adam_2", "Online_adam_2/epoch-0"],
      ...["Online_amsgrad", "Online_amsgrad/epoch-0"],
      ...["Online_amsgrad_1", "Online_amsgrad_1/epoch-0"],
      ...["Online_amsgrad_2", "Online_amsgrad_2/epoch-0"],
    ]);
  });

  it("are replaced with overwrite, but only those, and only what tnl wrote there", async () => {
    const logdir = inNewLogdir();
    await runExperiment({ ...SMALL, problems: ["online", "stochastic"], logdir });
    writeFileSync(join(logdir, "Online_adam", "notes.txt"), "mine");
    const before = treeOf(logdir);

    const overwritten = { ...SMALL, steps: 55, optimizers: ["adam"], ifExists: "overwrite", logdir } as const;
    const [result] = await runExperiment(overwritten);
    expect(result!.run).toBe("Online_adam");
    expect(curvesOf(fileOf(logdir, "Online_adam"))["batch/est"]!.steps).toEqual([0, 10, 20, 30, 40, 50]);
    const others = Object.entries(before).filter(
      ([path]) => !/^Online_adam\/(.*tfevents|checkpoints\/|run.json)/.test(path),
    );
    expect(others.length).toBeGreaterThan(10);
    expect(readdirSync(join(logdir, "Online_adam", "checkpoints"))).toEqual(["000000000055.json"]);
    expect(treeOf(logdir)).toMatchObject(Object.fromEntries(others));
  });

  it("are not begun with fail when one of them is there", async () => {
    const logdir = inNewLogdir();
    await runExperiment({ ...SMALL, optimizers: ["amsgrad"], logdir });
    const before = treeOf(logdir);
    const again = runExperiment({ ...SMALL, optimizers: ["adam", "amsgrad"], ifExists: "fail", logdir });
    await expect(again).rejects.toMatchObject({
      code: "RUN_EXISTS",
      path: join(logdir, "Online_amsgrad"),
    });
    expect(treeOf(logdir)).toEqual(before);
    // The others alone are no reason to fail.
    await expect(
      runExperiment({ ...SMALL, optimizers: ["adam"], ifExists: "fail", logdir }),
    ).resolves.toHaveLength(1);
  });
});

describe("an AbortSignal", () => {
  // So many steps that no machine has done them when it is aborted.
  const ENDLESS = { steps: 1e12, batchStepSize: 1000, verbose: 0 } as const;

  it("that is aborted already lets no run begin", async () => {
    const logdir = inNewLogdir();
    expect(await runExperiment({ ...ENDLESS, logdir, signal: AbortSignal.abort() })).toEqual([]);
    expect(existsSync(logdir)).toBe(false);
  });

  it("that is aborted before the first step does so too", async () => {
    const logdir = inNewLogdir();
    const stop = new AbortController();
    const results = runExperiment({ ...ENDLESS, logdir, signal: stop.signal });
    stop.abort();
    expect(await results).toEqual([]);
    expect(existsSync(logdir)).toBe(false);
  });

  it("ends the run after a step, with its file closed, and no other is begun", async () => {
    const logdir = inNewLogdir();
    const stop = new AbortController();
    // Comes when the loop leaves the thread to others for the first time.
    setImmediate(() => stop.abort());
    const [result, ...others] = await runExperiment({ ...ENDLESS, logdir, signal: stop.signal });
    expect(others).toEqual([]);
    expect(result).toMatchObject({ run: "Online_adam", problem: "online", optimizer: "adam", tailMean: NaN });
    expect(result!.steps).toBeGreaterThan(0);
    expect(result!.steps).toBeLessThan(ENDLESS.steps);

    expect(findRuns(logdir).map(({ name }) => name)).toEqual(["Online_adam", "Online_adam/epoch-0"]);
    const direct = await trainDirectly(result!, { steps: result!.steps });
    expect(result).toMatchObject({ finalX: direct.x, averageRegret: direct.regrets.at(-1) });
    expect(curvesOf(fileOf(logdir, "Online_adam"))["batch/est"]!.steps).toEqual(
      stepsUpTo(result!.steps, 1000),
    );
  });
});

describe("a wrong experiment", () => {
  const WRONG: [string, object, new (...args: never[]) => Error, string][] = [
    ["an unknown problem", { problems: ["online", "onlin"] }, UnknownNameError, 'Unknown problem "onlin"'],
    ["an unknown optimizer", { optimizers: ["adam", "adm"] }, UnknownNameError, 'Unknown optimizer "adm"'],
    ["no steps", { steps: 0 }, ArgumentError, "Expected `steps` to be an integer from 1, got 0 (number)"],
    ["negative steps", { steps: -5 }, ArgumentError, "`steps`"],
    ["half a step", { steps: 1.5 }, ArgumentError, "`steps`"],
    ["steps that are no number", { steps: NaN }, ArgumentError, "`steps`"],
    ["steps without end", { steps: Infinity }, ArgumentError, "`steps`"],
    ["steps as text", { steps: "10" }, ArgumentError, '`steps` to be an integer from 1, got "10" (string)'],
    ["a stride of 0", { batchStepSize: 0 }, ArgumentError, "`batchStepSize`"],
    ["half a stride", { batchStepSize: 2.5 }, ArgumentError, "`batchStepSize`"],
    ["a fractional seed", { seed: 1.5 }, ArgumentError, "`seed`"],
    ["another dtype", { dtype: "float16" }, ArgumentError, "`dtype`"],
    ["another ifExists", { ifExists: "append" }, ArgumentError, "`ifExists`"],
    ["an empty logdir", { logdir: "" }, ArgumentError, "`logdir`"],
    ["a negative learning rate", { lr: -1 }, ArgumentError, "`lr`"],
    ["a learning rate that is no number", { lr: NaN }, ArgumentError, "`lr`"],
    ["a beta of 1", { betas: [0.9, 1] }, ArgumentError, "`betas[1]`"],
  ];

  it.each(WRONG)("is refused before anything is touched: %s", async (_name, options, kind, message) => {
    const logdir = join(makeDir(), "logs");
    const wrong = { steps: 10, verbose: 0, ifExists: "overwrite", ...options } as ExperimentOptions;

    const refusedWithoutLogdir = runExperiment({ logdir, ...wrong });
    await expect(refusedWithoutLogdir).rejects.toThrow(kind);
    await expect(refusedWithoutLogdir).rejects.toThrow(message);
    expect(existsSync(logdir)).toBe(false);

    await runExperiment({ steps: 10, problems: ["online"], logdir, verbose: 0 });
    const before = treeOf(logdir);
    await expect(runExperiment({ logdir, ...wrong })).rejects.toThrow(kind);
    expect(treeOf(logdir)).toEqual(before);
  });

  it("is one whose logdir is a file", async () => {
    const dir = makeDir();
    writeFileSync(join(dir, "file"), "not a directory");
    const before = treeOf(dir);
    for (const logdir of [join(dir, "file"), join(dir, "file", "below")]) {
      for (const ifExists of ["increment", "overwrite", "fail"] as const) {
        const refused = runExperiment({ steps: 10, logdir, ifExists, verbose: 0 });
        await expect(refused).rejects.toThrow(LogdirError);
        await expect(refused).rejects.toMatchObject({ code: "NOT_A_DIRECTORY" });
      }
    }
    expect(treeOf(dir)).toEqual(before);
  });

  it("is one with a file where a run is to be overwritten, which stays", async () => {
    const logdir = inNewLogdir();
    mkdirSync(logdir);
    writeFileSync(join(logdir, "Online_amsgrad"), "not a run");
    const refused = runExperiment({
      steps: 10,
      problems: ["online"],
      ifExists: "overwrite",
      logdir,
      verbose: 0,
    });
    await expect(refused).rejects.toMatchObject({
      code: "RUNS_FAILED",
      results: [{ run: "Online_adam", steps: 10 }],
      failures: [{ run: "Online_amsgrad" }],
      cause: { code: "NOT_A_DIRECTORY", path: join(logdir, "Online_amsgrad") },
    });
    expect(readFileSync(join(logdir, "Online_amsgrad"), "utf8")).toBe("not a run");
  });
});
