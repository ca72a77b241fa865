// The graph of the TensorBoard callback: what of a step is in it, and when it is written.
import { describe, expect, it } from "vitest";
import {
  constant,
  crossEntropy,
  linear,
  loss,
  Model,
  Online,
  Parameter,
  SGD,
  TensorBoard,
  Trial,
  type CallbackLike,
  type Criterion,
  type Rows,
  type TensorBoardOptions,
  type TrialStateDict,
} from "../../../src/engine/index.js";
import { findRuns } from "../../../src/events/index.js";
import { decodeGraph, type OperationNode } from "../../../src/summary/index.js";
import { eventFilesIn, eventsOf } from "../../helpers/events.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("tensor-board-graph");

/** The graphs of every run, in the order in which they were written. */
function graphs(logDir: string): Record<string, OperationNode[][]> {
  const all = findRuns(logDir).map(({ name, dir }) => {
    const events = eventFilesIn(dir).flatMap((path) => eventsOf(path));
    return [name, events.flatMap((event) => decodeGraph(event) ?? [])] as const;
  });
  const found = all.filter(([, nodes]) => nodes.length > 0);
  return Object.fromEntries(
    found.map(([name, nodes]) => {
      // A graph of this callback ends with the loss.
      const each: OperationNode[][] = [[]];
      for (const node of nodes) {
        each.at(-1)!.push(node);
        if (node.name === "loss") each.push([]);
      }
      return [name, each.slice(0, -1)];
    }),
  );
}

function trialOf(
  logDir: string,
  model: Model,
  criterion: Criterion | undefined,
  options: TensorBoardOptions = {},
  others: CallbackLike = [],
): Trial {
  const log = new TensorBoard({ logDir, comment: "g", writeGraph: true, ...options });
  const callbacks = [log, others];
  return new Trial(model, SGD(model.parameters()), criterion, { callbacks, verbose: 0 }) as Trial;
}

async function graphOf(model: Model, criterion?: Criterion): Promise<OperationNode[]> {
  const logDir = tempDir();
  await trialOf(logDir, model, criterion).forSteps(2, 2).run(2);
  const { [`${model.name}_g`]: found, ...others } = graphs(logDir);
  expect(others).toEqual({});
  expect(found).toHaveLength(1);
  return found![0]!;
}

class Layer extends Model {
  readonly weight = new Parameter([1, 2, 3, 4, 5, 6], { shape: [2, 3] });
  readonly bias = new Parameter([0.5, -0.5]);

  override forward() {
    return linear(constant([1, 2, 3]), this.weight, this.bias).tanh();
  }
}

class Net extends Model {
  readonly layers = [new Layer()];
  readonly scale = new Parameter(2);
  readonly unused = new Parameter([1, 2]);

  override forward() {
    const hidden = this.layers[0]!.forward();
    hidden.exp();
    return hidden.mul(this.scale).add(hidden.at(1)).pow(2).sub(3);
  }
}

describe("the graph", () => {
  it("is the model's operations with its parameters, and the criterion's, which the loss is made from", async () => {
    const squares: Criterion = (yPred) => yPred.mul(yPred).sum().div(2);
    expect(await graphOf(new Net(), squares)).toEqual([
      { name: "Net/layers/0/weight", op: "Parameter", outputShapes: [[2, 3]] },
      { name: "Net/layers/0/bias", op: "Parameter", outputShapes: [[2]] },
      { name: "Net/scale", op: "Parameter", outputShapes: [[]] },
      { name: "Net/unused", op: "Parameter", outputShapes: [[2]] },
      { name: "Net/Data", op: "Data", outputShapes: [[3]] },
      {
        name: "Net/Linear",
        op: "Linear",
        inputs: ["Net/Data", "Net/layers/0/weight", "Net/layers/0/bias"],
        outputShapes: [[2]],
      },
      { name: "Net/Tanh", op: "Tanh", inputs: ["Net/Linear"], outputShapes: [[2]] },
      { name: "Net/Mul", op: "Mul", inputs: ["Net/Tanh", "Net/scale"], outputShapes: [[2]] },
      { name: "Net/At", op: "At", inputs: ["Net/Tanh"], outputShapes: [[]], attributes: { constant: 1 } },
      { name: "Net/Add", op: "Add", inputs: ["Net/Mul", "Net/At"], outputShapes: [[2]] },
      { name: "Net/Pow", op: "Pow", inputs: ["Net/Add"], outputShapes: [[2]], attributes: { constant: 2 } },
      {
        name: "Net/Add_1",
        op: "Add",
        inputs: ["Net/Pow"],
        outputShapes: [[2]],
        attributes: { constant: -3 },
      },
      { name: "squares/Mul", op: "Mul", inputs: ["Net/Add_1", "Net/Add_1"], outputShapes: [[2]] },
      { name: "squares/Sum", op: "Sum", inputs: ["squares/Mul"], outputShapes: [[]] },
      {
        name: "squares/Div",
        op: "Div",
        inputs: ["squares/Sum"],
        outputShapes: [[]],
        attributes: { constant: 2 },
      },
      { name: "loss", op: "Loss", inputs: ["squares/Div"], outputShapes: [[]] },
    ]);
  });

  it("has a criterion that does nothing nowhere, and a nameless one under `criterion`", async () => {
    class Half extends Model {
      readonly x = new Parameter(1);
      override forward() {
        return this.x.mul(0.5);
      }
    }
    const model = [
      { name: "Half/x", op: "Parameter", outputShapes: [[]] },
      { name: "Half/Mul", op: "Mul", inputs: ["Half/x"], outputShapes: [[]], attributes: { constant: 0.5 } },
    ];
    const end = { name: "loss", op: "Loss", inputs: ["Half/Mul"], outputShapes: [[]] };
    expect(await graphOf(new Half())).toEqual([...model, end]);
    expect(await graphOf(new Half(), loss)).toEqual([...model, end]);
    const nameless = (
      () => (yPred) =>
        yPred.sigmoid()
    )() satisfies Criterion;
    Object.defineProperty(nameless, "name", { value: "" });
    expect(await graphOf(new Half(), nameless)).toEqual([
      ...model,
      { name: "criterion/Sigmoid", op: "Sigmoid", inputs: ["Half/Mul"], outputShapes: [[]] },
      { ...end, inputs: ["criterion/Sigmoid"] },
    ]);
  });

  it("is one node of a model that gives its own gradient", async () => {
    const x = { name: "Online/x", op: "Parameter", outputShapes: [[]] };
    const own = { name: "Online/gradient", op: "Gradient", inputs: ["Online/x"], outputShapes: [[]] };
    const end = { name: "loss", op: "Loss", inputs: ["Online/gradient"], outputShapes: [[]] };
    expect(await graphOf(new Online(), loss)).toEqual([x, own, end]);
    const model = new Online();
    const penalty: Criterion = (yPred) => yPred.add(model.x.abs());
    expect(await graphOf(model, penalty)).toEqual([
      x,
      own,
      { name: "penalty/Abs", op: "Abs", inputs: ["Online/x"], outputShapes: [[]] },
      { name: "penalty/Add", op: "Add", inputs: ["Online/gradient", "penalty/Abs"], outputShapes: [[]] },
      { ...end, inputs: ["penalty/Add"] },
    ]);
  });

  it("is one node where a closure makes the step without the tape", async () => {
    const logDir = tempDir();
    const trial = trialOf(logDir, new Layer(), undefined).forSteps(1);
    await trial.withClosure((state) => void (state.loss = 1)).run();
    expect(graphs(logDir)["Layer_g"]![0]!.map(({ name }) => name)).toEqual([
      "Layer/weight",
      "Layer/bias",
      "Layer/gradient",
      "loss",
    ]);
  });

  it("is that of a classifier with a criterion of batches", async () => {
    class Classifier extends Model {
      readonly weight = new Parameter([1, 2, 3, 4, 5, 6], { shape: [3, 2] });
      override forward(x: Rows) {
        return linear(x, this.weight);
      }
    }
    const logDir = tempDir();
    const model = new Classifier();
    const log = new TensorBoard({ logDir, comment: "g", writeGraph: true });
    const trial = new Trial(model, SGD(model.parameters()), crossEntropy, {
      callbacks: log,
      verbose: 0,
    });
    await trial
      .withTrainData(
        [
          [1, 2],
          [3, 4],
        ],
        [0, 2],
        { batchSize: 2 },
      )
      .run();
    const [nodes] = graphs(logDir)["Classifier_g"]!;
    expect(nodes!.map(({ op, inputs, outputShapes }) => [op, inputs ?? [], outputShapes![0]])).toEqual([
      ["Parameter", [], [3, 2]],
      ["Data", [], [2, 2]],
      ["Linear", ["Classifier/Data", "Classifier/weight"], [2, 3]],
      ["LogSoftmax", ["Classifier/Linear"], [2, 3]],
      ["Data", [], [2]],
      ["NLL", ["crossEntropy/LogSoftmax", "crossEntropy/Data"], []],
      ["Loss", ["crossEntropy/NLL"], []],
    ]);
  });
});

describe("it is written", () => {
  it("once, whatever is run again", async () => {
    const logDir = tempDir();
    const trial = trialOf(logDir, new Layer(), (yPred) => yPred.sum()).forSteps(2, 1);
    await trial.run(1);
    await trial.evaluate();
    await trial.run(3);
    expect(graphs(logDir)["Layer_g"]).toHaveLength(1);
  });

  it("not again in a training that goes on from a checkpoint, but where that is older", async () => {
    const logDir = tempDir();
    const sum: Criterion = (yPred) => yPred.sum();
    const dicts: TrialStateDict[] = [];
    const take: CallbackLike = {
      runsLast: true,
      onStepTraining: (state) => void dicts.push(state.stateDict()),
    };
    const trial = trialOf(logDir, new Layer(), sum, {}, take).forSteps(2);
    const fresh = trial.stateDict();
    await trial.run(1);
    const goOn = async (dict: TrialStateDict): Promise<number> => {
      await trialOf(logDir, new Layer(), sum, {}, { runsLast: true }).forSteps(2).loadStateDict(dict).run(1);
      return graphs(logDir)["Layer_g"]!.length;
    };
    expect(await goOn(dicts[0]!)).toBe(1);
    expect(await goOn(fresh)).toBe(2);
  });

  it("in the run's directory, beside what else there is, without any other log", async () => {
    const logDir = tempDir();
    const options = { writeEpochMetrics: false, writeBatchMetrics: true, batchStepSize: 1 };
    await trialOf(logDir, new Layer(), (yPred) => yPred.sum(), options)
      .forSteps(3)
      .run(2);
    expect(Object.keys(graphs(logDir))).toEqual(["Layer_g"]);
  });

  it("not unless asked for, and not of a validation or a replay", async () => {
    const logDir = tempDir();
    await trialOf(logDir, new Layer(), (yPred) => yPred.sum(), { writeGraph: false })
      .forSteps(2)
      .run(1);
    const trial = trialOf(logDir, new Layer(), (yPred) => yPred.sum()).forSteps(0, 2);
    await trial.run(1);
    await trial.evaluate();
    await trial.replay(new TensorBoard({ logDir, comment: "r", writeGraph: true }), { verbose: 0 });
    expect(graphs(logDir)).toEqual({});
  });
});
