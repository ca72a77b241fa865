// The main job at all of its 6,000,000 steps: its figures, its files, and both of TensorBoard's loaders at them.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunResult } from "../../src/experiments/index.js";
import { stepsUpTo, type Curve } from "../experiments/curves.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { startTensorBoard, type Loader } from "../helpers/tensorboard.js";
import { expectAll, expectSample, readLogdir, runMainJob, RUNS, TAGS, waitForAll } from "./main-job.js";

const MINUTES = 60_000;
const makeDir = useTempDir("main-job-full");
let logdir: string;
let results: RunResult[];
let curves: Record<string, Record<string, Curve>>;

beforeAll(async () => {
  logdir = join(makeDir(), "logs");
  // No steps are named: 6,000,000 is what it does.
  results = await runMainJob(logdir, [], 5 * MINUTES);
  curves = readLogdir(logdir);
}, 9 * MINUTES);

// The numbers are from simulations over torch's operations, written without this package.
describe("the figures", () => {
  it("of Online are those of the paper's example: Adam goes to the worst point, AMSGrad to the best", () => {
    const [adam, amsgrad] = results;
    expect(adam).toMatchObject({ run: "Online_adam", steps: 6_000_000, finalX: 1, firstClamp: 53_025 });
    expect(adam!.averageRegret).toBeCloseTo(0.22758537, 8);
    expect(adam!.tailMean).toBeCloseTo(0.997, 4);
    expect(amsgrad).toMatchObject({ run: "Online_amsgrad", steps: 6_000_000, firstClamp: 1_277_367 });
    expect(amsgrad!.finalX).toBeCloseTo(-0.9951160116, 10);
    expect(amsgrad!.averageRegret).toBeCloseTo(0.0435755, 7);
    expect(amsgrad!.tailMean).toBeCloseTo(-0.9978, 4);
  });

  it("of Stochastic are on the same sides, within what 30 seeds gave", () => {
    const [, , adam, amsgrad] = results;
    expect(adam).toMatchObject({ run: "Stochastic_adam", steps: 6_000_000 });
    expect(adam!.finalX).toBeGreaterThan(0.94);
    expect(amsgrad).toMatchObject({ run: "Stochastic_amsgrad", steps: 6_000_000 });
    expect(amsgrad!.finalX).toBeLessThan(-0.649);
    expect(amsgrad!.averageRegret).toBeLessThan(adam!.averageRegret / 4);
  });

  it("are those of the last points in the files", () => {
    for (const [i, run] of RUNS.entries()) {
      const [est, regret] = TAGS.map((tag) => curves[run]![tag]!);
      expect(est!.values.at(-1)).toBeCloseTo(results[i]!.finalX, 2);
      expect(regret!.values.at(-1)).toBeCloseTo(results[i]!.averageRegret, 4);
      const tail = est!.values.slice(-60_000);
      expect(tail.reduce((sum, x) => sum + x, 0) / tail.length).toBeCloseTo(results[i]!.tailMean, 3);
    }
  });
});

describe("the files", () => {
  it("are those of four runs with 600,000 points of each tag, at every tenth step", () => {
    expect(Object.keys(curves)).toEqual(RUNS);
    const steps = stepsUpTo(6_000_000, 10);
    expect(steps).toHaveLength(600_000);
    for (const run of RUNS) {
      expect(Object.keys(curves[run]!)).toEqual(TAGS);
      // Compared without vitest, which would look at every element for a message.
      for (const tag of TAGS) {
        expect(curves[run]![tag]!.steps).toHaveLength(600_000);
        expect(curves[run]![tag]!.steps.findIndex((step, i) => step !== steps[i])).toBe(-1);
      }
    }
  });
});

describeWithPython("TensorBoard", () => {
  it.each<[Loader, string, readonly string[]]>([
    ["rust", "the four runs", RUNS],
    // It needs minutes for each of them.
    ["python", "one of them", RUNS.slice(1, 2)],
  ])(
    "opens with the %s loader %s, and every point it returns is in their files",
    async (loader, _which, runs) => {
      const shown = join(makeDir(), "logs");
      for (const run of runs) cpSync(join(logdir, run), join(shown, run), { recursive: true });
      const tensorBoard = await startTensorBoard(shown, { loader });
      try {
        const expected = Object.fromEntries(runs.map((run) => [run, curves[run]!]));
        await waitForAll(tensorBoard, expected, { timeoutMs: 14 * MINUTES, pauseMs: 1000 });
        expect((await tensorBoard.runs()).toSorted()).toEqual(runs);
        for (const run of runs) {
          for (const tag of TAGS) {
            const points = await tensorBoard.scalars(run, tag);
            expect(points).toHaveLength(1000);
            expectSample(points, curves[run]![tag]!);
          }
        }
      } finally {
        await tensorBoard.stop();
      }
    },
    15 * MINUTES,
  );

  // The other loader is asked so in main-job.test.ts.
  it("returns every point with the Python loader, when there is room for them", async () => {
    const small = join(makeDir(), "logs");
    await runMainJob(small, ["--steps", "60000"], MINUTES);
    const all = readLogdir(small);
    const tensorBoard = await startTensorBoard(small, { loader: "python", samplesPerPlugin: "scalars=6001" });
    try {
      await waitForAll(tensorBoard, all, { timeoutMs: 2 * MINUTES });
      for (const run of RUNS) {
        for (const tag of TAGS) expectAll(await tensorBoard.scalars(run, tag), all[run]![tag]!);
      }
    } finally {
      await tensorBoard.stop();
    }
  });
});
