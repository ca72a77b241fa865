// Accuracies, squared errors and areas under the curve: literal cases. torchbearer.test.ts has whole trainings.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  binaryAccuracy,
  categoricalAccuracy,
  meanSquaredError,
  onStepTraining,
  rocAuc,
  topKAccuracy,
  Trial,
  type LoggedMetric,
} from "../../../src/engine/index.js";
import { evaluated, given, online, type Numbers } from "../trials.js";

describe("categoricalAccuracy and topKAccuracy", () => {
  const scores = [
    [0.1, 0.7, 0.2],
    [3, 1, 2],
    [-1, -2, -3],
    [5, 5, 0],
    [0, 1, 2],
  ];

  it.each<[string, Numbers, number, number]>([
    ["class numbers", [1, 1, 0, 1, 0], 2 / 5, 3 / 5],
    ["class numbers in rows", [[1], [1], [0], [1], [0]], 2 / 5, 3 / 5],
    [
      "a row for each class",
      [
        [0, 1, 0],
        [0, 1, 0],
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
      ],
      2 / 5,
      3 / 5,
    ],
    [
      "probabilities",
      [
        [0, 0.9, 0.1],
        [0, 1, 0],
        [0.5, 0.3, 0.2],
        [0.4, 0.6, 0],
        [1, 0, 0],
      ],
      2 / 5,
      3 / 5,
    ],
    ["rows that do not count", [1, -100, -100, 1, 0], 1 / 3, 2 / 3],
    ["the first of equal ones", [-100, -100, -100, 0, -100], 1, 1],
    ["no rows", [-100, -100, -100, -100, -100], NaN, NaN],
    ["what is no class", [3, -1, 0.5, 1, 0], 0, 1 / 5],
  ])("of %s", async (_name, y, first, amongTwo) => {
    const metrics = await evaluated([categoricalAccuracy(), topKAccuracy(2)], scores, y);
    expect(metrics).toEqual({ val_acc: first, val_top_2_acc: amongTwo });
  });

  it("counts a row with a NaN as wrong", async () => {
    const x = [
      [NaN, 1, 0],
      [1, NaN, 0],
      [0, 1, 0],
    ];
    const metrics = await evaluated(["acc", topKAccuracy(3)], x, [0, 0, 1]);
    expect(metrics).toEqual({ val_acc: 1 / 3, val_top_3_acc: 1 / 3 });
  });

  it("takes the running mean of the steps that have one", async () => {
    const seen: number[] = [];
    const trial = given(["acc"]);
    const watched = new Trial(trial.state.model, undefined, trial.state.criterion, {
      metrics: ["acc"],
      callbacks: onStepTraining((state) => void seen.push(state.metrics["running_acc"]!)),
      verbose: 0,
    });
    const x = Array.from({ length: 22 }, () => [1, 0]);
    const y = x.map((_, i) => (i < 11 ? -100 : i % 2));
    await watched.withTrainData(x, y, { shuffle: false }).run();
    expect(seen.slice(0, 11)).toEqual(Array.from({ length: 11 }, () => NaN));
    // Made anew at every tenth of the steps that count: of eleven rows, the first is wrong.
    expect(seen.slice(11)).toEqual([...Array.from({ length: 10 }, () => 0), 5 / 11]);
  });

  it.each<[string, LoggedMetric, Numbers, Numbers, string]>([
    [
      "too few classes",
      categoricalAccuracy(),
      scores,
      [
        [1, 2],
        [1, 2],
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      "Expected `yTrue` to be a class number for each row, 2 in all, got rows of shape [2, 2]",
    ],
    [
      "a k that is no subset",
      topKAccuracy(4),
      scores,
      [0, 0, 0, 0, 0],
      "Expected `k` to be at most 3, the number of classes, got 4",
    ],
    [
      "fewer targets than predictions",
      binaryAccuracy(),
      [[1, 2]],
      [1],
      "Expected `yTrue` to be 2 numbers, as yPred, got 1",
    ],
    [
      "areas without a class each",
      rocAuc(),
      [[1, 2, 3]],
      [[1, 2]],
      "Expected `yTrue` to be 1 rows of a class number or 3 numbers, got shape [1, 2]",
    ],
  ])("names what is wrong: %s", async (_name, metric, x, y, message) => {
    const failed = evaluated([metric], x, y);
    await expect(failed).rejects.toThrow(ArgumentError);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow("(thrown by the metric ");
  });

  it.each([0, 1.5, -1, NaN])("refuses k = %s", (k) => {
    expect(() => topKAccuracy(k)).toThrow("Expected `k` to be an integer from 1, got");
  });

  it("needs a target", async () => {
    const trial = online([], ["mse"]).forTrainSteps(1);
    await expect(trial.run()).rejects.toThrow(
      "Expected `yTrue` to be a target: the step's batch has none, got undefined (thrown by the metric running_mse, mse at a step, epoch 0, batch 0)",
    );
  });
});

describe("binaryAccuracy", () => {
  it.each([
    // Above it are, of these five: the 3rd and the 5th, as they should be; all but the 4th; all.
    [0.5, 1],
    [0, 3 / 5],
    [-10, 2 / 5],
  ])("with the threshold %s", async (threshold, expected) => {
    const metrics = await evaluated(
      [binaryAccuracy({ threshold })],
      [0.2, 0.4, 0.7, -3, 4],
      [0, 0, 1, 0, 0.6],
    );
    expect(metrics).toEqual({ val_binary_acc: expected });
  });

  it("refuses a threshold that is no number", () => {
    expect(() => binaryAccuracy({ threshold: NaN })).toThrow("`threshold` to be a finite number");
  });
});

describe("meanSquaredError", () => {
  it("counts every number once, however long the batches are", async () => {
    expect(await evaluated([meanSquaredError()], [1, 2, 3], [0, 0, 0])).toEqual({ val_mse: 14 / 3 });
    const rows = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    expect(
      await evaluated(
        ["mse"],
        rows,
        rows.map(() => [0, 0]),
      ),
    ).toEqual({ val_mse: 91 / 6 });
  });
});

describe("rocAuc", () => {
  it.each<[string, Numbers, Numbers, number]>([
    ["of ordered scores is 1", [1, 2, 3, 4], [0, 0, 1, 1], 1],
    ["of scores in the wrong order is 0", [4, 3, 2, 1], [0, 0, 1, 1], 0],
    ["of equal scores is one half", [2, 2, 2, 2], [0, 1, 0, 1], 0.5],
    ["counts equal ones half", [1, 2, 2, 3], [0, 0, 1, 1], 7 / 8],
    ["takes infinities", [-Infinity, Infinity, Infinity, 0], [0, 1, 1, 0], 1],
    ["of one class alone is none", [1, 2, 3], [1, 1, 1], NaN],
    ["of a NaN is none", [1, NaN, 3], [0, 1, 1], NaN],
    [
      "of several columns is their mean",
      [
        [3, 1, 1],
        [1, 2, 1],
        [2, 1, 0],
      ],
      [0, 1, 2],
      (1 + 1 + 0) / 3,
    ],
    [
      "takes a row for each class",
      [
        [3, 1, 1],
        [1, 2, 1],
        [2, 1, 0],
      ],
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      2 / 3,
    ],
    [
      "lacks a class that has no row",
      [
        [3, 1, 1],
        [1, 2, 1],
      ],
      [0, 1],
      NaN,
    ],
  ])("%s", async (_name, x, y, area) => {
    expect(await evaluated([rocAuc()], x, y)).toEqual({ val_roc_auc_score: area });
  });
});
