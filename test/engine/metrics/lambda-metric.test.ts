// Metrics from functions of predictions and targets.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  lambdaMetric,
  mean,
  mseLoss,
  onStepTraining,
  rocAuc,
  toDict,
  Trial,
  type Rows,
} from "../../../src/engine/index.js";
import { evaluated, given } from "../trials.js";

describe("lambdaMetric", () => {
  const count = (yPred: Rows): number => yPred.shape[0]!;

  it("of a step is logged by what takes a Metric", async () => {
    const metrics = [
      mean(lambdaMetric("a", count)),
      toDict(lambdaMetric("b", count)),
      lambdaMetric("c", count),
    ];
    expect(await evaluated(metrics, [1, 2, 3], [0, 0, 0])).toEqual({ val_a: 1.5, val_b: 1, val_c: 1 });
  });

  it("is given rows, with their shapes", async () => {
    const seen: unknown[] = [];
    const see = (yPred: Rows, yTrue: Rows): number => seen.push(yPred.shape, yTrue.shape);
    const x = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    await evaluated([lambdaMetric("a", see), lambdaMetric("b", see, { onEpoch: true })], x, [1, 2, 3]);
    expect(seen).toEqual([[2, 2], [2], [1, 2], [1], [3, 2], [3]]);
  });

  it("of an epoch sees its rows so far, at the steps that were asked for", async () => {
    const calls: number[][] = [];
    const see = (yPred: Rows): number => {
      calls.push([...yPred.data]);
      return yPred.data.length;
    };
    const seen: number[] = [];
    const model = given().state.model;
    const trial = new Trial(model, undefined, mseLoss, {
      metrics: [lambdaMetric("a", see, { onEpoch: true, stepSize: 2 })],
      callbacks: onStepTraining((state) => void seen.push(state.metrics["a"]!)),
      verbose: 0,
    });
    const history = await trial.withTrainData([1, 2, 3, 4], [0, 0, 0, 0], { shuffle: false }).run(2);
    const epoch = [[1], [1, 2, 3], [1, 2, 3, 4]];
    expect(calls).toEqual([...epoch, ...epoch]);
    expect(seen).toEqual([1, 1, 3, 3, 1, 1, 3, 3]);
    expect(history.map((entry) => entry["a"])).toEqual([4, 4]);
  });

  it("of an epoch may be called at its end alone; without steps it is not", async () => {
    let calls = 0;
    const metric = lambdaMetric("a", () => ++calls, { onEpoch: true, running: false });
    const trial = new Trial(given().state.model, undefined, mseLoss, { metrics: [metric], verbose: 0 });
    const data = trial.withTrainData([1, 2, 3], [0, 0, 0]);
    expect(await data.run()).toMatchObject([{ a: 1 }]);
    expect(await data.forTrainSteps(0).run(2)).toMatchObject([{ a: 1 }, { a: NaN }]);
  });

  it.each<[() => unknown, string]>([
    [() => lambdaMetric("", count), "`name`"],
    [() => lambdaMetric("", count, { onEpoch: true }), "`name`"],
    [() => lambdaMetric("a", 3 as never), "`f` to be a function of yPred and yTrue"],
    [() => lambdaMetric("a", count, { onEpoch: true, stepSize: 0 }), "`stepSize` to be an integer from 1"],
  ])("refuses what it cannot be made of: %s", (make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });

  it("of an epoch refuses rows of another length than those before", async () => {
    const trial = given([rocAuc()]).withValGenerator([
      [
        { shape: [1, 2], data: Float64Array.of(1, 2) },
        { shape: [1], data: Float64Array.of(1) },
      ],
      [
        { shape: [1, 3], data: Float64Array.of(1, 2, 3) },
        { shape: [1], data: Float64Array.of(1) },
      ],
    ]);
    await expect(trial.evaluate()).rejects.toThrow("`yPred` to be rows of 2 numbers, as before, got 3");
  });
});
