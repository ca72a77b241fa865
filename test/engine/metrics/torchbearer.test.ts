// Metrics beside torchbearer's own numbers, of scripts/record-torchbearer-metrics.py: the same trainings, step by step; and areas under the curve beside scikit-learn's.
import { describe, expect, it } from "vitest";
import {
  binaryCrossEntropyWithLogits,
  crossEntropy,
  lambdaMetric,
  linear,
  mean,
  Model,
  mseLoss,
  onEndEpoch,
  onStepTraining,
  onStepValidation,
  Parameter,
  rocAuc,
  runningMean,
  SGD,
  std,
  Trial,
  variance,
  type Criterion,
  type HistoryEntry,
  type Rows,
  type TrialOptions,
  type Var,
} from "../../../src/engine/index.js";
import fixture from "../../fixtures/torchbearer-metrics.json" with { type: "json" };
import { rows } from "../on-tape.js";
import { given } from "../trials.js";

class Linear extends Model {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(weight: number[][], bias: number[]) {
    super();
    this.weight = new Parameter(weight.flat(), { shape: rows(weight).shape });
    this.bias = new Parameter(bias);
  }

  override forward(x: Rows): Var {
    return linear(x, this.weight, this.bias);
  }
}

const mae = lambdaMetric("mae", (yPred, yTrue) => {
  const distances = yPred.data.map((p, i) => Math.abs(p - yTrue.data[i]!));
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
});

type Case = keyof typeof fixture.cases;

/** The criteria and metrics of the script. */
const CASES: Readonly<Record<Case, readonly [Criterion<Rows>, TrialOptions["metrics"]]>> = {
  classes: [crossEntropy, ["acc", "loss", "top_5_acc", "lr", "epoch"]],
  values: [
    mseLoss,
    ["acc", "loss", runningMean(mae, { batchSize: 7, stepSize: 3 }), mean(mae), std(mae), variance(mae)],
  ],
  labels: [binaryCrossEntropyWithLogits, ["binary_acc", "loss", "roc_auc"]],
  areas: [crossEntropy, [rocAuc()]],
};

describe.each(Object.entries(CASES))("%s", (name, [criterion, metrics]) => {
  const { x, y, weight, bias, tags, steps, history, parameters, ...rest } = fixture.cases[name as Case];

  it("have torchbearer's numbers at every step and epoch, under its names", async () => {
    const model = new Linear(weight, bias);
    const optimizer = SGD(model.parameters(), { lr: fixture.rates[0]! });
    const seen: Record<string, number>[] = [];
    const validationTags = new Set<string>();
    const trial = new Trial(model, optimizer, criterion, {
      metrics: metrics!,
      callbacks: [
        onStepTraining((state) => void seen.push({ ...state.metrics })),
        onStepValidation((state) => Object.keys(state.metrics).forEach((tag) => validationTags.add(tag))),
        onEndEpoch(() => {
          for (const group of optimizer.paramGroups) group.lr = fixture.rates[1]!;
        }),
      ],
      verbose: 0,
    })
      .withTrainData(x.train, y.train, { batchSize: fixture.batch, shuffle: false })
      .withValData(x.validation, y.validation, { batchSize: fixture.batch });
    const epochs = await trial.run(fixture.epochs);
    const expected = steps.map((step) => Object.fromEntries(tags.map((tag, i) => [tag, step[i]!])));
    expect(seen).toHaveLength(132);
    seen.forEach((numbers, i) => expectSame(numbers, expected[i]!));
    expect([...validationTags].toSorted()).toEqual(rest.validation_tags);
    epochs.forEach((epoch, i) => expectSame(ofTorchbearer(epoch), history[i]!));
    const trained = model.parameters().flatMap(({ data }) => [...data]);
    for (const [i, value] of parameters.flat(2).entries()) expect(trained[i]).toBeCloseTo(value, 12);
  });
});

/** With torchbearer's names for the steps. */
function ofTorchbearer({ trainSteps, validationSteps, ...metrics }: HistoryEntry): Record<string, number> {
  return { ...metrics, train_steps: trainSteps, validation_steps: validationSteps };
}

/** null is no number. Accuracies are in float32 there. */
function expectSame(ours: Record<string, number>, theirs: Readonly<Record<string, number | null>>): void {
  expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).toSorted());
  const differing = Object.entries(theirs).filter(([tag, value]) => {
    const tolerance = tag.endsWith("_acc") || tag === "acc" ? 1e-6 : 1e-12;
    return value === null ? !Number.isNaN(ours[tag]) : !(Math.abs(ours[tag]! - value) <= tolerance);
  });
  expect(differing.map(([tag, value]) => [tag, value, ours[tag]])).toEqual([]);
}

describe("rocAuc", () => {
  it.each(fixture.areas)(
    "of $scores.length scores is scikit-learn's $area",
    async ({ scores, labels, area }) => {
      const trial = given(["roc_auc"]);
      trial.withTestData(
        scores.map((score) => [score]),
        labels,
        { batchSize: 7 },
      );
      const metrics = await trial.evaluate({ dataKey: "test" });
      expect(metrics["test_roc_auc_score"]).toBeCloseTo(area, 13);
    },
  );
});
