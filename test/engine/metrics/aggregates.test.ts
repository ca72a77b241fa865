// Means and spreads over a pass. Expected numbers: numpy 2.4, mean() and std(ddof=1), and torchbearer 0.5.5's running_mean.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  mean,
  Metric,
  metric,
  onStepTraining,
  onStepValidation,
  runningMean,
  std,
  variance,
  type LoggedMetric,
  type State,
} from "../../../src/engine/index.js";
import { online } from "../trials.js";

/** A metric whose numbers are `values`, by batch. */
const listed = (values: ArrayLike<number>) => (state: State) => values[state.batch]!;

/** What the first epoch's history has. */
async function epoch(metrics: LoggedMetric[], steps: number): Promise<Readonly<Record<string, number>>> {
  const [entry] = await online([], metrics).forTrainSteps(steps).run();
  return entry!;
}

describe("mean and std", () => {
  it.each([
    ["a few", [2, 4, 4, 4, 5, 5, 7, 9], 5, 2.1380899352993952],
    ["two", [1, 2], 1.5, Math.SQRT1_2],
    ["all the same", [0.1, 0.1, 0.1], 0.1, 0],
    ["one", [3], 3, NaN],
    ["large beside their spread", [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16], 1e9 + 10, 5.477225575051661],
    ["larger still", [1e15, 1e15 + 1, 1e15 + 2], 1e15 + 1, 1],
    ["of both signs", [-1010, 10, 10, 10, 1010], 6, 714.1988518613006],
    ["with a NaN", [1, NaN, 3], NaN, NaN],
  ])("of numbers that are %s", async (_name, values, average, spread) => {
    const metrics = [mean("x", listed(values)), std("x", listed(values)), variance("x", listed(values))];
    const entry = await epoch(metrics, values.length);
    expect(entry["x_var"]).toSatisfy((x: number) =>
      agree(x / Math.max(1, spread), spread ** 2 / Math.max(1, spread)),
    );
    expect(entry["x"]).toSatisfy((x: number) => agree(x, average));
    expect(entry["x_std"]).toSatisfy((x: number) => agree(x, spread));
    expect(Object.keys(entry)).toEqual(["x", "x_std", "x_var", "trainSteps", "validationSteps"]);
  });

  it("of nothing are not a number", async () => {
    const entry = await epoch([mean("x", () => 1), std("x", () => 1)], 0);
    expect([entry["x"], entry["x_std"]]).toEqual([NaN, NaN]);
  });

  it("of any numbers are what two passes over them give", async () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 2, maxLength: 100 }), value, async (raw, offset) => {
        const values = raw.map((x) => x + offset);
        const entry = await epoch([mean("x", listed(values)), std("x", listed(values))], values.length);
        const average = values.reduce((sum, x) => sum + x, 0) / values.length;
        const variance = values.reduce((sum, x) => sum + (x - average) ** 2, 0) / (values.length - 1);
        expect(Math.abs(entry["x"]! - average)).toBeLessThan(1e-8);
        expect(Math.abs(entry["x_std"]! - Math.sqrt(variance))).toBeLessThan(
          1e-8 * (1 + Math.sqrt(variance)),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("begin anew with every pass, and have names of their own in validation", async () => {
    const f = (state: State): number => state.batch + 100 * state.epoch;
    const history = await online([], [mean("x", f), std("x", f)])
      .forSteps(3, 2)
      .run(2);
    expect(history).toEqual([
      { x: 1, x_std: 1, val_x: 0.5, val_x_std: Math.SQRT1_2, trainSteps: 3, validationSteps: 2 },
      { x: 101, x_std: 1, val_x: 100.5, val_x_std: Math.SQRT1_2, trainSteps: 3, validationSteps: 2 },
    ]);
  });

  it("are not there before the pass has ended", async () => {
    const seen: object[] = [];
    const watch = onStepTraining((state) => void seen.push({ ...state.metrics }));
    await online(watch, [mean("x", () => 1), std("x", () => 1)])
      .forTrainSteps(2)
      .run();
    expect(seen).toEqual([{}, {}]);
  });
});

/** Whether two numbers agree to 12 decimals, or are both not a number. */
function agree(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) < 5e-13;
}

/** What a running mean gives at every step of `epochs` epochs. */
async function running(
  options: Parameters<typeof runningMean>[1],
  steps: number,
  f: (state: State) => number,
  epochs = 1,
): Promise<number[]> {
  const seen: number[] = [];
  const watch = onStepTraining((state) => void seen.push(state.metrics["running_x"]!));
  await online(watch, [runningMean(["x", f], options)])
    .forTrainSteps(steps)
    .run(epochs);
  return seen;
}

describe("runningMean", () => {
  it("is the mean of the last 50, made anew at every 10th step", async () => {
    // f(t) = t: at t = 10 k the mean of the last 50 of 0 … t.
    const seen = await running({}, 200, (state) => state.batch);
    const expected = Array.from({ length: 200 }, (_, t) => {
      const at = t - (t % 10);
      const first = Math.max(0, at - 49);
      return (first + at) / 2;
    });
    expect(seen).toEqual(expected);
    expect(seen.slice(0, 11)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]);
    expect(seen[199]).toBe(165.5);
  });

  it("has a window and a stride of the user's", async () => {
    const seen = await running(
      { batchSize: 3, stepSize: 2 },
      7,
      (state) => [1, 2, 4, 8, 16, 32, 64][state.batch]!,
    );
    expect(seen).toEqual([1, 1, 7 / 3, 7 / 3, 28 / 3, 28 / 3, 112 / 3]);
  });

  it("keeps its window over the end of an epoch, where the stride begins anew", async () => {
    const seen = await running(
      { batchSize: 4, stepSize: 2 },
      3,
      (state) => 10 ** (state.batch + 3 * state.epoch),
      2,
    );
    expect(seen).toEqual([1, 1, 37, 1111 / 4, 1111 / 4, 111_100 / 4]);
  });

  it("is a number of training alone", async () => {
    const seen: object[] = [];
    let asked = 0;
    const watch = [
      onStepTraining((state) => void seen.push({ ...state.metrics })),
      onStepValidation((state) => void seen.push({ ...state.metrics })),
    ];
    const [entry] = await online(watch, [runningMean(["x", () => ++asked])])
      .forSteps(1, 2)
      .run();
    expect(seen).toEqual([{ running_x: 1 }, {}, {}]);
    expect(entry).toEqual({ running_x: 1, trainSteps: 1, validationSteps: 2 });
    expect(asked).toBe(1);
  });

  it.each([
    [{ batchSize: 0 }, "Expected `batchSize` to be an integer from 1, got 0 (number)"],
    [{ batchSize: 1.5 }, "`batchSize`"],
    [{ stepSize: 0 }, "Expected `stepSize` to be an integer from 1, got 0 (number)"],
    [{ stepSize: Infinity }, "`stepSize`"],
  ])("refuses %j", (options, message) => {
    expect(() => runningMean(["x", () => 1], options)).toThrow(ArgumentError);
    expect(() => runningMean(["x", () => 1], options)).toThrow(message);
  });
});

describe("each of them", () => {
  class Resets extends Metric {
    readonly calls: string[] = [];
    constructor() {
      super("own");
    }
    override process(state: State): number {
      this.calls.push(`process ${state.batch}`);
      return this.calls.length;
    }
    override reset(): void {
      this.calls.push("reset");
    }
  }

  it.each([
    ["mean", (m: Metric) => mean(m), "own"],
    ["std", (m: Metric) => std(m), "own_std"],
    ["runningMean", (m: Metric) => runningMean(m), "running_own"],
  ] as const)(
    "%s takes a Metric: named after it, resets it before a pass, asks it once a step",
    async (_name, of, tag) => {
      const inner = new Resets();
      const entry = await epoch([of(inner)], 2);
      expect(inner.calls).toEqual(["reset", "process 0", "process 1"]);
      expect(Object.keys(entry)[0]).toBe(tag);
    },
  );

  it("is named", () => {
    for (const make of [
      () => mean("", () => 1),
      () => std("", () => 1),
      () => runningMean(["", () => 1]),
      () => metric("", () => 1),
    ]) {
      expect(make).toThrow(ArgumentError);
      expect(make).toThrow('Expected `name` to be a string that is not empty, got "" (string)');
    }
  });
});
