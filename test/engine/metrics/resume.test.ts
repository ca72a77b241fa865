// Every metric in a training that is taken up in the middle of an epoch: the rest of its numbers are the same, to the last bit.
import { expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  Adam,
  crossEntropy,
  iterateAverage,
  lambdaMetric,
  learningRate,
  linear,
  mean,
  Model,
  onCheckpoint,
  onEndTraining,
  onStepTraining,
  onStepValidation,
  Parameter,
  rocAuc,
  runningMean,
  std,
  topKAccuracy,
  Trial,
  variance,
  type Callback,
  type Rows,
  type TrialStateDict,
  type Var,
} from "../../../src/engine/index.js";
import { PyRandom } from "../../../src/math/py-random.js";

class Softmax extends Model {
  readonly weight = new Parameter(new Float64Array(12), { shape: [3, 4] });
  readonly bias = new Parameter([0.1, 0, -0.1]);
  override forward(x: Rows): Var {
    return linear(x, this.weight, this.bias);
  }
}

const random = new PyRandom(1);
const X = Array.from({ length: 75 }, () => Array.from({ length: 4 }, () => random.random() - 0.5));
const Y = X.map(([a, b]) => (a! > 0.1 ? 2 : Number(b! > 0)));
const largest = (yPred: Rows): number => Math.max(...yPred.data);
const spread = lambdaMetric("largest", largest);

function make(callback: Callback = {}): { trial: Trial<Softmax, Rows>; log: string[] } {
  const model = new Softmax();
  const optimizer = Adam(model.parameters(), { lr: 0.05 });
  const log: string[] = [];
  const note = (state: { epoch: number; batch: number; metrics: object }): void =>
    void log.push(`${state.epoch}/${state.batch} ${JSON.stringify(state.metrics)}`);
  const trial = new Trial(model, optimizer, crossEntropy, {
    metrics: [
      "acc",
      "loss",
      "epoch",
      topKAccuracy(2),
      learningRate(optimizer),
      rocAuc({ stepSize: 4 }),
      lambdaMetric("all", (yPred, yTrue) => yPred.data.length + yTrue.data.length, { onEpoch: true }),
      mean(spread),
      std(spread),
      variance(spread),
      runningMean(spread, { batchSize: 5, stepSize: 2 }),
      iterateAverage(),
    ],
    callbacks: [onStepTraining(note), onStepValidation(note), onCheckpoint(note), callback],
    verbose: 0,
  });
  trial.withTrainData(X, Y, { batchSize: 4 }).withValData(X.slice(0, 9), Y.slice(0, 9), { batchSize: 2 });
  return { trial, log };
}

it("each metric goes on from each state dict as if nothing had happened", async () => {
  const dicts: [TrialStateDict, number][] = [];
  const take = (): void => void dicts.push([structuredClone(made.trial.stateDict()), made.log.length]);
  const made = make(onStepTraining(onEndTraining(take)));
  await made.trial.run(2);
  expect(dicts).toHaveLength(2 * (19 + 1));
  for (const [dict, logged] of dicts) {
    const { trial, log } = make();
    await trial.loadStateDict(dict).run(2);
    expect(log).toEqual(made.log.slice(logged));
  }
  const tags = Object.keys(made.trial.state.history[0]!);
  for (const tag of [
    "running_acc",
    "top_2_acc",
    "roc_auc_score",
    "all",
    "largest_var",
    "iterate_average",
    "lr",
  ])
    expect(tags).toContain(tag);
});

it("a state dict of other parameters is refused by the mean of the points", async () => {
  const rows = (length: number): Rows => ({ shape: [1, length], data: new Float64Array(length) });
  const trial = (): Trial<Softmax, Rows> =>
    new Trial<Softmax, Rows>(new Softmax(), undefined, (yPred) => yPred.sum(), {
      metrics: [iterateAverage()],
      verbose: 0,
    }).withTrainGenerator(Array.from({ length: 2 }, () => [rows(4), rows(3)] as const));
  const first = trial();
  await first.run();
  const dict = {
    ...first.stateDict(),
    history: [],
    epoch: 0,
    stepsDone: 1,
    metrics: [{ count: 1, means: [new Float64Array(12)] }],
  };
  const failed = trial().loadStateDict(dict).run();
  await expect(failed).rejects.toThrow("`stateDict.metrics` to be of the same parameters");
  await expect(failed).rejects.toThrow(ArgumentError);
});
