// Metrics by name, and the learning rate.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UnknownNameError } from "../../../src/errors.js";
import {
  Adam,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  CSVLogger,
  EarlyStopping,
  learningRate,
  Linear,
  loss,
  mseLoss,
  nllLoss,
  onStepTraining,
  Parameter,
  SGD,
  Trial,
  type Criterion,
  type MetricName,
  type Rows,
} from "../../../src/engine/index.js";
import { PyRandom } from "../../../src/math/py-random.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { evaluated, given, online } from "../trials.js";

const tempDir = useTempDir("named-metric");

describe("a metric by name", () => {
  it.each<[MetricName, readonly string[], readonly string[]]>([
    ["acc", ["running_acc", "acc"], ["val_acc"]],
    ["accuracy", ["running_acc", "acc"], ["val_acc"]],
    ["cat_acc", ["running_acc", "acc"], ["val_acc"]],
    ["cat_accuracy", ["running_acc", "acc"], ["val_acc"]],
    ["binary_acc", ["running_binary_acc", "binary_acc"], ["val_binary_acc"]],
    ["binary_accuracy", ["running_binary_acc", "binary_acc"], ["val_binary_acc"]],
    ["top_5_acc", ["running_top_5_acc", "top_5_acc"], ["val_top_5_acc"]],
    ["top_5_accuracy", ["running_top_5_acc", "top_5_acc"], ["val_top_5_acc"]],
    ["top_10_acc", ["running_top_10_acc", "top_10_acc"], ["val_top_10_acc"]],
    ["top_10_accuracy", ["running_top_10_acc", "top_10_acc"], ["val_top_10_acc"]],
    ["mse", ["running_mse", "mse"], ["val_mse"]],
    ["loss", ["running_loss", "loss"], ["val_loss"]],
    ["epoch", ["epoch"], ["val_epoch"]],
    ["lr", ["lr"], []],
    ["roc_auc", ["roc_auc_score"], ["val_roc_auc_score"]],
    ["roc_auc_score", ["roc_auc_score"], ["val_roc_auc_score"]],
  ])("%s has torchbearer's tags", async (name, inTraining, inValidation) => {
    const x = [Array.from({ length: 10 }, (_, i) => i)];
    const y = name.includes("cat") || name.includes("top") || /^(acc|roc)/.test(name) ? [1] : x;
    const optimizer = Adam([new Parameter(1)]);
    const trial = new Trial(given().state.model, optimizer, (yPred) => yPred.sum(), {
      metrics: [name],
      verbose: 0,
    });
    const [entry] = await trial.withTrainData(x, y).withValData(x, y).run();
    expect(Object.keys(entry!)).toEqual([...inTraining, ...inValidation, "trainSteps", "validationSteps"]);
  });

  it.each<[string, Criterion<Rows> | undefined, string]>([
    ["crossEntropy", crossEntropy, "acc"],
    ["nllLoss", nllLoss, "acc"],
    ["mse", mseLoss, "mse"],
    ["binaryCrossEntropyWithLogits", binaryCrossEntropyWithLogits, "binary_acc"],
    ["a function of the user's", (yPred) => yPred.sum(), "acc"],
    ["none", undefined, "acc"],
  ])("acc is the one for the criterion: %s", (_name, criterion, tag) => {
    const trial = new Trial(given().state.model, undefined, criterion, { metrics: ["acc"], verbose: 0 });
    expect(trial.toString()).toContain(`\nrunning_${tag}, ${tag}\n`);
  });

  it("acc of logits has one half at 0", async () => {
    const metrics = await evaluated(["acc"], [0.1, -0.1, 0.4], [1, 0, 0], binaryCrossEntropyWithLogits);
    expect(metrics).toEqual({ val_binary_acc: 2 / 3 });
  });

  it("is what callbacks watch, under its tags", async () => {
    const path = join(tempDir(), "log.csv");
    const x = [
      [0, 1],
      [1, 0],
    ];
    const model = new Linear(2, 2, { random: new PyRandom(1) });
    const trial = new Trial(model, Adam(model.parameters(), { lr: 0.1 }), crossEntropy, {
      metrics: ["acc", "loss"],
      callbacks: [
        new EarlyStopping({ monitor: "val_acc", stoppingThreshold: 1, patience: 100 }),
        new CSVLogger(path),
      ],
      verbose: 0,
    });
    await trial.withTrainData(x, [1, 0], { batchSize: 2 }).withValData(x, [1, 0], { batchSize: 2 }).run(100);
    expect(trial.state.stopReason).toBe("val_acc is 1, which reaches 1");
    const [header, ...lines] = readFileSync(path, "utf8").trimEnd().split("\r\n");
    expect(header).toBe("epoch,running_acc,running_loss,acc,loss,val_acc,val_loss");
    expect(lines.length).toBeGreaterThan(1);
    const accuracies = lines.map((line) => Number(line.split(",")[5]));
    expect(accuracies.indexOf(1)).toBe(lines.length - 1);
  });

  it("that is none is an error, with the nearest one", () => {
    const make = (name: string) => (): unknown => online([], [name as MetricName]);
    expect(make("acuracy")).toThrow(UnknownNameError);
    expect(make("acuracy")).toThrow('Unknown metric "acuracy". Did you mean accuracy? Known: acc, ');
    expect(make("toString")).toThrow('Unknown metric "toString".');
    // @ts-expect-error names are known to the compiler
    const typed = (): unknown => online([], ["los"]);
    expect(typed).toThrow("Did you mean loss?");
  });
});

describe("learningRate", () => {
  it("is that of the step, and at the end the newest", async () => {
    const optimizer = SGD([new Parameter(1)], { lr: 0.5 });
    const seen: number[] = [];
    const halve = onStepTraining((state) => {
      seen.push(state.metrics["lr"]!);
      optimizer.paramGroups[0]!.lr /= 2;
    });
    const trial = new Trial(given().state.model, optimizer, loss, {
      metrics: ["lr"],
      callbacks: halve,
      verbose: 0,
    });
    const entry = await trial.withTrainData([1, 2, 3]).withValData([1], [1]).run();
    expect(seen).toEqual([0.5, 0.25, 0.125]);
    expect(entry).toEqual([{ lr: 0.0625, trainSteps: 3, validationSteps: 1 }]);
  });

  it("of several groups has a number for each", async () => {
    const groups = [{ params: [new Parameter(1)] }, { params: [new Parameter(2)], lr: 0.1 }];
    const optimizer = SGD(groups, { lr: 0.5 });
    const trial = new Trial(given().state.model, optimizer, loss, {
      metrics: [learningRate(optimizer)],
      verbose: 0,
    });
    expect(await trial.withTrainData([1]).run()).toMatchObject([{ lr_0: 0.5, lr_1: 0.1 }]);
  });

  it("needs an optimizer", () => {
    expect(() => given(["lr"])).toThrow(
      "Expected `optimizer` to be given, since the metric lr is its learning rate",
    );
  });
});
