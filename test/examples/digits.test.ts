// The example of the digits, run as its first lines say, whole and killed: against PyTorch and scikit-learn (scripts/generate-digits.py), and in
// the real TensorBoard.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  latestCheckpoint,
  loadCheckpoint,
  type HistoryEntry,
  type ModelStateDict,
} from "../../src/engine/index.js";
import fixture from "../fixtures/digits.json" with { type: "json" };
import type { End } from "../helpers/programs.js";
import { describeWithPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { LOADERS, startTensorBoard, type Point, type TensorBoard } from "../helpers/tensorboard.js";

const root = join(import.meta.dirname, "..", "..");
const example = join(root, "examples", "digits.ts");
const tsx = pathToFileURL(join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;
const { torch_training: torch } = fixture;
const EPOCHS = torch.epochs.length;
const METRICS = ["acc", "loss", "val_acc", "val_loss"] as const;

/** Tags, with how many numbers there are. */
const HISTOGRAMS = [
  ["parameters/scores.weight", 640],
  ["parameters/scores.bias", 10],
  ["gradients/scores.weight", 640],
  ["optimizer/exp_avg_sq/scores.weight", 640],
] as const;

interface Histogram {
  readonly step: number;
  readonly bins: readonly { readonly min: number; readonly max: number; readonly count: number }[];
}

const tempDir = useTempDir("digits");
const logDir = tempDir();
const whole = join(logDir, "whole");
const killed = join(logDir, "killed");
const checkpointsOf = (dir: string): string => join(dir, "digits-checkpoints");

/** Runs the example; with `kill` it is killed as soon as it has saved another checkpoint than those that are there. */
async function runExample(dir: string, { kill }: { readonly kill: boolean }): Promise<End> {
  const namesOf = (): string[] => (existsSync(checkpointsOf(dir)) ? readdirSync(checkpointsOf(dir)) : []);
  const before = new Set(namesOf());
  const child = spawn(process.execPath, ["--import", tsx, example, dir], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 50_000,
  });
  const watch = setInterval(() => {
    const isSaved = namesOf().some((name) => name.endsWith(".json") && !before.has(name));
    if (kill && isSaved) child.kill("SIGKILL");
  }, 2);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  try {
    return await new Promise<End>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
  } finally {
    clearInterval(watch);
  }
}

const modelOf = (dir: string): Record<string, number[]> => {
  const { parameters } = loadCheckpoint<ModelStateDict>(join(dir, "digits-model.json"));
  return Object.fromEntries(Object.entries(parameters).map(([name, data]) => [name, [...data]]));
};

const farthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

let end: End;
beforeAll(async () => {
  end = await runExample(whole, { kill: false });
});

describe("examples/digits.ts", () => {
  it("ends where PyTorch's training ends by the same rule, with scikit-learn's accuracy", () => {
    expect(end).toMatchObject({ code: 0, stderr: "" });
    // 168 of 180, which is also what scikit-learn's documentation gives for its exercise.
    expect(torch.test_acc).toBe(168 / 180);
    expect(fixture.sklearn_test_acc).toBe(168 / 180);
    expect(fixture.sklearn_exercise_acc).toBe(168 / 180);
    const [epochs, accuracy] = end.stdout.split("\n");
    expect(epochs).toMatch(/^73 epochs: val_loss has not got better than 0\.353137584454\d+ for 5 epochs$/);
    expect(EPOCHS).toBe(73);
    expect(accuracy).toBe("93.33 % of the test's pictures are told right");
  });

  it("has PyTorch's parameters in the end", () => {
    const parameters = modelOf(whole);
    expect(Object.keys(parameters)).toEqual(["scores.weight", "scores.bias"]);
    expect(parameters["scores.weight"]).toHaveLength(640);
    // Both from the first values on, so that all that was learnt is in it.
    expect(farthest(torch.start.slice(0, 640), torch.parameters.weight)).toBeGreaterThan(0.5);
    expect(farthest(parameters["scores.weight"]!, torch.parameters.weight)).toBeLessThan(1e-13);
    expect(farthest(parameters["scores.bias"]!, torch.parameters.bias)).toBeLessThan(1e-13);
  });

  it("has PyTorch's loss and accuracy in each epoch", () => {
    const history: readonly HistoryEntry[] = latestCheckpoint(checkpointsOf(whole))!.stateDict.history;
    // Saved at step 3,200, in the epoch before the last but one.
    expect(history).toHaveLength(EPOCHS - 2);
    for (const metric of METRICS) {
      const ours = history.map((entry) => entry[metric]!);
      const theirs = torch.epochs.slice(0, -2).map((entry) => entry[metric]);
      expect(farthest(ours, theirs), metric).toBeLessThan(1e-13);
    }
  });
});

describe("killed in the midst of an epoch, twice, and started again", () => {
  const kills: { end: End; stepsDone: number; isFinished: boolean }[] = [];
  let last: End;
  beforeAll(async () => {
    for (let i = 0; i < 2; i++) {
      kills.push({
        end: await runExample(killed, { kill: true }),
        stepsDone: latestCheckpoint(checkpointsOf(killed))!.stateDict.stepsDone,
        isFinished: existsSync(join(killed, "digits-model.json")),
      });
    }
    last = await runExample(killed, { kill: false });
  });

  it("goes on, and ends as if nothing had happened", () => {
    for (const { end: killing, stepsDone, isFinished } of kills) {
      expect(killing).toMatchObject({ signal: "SIGKILL", stderr: "" });
      expect(stepsDone).toBeGreaterThan(0);
      expect(isFinished).toBe(false);
    }
    expect(last).toMatchObject({ code: 0, stderr: "" });
    const [first, ...rest] = last.stdout.split("\n");
    expect(first).toMatch(/^Goes on from .*digits-checkpoints.00\d+\.json$/);
    expect(rest).toEqual(end.stdout.split("\n"));
  });

  it("has the same parameters, to the last bit", () => {
    expect(modelOf(killed)).toEqual(modelOf(whole));
  });

  describeWithPython("in TensorBoard", () => {
    describe.each(LOADERS)("loader %s", (loader) => {
      let board: TensorBoard;
      beforeAll(async () => {
        board = await startTensorBoard(logDir, {
          loader,
          reloadInterval: 0,
          samplesPerPlugin: "histograms=1000",
        });
      });
      afterAll(() => board?.stop());

      const pointsOf = (dir: string, tag: string): Promise<Point[]> =>
        board.waitFor((each) => each.scalars(join(dir, "SoftmaxRegression_digits"), `epoch/${tag}`));

      it.each(METRICS)("shows the curve of %s, PyTorch's, and the same of both runs", async (metric) => {
        const shown = await pointsOf("whole", metric);
        expect(shown.map(({ step }) => step)).toEqual(torch.epochs.map((_, i) => i));
        const expected = torch.epochs.map((entry) => entry[metric]);
        // They are logged in float32.
        for (const [i, { value }] of shown.entries()) expect(value / expected[i]!).toBeCloseTo(1, 6);
        const again = await pointsOf("killed", metric);
        expect(again.map(({ step, value }) => [step, value])).toEqual(
          shown.map(({ step, value }) => [step, value]),
        );
      });

      const histogramsOf = async (dir: string, tag: string): Promise<Histogram[]> => {
        const run = join(dir, "SoftmaxRegression_digits");
        const [{ runToSeries } = {}] = await board.timeSeries([{ plugin: "histograms", tag, run }]);
        return (runToSeries?.[run] ?? []) as unknown as Histogram[];
      };

      it.each(HISTOGRAMS)("shows the histograms of %s, the same of both runs", async (tag, counted) => {
        const shown = await histogramsOf("whole", tag);
        expect(shown.map(({ step }) => step)).toEqual(torch.epochs.map((_, i) => i));
        for (const { bins } of shown) expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(counted);
        const again = await histogramsOf("killed", tag);
        expect(again.map(({ step, bins }) => [step, bins])).toEqual(
          shown.map(({ step, bins }) => [step, bins]),
        );
      });

      it("shows in the last histogram the range of PyTorch's best weights", async () => {
        const { bins } = (await histogramsOf("whole", "parameters/scores.weight")).at(-1)!;
        const counted = bins.filter(({ count }) => count > 0);
        expect(counted[0]!.min).toBeCloseTo(Math.min(...torch.parameters.weight), 6);
        expect(counted.at(-1)!.max).toBeCloseTo(Math.max(...torch.parameters.weight), 6);
      });

      it("shows the test's accuracy, at the last epoch", async () => {
        for (const run of ["whole", "killed"]) {
          const [point, ...more] = await pointsOf(run, "test_acc");
          expect(point).toMatchObject({ step: EPOCHS - 1, value: Math.fround(168 / 180) });
          expect(more).toEqual([]);
        }
      });
    });
  });
});
