// The histograms of the TensorBoard callback: of what, where, at which steps, and after a checkpoint.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  ASGD,
  loss,
  Model,
  NAdam,
  onStepTraining,
  Parameter,
  RAdam,
  RMSprop,
  Rprop,
  SGD,
  TensorBoard,
  toDict,
  Trial,
  type CallbackLike,
  type Optimizer,
  type State,
  type TensorBoardOptions,
  type TrialStateDict,
} from "../../../src/engine/index.js";
import { fromPlainJson, toPlainJson } from "../../../src/engine/plain-json.js";
import { findRuns } from "../../../src/events/index.js";
import {
  decodeHistogram,
  decodeScalar,
  SummaryWriter,
  type HistogramBucket,
} from "../../../src/summary/index.js";
import { filesOfRun, valuesByBoth } from "../../helpers/loader-rules.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("tensor-board-histograms");

/** w · w + b: each step of descent with a rate of 0.25 halves w and takes 0.25 from b. */
class Bowl extends Model {
  readonly w: Parameter;
  readonly b = new Parameter(0.5);

  constructor(w: readonly number[] = [1, 2, 4]) {
    super();
    this.w = new Parameter(w);
  }

  override forward() {
    return this.w.mul(this.w).sum().add(this.b);
  }
}

function trialOf(
  callbacks: CallbackLike,
  model: Model = new Bowl(),
  optimizer: Optimizer = SGD(model.parameters(), { lr: 0.25 }),
): Trial {
  const metrics = [toDict("a", (state: State) => state.batch)];
  return new Trial(model, optimizer, loss, { callbacks, metrics, verbose: 0 });
}

/** Smallest and largest value and how many there are in all; the rest of a histogram is tested with its call. */
type Summed = [min: number, max: number, count: number];

function summed(buckets: readonly HistogramBucket[]): Summed {
  return [buckets[0]!.left, buckets.at(-1)!.right, buckets.reduce((sum, { count }) => sum + count, 0)];
}

/** [step, histogram] of every histogram that both loaders show, by tag, by run. */
function histograms(logDir: string): Record<string, Record<string, [step: number, Summed][]>> {
  const all = findRuns(logDir).map(({ name, dir }) => {
    const values = valuesByBoth(filesOfRun(dir), (value) => {
      const buckets = decodeHistogram(value);
      return buckets && summed(buckets);
    });
    return [name, values] as const;
  });
  return Object.fromEntries(all.filter(([, values]) => Object.keys(values).length > 0));
}

async function train(
  options: TensorBoardOptions,
  sizes: readonly [number, number?] = [3],
  epochs = 2,
): Promise<string> {
  const logDir = tempDir();
  const log = new TensorBoard({ logDir, comment: "h", writeHistograms: true, ...options });
  await trialOf(log)
    .forSteps(...sizes)
    .run(epochs);
  return logDir;
}

describe("histograms", () => {
  it("are of parameters and gradients at the end of each epoch, beside the epoch's metrics", async () => {
    // After k steps w is [1, 2, 4] / 2^k, and the gradient of the last one was twice the w before it.
    expect(histograms(await train({}, [3, 2]))).toEqual({
      Bowl_h: {
        "parameters/w": [
          [0, [1 / 8, 4 / 8, 3]],
          [1, [1 / 64, 4 / 64, 3]],
        ],
        "parameters/b": [
          [0, [-0.25, -0.25, 1]],
          [1, [-1, -1, 1]],
        ],
        "gradients/w": [
          [0, [2 / 4, 8 / 4, 3]],
          [1, [2 / 32, 8 / 32, 3]],
        ],
        "gradients/b": [
          [0, [1, 1, 1]],
          [1, [1, 1, 1]],
        ],
      },
    });
  });

  it("have TensorBoard's 30 buckets", async () => {
    const [run] = findRuns(await train({}, [1], 1));
    const shown = valuesByBoth(filesOfRun(run!.dir), (value) => decodeHistogram(value));
    const [[, buckets]] = shown["parameters/w"]! as [[number, HistogramBucket[]]];
    // 0.5, 1 and 2: 1 is a third of the way.
    expect(buckets.map(({ count }) => count)).toEqual([1, ...fill(9), 1, ...fill(18), 1]);
  });

  it("are every so many steps too, in the epoch's directory by batch", async () => {
    const logDir = await train({ histogramStepSize: 2, writeEpochMetrics: false }, [4], 2);
    const all = histograms(logDir);
    expect(Object.keys(all)).toEqual(["Bowl_h", "Bowl_h/epoch-0", "Bowl_h/epoch-1"]);
    expect(all["Bowl_h"]!["parameters/w"]).toEqual([
      [0, [1 / 16, 4 / 16, 3]],
      [1, [1 / 256, 4 / 256, 3]],
    ]);
    expect(all["Bowl_h/epoch-1"]!["parameters/w"]).toEqual([
      [0, [1 / 32, 4 / 32, 3]],
      [2, [1 / 128, 4 / 128, 3]],
    ]);
  });

  it("have one step that counts all batches in the flat layout, and never two at one", async () => {
    const steps = async (options: TensorBoardOptions): Promise<number[]> => {
      const all = histograms(await train({ layout: "flat", ...options }, [3, 2], 2));
      expect(Object.keys(all)).toEqual(["Bowl_h"]);
      return all["Bowl_h"]!["gradients/b"]!.map(([step]) => step);
    };
    expect(await steps({})).toEqual([2, 5]);
    expect(await steps({ histogramStepSize: 2 })).toEqual([0, 2, 3, 5]);
    expect(await steps({ histogramStepSize: 5 })).toEqual([0, 2, 3, 5]);
  });

  it("leave the batch metrics as they are", async () => {
    const options = { writeBatchMetrics: true, batchStepSize: 3, histogramStepSize: 2 };
    const [, epoch] = findRuns(await train(options, [8, 4], 1));
    const shown = valuesByBoth(filesOfRun(epoch!.dir), (value) => decodeScalar(value) ?? "histogram");
    expect(shown).toEqual({
      "batch/a": [0, 3, 6].map((batch) => [batch, batch]),
      "batch/val_a": [0, 3].map((batch) => [batch, batch]),
      ...Object.fromEntries(
        ["parameters/w", "parameters/b", "gradients/w", "gradients/b"].map((tag) => [
          tag,
          [0, 2, 4, 6].map((batch) => [batch, "histogram"]),
        ]),
      ),
    });
  });

  it("are not there unless asked for", async () => {
    expect(histograms(await train({ writeHistograms: false, histogramStepSize: 1 }))).toEqual({});
  });

  it("are none of an evaluation, a replay or a training without steps", async () => {
    const logDir = tempDir();
    const log = new TensorBoard({ logDir, comment: "h", writeHistograms: true, histogramStepSize: 1 });
    const trial = trialOf(log).forSteps(0, 2);
    await trial.run(1);
    await trial.evaluate();
    await trial.replay(new TensorBoard({ logDir, comment: "r", writeHistograms: true }), { verbose: 0 });
    expect(histograms(logDir)).toEqual({});
  });

  it("leave out NaN and infinities, and say how many", async () => {
    const logDir = tempDir();
    const model = new Bowl();
    const spoil = onStepTraining(({ batch }) => {
      if (batch === 1) model.w.data.set([NaN, Infinity, 3]);
      if (batch === 2) model.w.data.set([1, 2, 3]);
    });
    const log = new TensorBoard({ logDir, comment: "h", writeHistograms: true, histogramStepSize: 1 });
    await trialOf([spoil, log], model).forSteps(3).run();
    const [, epoch] = findRuns(logDir);
    expect(histograms(logDir)["Bowl_h/epoch-0"]!["parameters/w"]!.map(([, each]) => each)).toEqual([
      [0.5, 2, 3],
      [3, 3, 1],
      [1, 3, 3],
    ]);
    expect(valuesByBoth(filesOfRun(epoch!.dir), (value) => decodeScalar(value))).toEqual({
      "non_finite/parameters/w": [[1, 2]],
      // The step from there has made a gradient of it.
      "non_finite/gradients/w": [[2, 2]],
    });
  });
});

describe("what the optimizer remembers", () => {
  const all: [string, (parameters: readonly Parameter[]) => Optimizer, string[]][] = [
    ["Adadelta", (p) => Adadelta(p), ["square_avg", "acc_delta"]],
    ["Adagrad", (p) => Adagrad(p), ["sum"]],
    ["Adam", (p) => Adam(p), ["exp_avg", "exp_avg_sq"]],
    ["AMSGrad", (p) => Adam(p, { amsgrad: true }), ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"]],
    ["Adamax", (p) => Adamax(p), ["exp_avg", "exp_inf"]],
    ["ASGD", (p) => ASGD(p), ["ax"]],
    ["NAdam", (p) => NAdam(p), ["exp_avg", "exp_avg_sq"]],
    ["RAdam", (p) => RAdam(p), ["exp_avg", "exp_avg_sq"]],
    [
      "RMSprop",
      (p) => RMSprop(p, { centered: true, momentum: 0.5 }),
      ["square_avg", "grad_avg", "momentum_buffer"],
    ],
    ["Rprop", (p) => Rprop(p), ["step_size", "prev"]],
    ["SGD", (p) => SGD(p), []],
    ["SGD with momentum", (p) => SGD(p, { momentum: 0.5 }), ["momentum_buffer"]],
  ];

  it.each(all)("%s: has torch's names, for parameters of every length", async (_, optimizer, names) => {
    for (const w of [[1], [1, 2], [1, 2, 3, 4, 5, 6, 7]]) {
      const logDir = tempDir();
      const model = new Bowl(w);
      const log = new TensorBoard({ logDir, comment: "h", writeHistograms: true });
      await trialOf(log, model, optimizer(model.parameters())).forSteps(2).run();
      const { Bowl_h: run } = histograms(logDir);
      const tags = Object.keys(run!).filter((tag) => tag.startsWith("optimizer/"));
      const expected = names.flatMap((name) => [`optimizer/${name}/w`, `optimizer/${name}/b`]);
      expect(tags.toSorted()).toEqual(expected.toSorted());
      for (const tag of tags) expect(run![tag]![0]![1][2]).toBe(tag.endsWith("w") ? w.length : 1);
    }
  });

  it("is what its equations say, under the parameters' names, also of groups in another order", async () => {
    const logDir = tempDir();
    const model = new Bowl();
    const optimizer = SGD([{ params: [model.b] }, { params: [model.w], momentum: 0.5 }], { lr: 0.25 });
    const log = new TensorBoard({ logDir, comment: "h", writeHistograms: true, histogramStepSize: 1 });
    await trialOf(log, model, optimizer).forSteps(2).run();
    // b = [2, 4, 8], then b = [1, 2, 4] + the gradient of [0.5, 1, 2].
    const { "optimizer/momentum_buffer/w": buffers, ...rest } = histograms(logDir)["Bowl_h/epoch-0"]!;
    expect(buffers).toEqual([
      [0, [2, 8, 3]],
      [1, [2, 8, 3]],
    ]);
    expect(Object.keys(rest)).toEqual(["parameters/w", "parameters/b", "gradients/w", "gradients/b"]);
  });

  it("is named by its place where the model has no such parameter", async () => {
    const logDir = tempDir();
    const model = new Bowl();
    const other = new Parameter([1, 2]);
    const optimizer = SGD([other, ...model.parameters()], { momentum: 0.5 });
    const log = new TensorBoard({ logDir, comment: "h", writeHistograms: true });
    await trialOf(log, model, optimizer).forSteps(1).run();
    expect(Object.keys(histograms(logDir)["Bowl_h"]!)).toContain("optimizer/momentum_buffer/0");
  });

  it("is not there without an optimizer", async () => {
    const logDir = tempDir();
    const log = new TensorBoard({ logDir, comment: "h", writeHistograms: true });
    await new Trial(new Bowl(), undefined, loss, { callbacks: log, verbose: 0 }).forSteps(1).run();
    expect(Object.keys(histograms(logDir)["Bowl_h"]!)).toHaveLength(4);
  });
});

describe("a training that goes on from a checkpoint", () => {
  it.each([
    ["torchbearer", {}],
    ["flat", { layout: "flat" }],
    ["flat, a histogram at each last step", { layout: "flat", histogramStepSize: 3 }],
  ] satisfies [string, TensorBoardOptions][])("has the same histograms: %s", async (_, options) => {
    const make = (logDir: string, others: CallbackLike = { runsLast: true }): Trial => {
      const model = new Bowl();
      const log = new TensorBoard({
        logDir,
        comment: "h",
        writeHistograms: true,
        histogramStepSize: 2,
        ...options,
      });
      return trialOf([log, others], model, Adam(model.parameters(), { lr: 0.25 })).forSteps(4, 1);
    };
    const whole = tempDir();
    const dicts: string[] = [];
    const take = {
      runsLast: true,
      ...Object.fromEntries(
        ["onStepTraining", "onEndTraining", "onCheckpoint"].map((hook) => [
          hook,
          (state: State) => void dicts.push(toPlainJson(state.stateDict(), "dict")),
        ]),
      ),
    };
    await make(whole, take).run(2);
    expect(dicts).toHaveLength(12);
    for (const dict of dicts) {
      // All that came behind the checkpoint is there, as after a kill.
      const copy = tempDir();
      cpSync(whole, copy, { recursive: true });
      await make(copy)
        .loadStateDict(fromPlainJson(dict) as TrialStateDict)
        .run(2);
      expect(histograms(copy)).toEqual(histograms(whole));
    }
  });
});

it("closes its files when a histogram cannot be written", async () => {
  const logDir = tempDir();
  const createWriter = (dir: string): SummaryWriter => {
    const writer = new SummaryWriter(dir);
    writer.addHistogram = (_tag, _values, step) => {
      if (step === 2) throw new Error("no more");
      return 0;
    };
    return writer;
  };
  const options = { writeBatchMetrics: true, batchStepSize: 1, histogramStepSize: 1, writeHistograms: true };
  const log = new TensorBoard({ logDir, comment: "h", createWriter, ...options });
  await expect(trialOf(log).forSteps(4).run()).rejects.toThrow(
    "no more (thrown by TensorBoard at onStepTraining, epoch 0, batch 2)",
  );
  const [epoch] = findRuns(logDir);
  expect(valuesByBoth(filesOfRun(epoch!.dir), (value) => decodeScalar(value))["batch/a"]).toHaveLength(3);
  for (const run of ["Bowl_h", "Bowl_h/epoch-0"]) new SummaryWriter(join(logDir, run)).closeSync();
});

it("a step size that is none is refused", () => {
  const options = { writeHistograms: true, histogramStepSize: 0.5 };
  expect(() => new TensorBoard(options)).toThrow(ArgumentError);
  expect(() => new TensorBoard(options)).toThrow("`histogramStepSize` to be an integer from 1, got 0.5");
});

function fill(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
