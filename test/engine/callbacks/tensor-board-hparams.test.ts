// The hyperparameters of the TensorBoard callback: which there are, and how the run ended.
import { cpSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  Adam,
  EarlyStopping,
  loss,
  Model,
  onEndTraining,
  onStepTraining,
  Online,
  Parameter,
  RMSprop,
  SGD,
  TensorBoard,
  TensorBoardText,
  toDict,
  Trial,
  type CallbackLike,
  type Criterion,
  type Optimizer,
  type TensorBoardOptions,
  type TrialStateDict,
} from "../../../src/engine/index.js";
import { findRuns } from "../../../src/events/index.js";
import { decodeHParams } from "../../../src/summary/index.js";
import { eventFilesIn, eventsOf } from "../../helpers/events.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const tempDir = useTempDir("tensor-board-hparams");

class Two extends Model {
  readonly a = new Parameter(1);
  readonly b = new Parameter(2);

  override forward() {
    return this.a.mul(this.b);
  }
}

interface Told {
  /** The hyperparameters of each session. */
  readonly hparams: readonly unknown[];
  /** 1 for success and 2 for failure. */
  readonly statuses: readonly number[];
}

function told(logDir: string): Told {
  const values = findRuns(logDir)
    .flatMap(({ dir }) => eventFilesIn(dir).flatMap((path) => eventsOf(path)))
    .flatMap(({ summary = [] }) => summary.map((value) => decodeHParams(value)));
  return {
    hparams: values.flatMap((value) => (value?.sessionStart ? [value.sessionStart.hparams] : [])),
    statuses: values.flatMap((value) => (value?.sessionEnd ? [value.sessionEnd.status] : [])),
  };
}

interface Made {
  readonly trial: Trial;
  readonly logDir: string;
}

function make(
  hparams: TensorBoardOptions["hparams"],
  others: CallbackLike = [],
  model: Model = new Online(),
  optimizer: Optimizer | undefined = Adam(model.parameters(), { lr: 0.25 }),
  criterion: Criterion | undefined = loss,
): Made {
  const logDir = tempDir();
  const log = new TensorBoard({ logDir, comment: "h", ...(hparams && { hparams }) });
  const metrics = [toDict("a", () => 1)];
  const trial = new Trial(model, optimizer, criterion, {
    callbacks: [log, others],
    metrics,
    verbose: 0,
    seed: 7,
  });
  return { trial: trial.forSteps(3, 2), logDir };
}

const ADAM = {
  model: "Online",
  criterion: "loss",
  optimizer: "Adam",
  "optimizer.lr": 0.25,
  "optimizer.betas": "[0.9,0.999]",
  "optimizer.eps": 1e-8,
  "optimizer.weightDecay": 0,
  "optimizer.amsgrad": false,
  "optimizer.maximize": false,
  seed: 7,
  epochs: 2,
  trainSteps: 3,
};

describe("hyperparameters", () => {
  it("are what the trial knows", async () => {
    const { trial, logDir } = make({});
    await trial.run(2);
    expect(told(logDir)).toEqual({ hparams: [ADAM], statuses: [1] });
  });

  it("are those that are given too, which stand over the trial's", async () => {
    const { trial, logDir } = make({ data: "digits", shuffle: true, seed: 3, epochs: undefined, note: null });
    await trial.run(2);
    const { epochs: _, ...others } = ADAM;
    expect(told(logDir).hparams).toEqual([{ ...others, seed: 3, data: "digits", shuffle: true }]);
  });

  it("say where groups differ", async () => {
    const model = new Two();
    const groups = [{ params: [model.a] }, { params: [model.b], lr: 0.5, centered: true }];
    const { trial, logDir } = make({}, [], model, RMSprop(groups, { lr: 0.25 }), (yPred) => yPred);
    await trial.run(1);
    expect(told(logDir).hparams).toEqual([
      {
        model: "Two",
        optimizer: "RMSprop",
        "optimizer.lr": 0.25,
        "optimizer.alpha": 0.99,
        "optimizer.eps": 1e-8,
        "optimizer.weightDecay": 0,
        "optimizer.momentum": 0,
        "optimizer.centered": false,
        "optimizer.maximize": false,
        "optimizer.groups.1.lr": 0.5,
        "optimizer.groups.1.centered": true,
        seed: 7,
        epochs: 1,
        trainSteps: 3,
      },
    ]);
  });

  it("are few of a trial without an optimizer, and infinite steps are a text", async () => {
    const stop = onStepTraining((state) => void (state.stopTraining = state.batch === 1));
    const logDir = tempDir();
    const log = new TensorBoard({ logDir, hparams: {}, writeEpochMetrics: false });
    const trial = new Trial(new Two(), undefined, undefined, { callbacks: [log, stop], verbose: 0 });
    await trial.forInfTrainSteps().run(1);
    expect(told(logDir)).toEqual({
      hparams: [{ model: "Two", seed: 0, epochs: 1, trainSteps: "Infinity" }],
      statuses: [1],
    });
  });

  it("are the optimizer's first ones, whatever a callback has made of its learning rate", async () => {
    const { trial, logDir } = make({});
    trial.state.optimizer!.paramGroups[0]!.lr = 0.125;
    await trial.run(2);
    expect(told(logDir).hparams).toEqual([ADAM]);
  });

  it("are none unless they are asked for, in an evaluation, in a replay, and where nothing is run", async () => {
    const none = make(undefined);
    await none.trial.run(1);
    expect(told(none.logDir)).toEqual({ hparams: [], statuses: [] });
    const { trial, logDir } = make({});
    await trial.evaluate();
    await trial.predict();
    await trial.run(0);
    await trial.replay(new TensorBoard({ logDir, comment: "r", hparams: {} }), { verbose: 0 });
    expect(told(logDir)).toEqual({ hparams: [], statuses: [] });
  });

  it("are in the run's directory with a writer that is shared", async () => {
    const logDir = tempDir();
    const model = new Online();
    const callbacks = [
      new TensorBoardText({ logDir }),
      new TensorBoard({ logDir, hparams: {}, writeEpochMetrics: false }),
    ];
    await new Trial(model, SGD(model.parameters()), loss, { callbacks, verbose: 0 }).forSteps(1).run();
    expect(told(logDir).hparams).toHaveLength(1);
    expect(findRuns(logDir).map(({ name, files }) => [name, files.length])).toEqual([
      ["Online_torchbearer", 1],
    ]);
  });
});

describe("how the run ended", () => {
  it("is a failure where something throws", async () => {
    const fail = onStepTraining(() => {
      throw new Error("halfway");
    });
    const { trial, logDir } = make({}, fail);
    await expect(trial.run(2)).rejects.toThrow("halfway");
    expect(told(logDir)).toEqual({ hparams: [ADAM], statuses: [2] });
  });

  it("is a success where a callback has stopped it", async () => {
    const { trial, logDir } = make({}, new EarlyStopping({ monitor: "val_a", patience: 1 }));
    await trial.run(9);
    expect(trial.state.history).toHaveLength(2);
    expect(told(logDir).statuses).toEqual([1]);
  });

  it("is not known where its signal has cut it", async () => {
    const controller = new AbortController();
    const cut = onStepTraining(({ batch }) => void (batch === 1 && controller.abort()));
    const { trial, logDir } = make({}, cut);
    await trial.run(2, { signal: controller.signal });
    expect(told(logDir)).toEqual({ hparams: [ADAM], statuses: [] });
  });

  it("is a success where the signal came at its very end", async () => {
    const controller = new AbortController();
    const cut = onEndTraining(({ epoch }) => void (epoch === 1 && controller.abort()));
    const { trial, logDir } = make({}, cut);
    await trial.run(2, { signal: controller.signal });
    expect(trial.state.interrupted).toBe(true);
    expect(told(logDir).statuses).toEqual([1]);
  });

  it("is told by the session that ends it, where it goes on from a checkpoint", async () => {
    let dict: TrialStateDict | undefined;
    const killed = tempDir();
    const take: CallbackLike = {
      runsLast: true,
      onStepTraining: (state) => {
        if (state.epoch === 0 || dict !== undefined) return;
        dict = state.stateDict();
        cpSync(logDir, killed, { recursive: true });
      },
    };
    const { trial, logDir } = make({}, take);
    await trial.run(2);
    expect(told(killed)).toEqual({ hparams: [ADAM], statuses: [] });
    const model = new Online();
    const log = new TensorBoard({ logDir: killed, comment: "h", hparams: {} });
    const rest = new Trial(model, Adam(model.parameters(), { lr: 0.25 }), loss, {
      ...{ callbacks: [log, { runsLast: true }], metrics: [toDict("a", () => 1)], verbose: 0, seed: 7 },
    });
    await rest.forSteps(3, 2).loadStateDict(dict!).run(2);
    const { hparams, statuses } = told(killed);
    // Of several, TensorBoard takes the first ones.
    expect(hparams).toEqual(hparams.map(() => ADAM));
    expect(statuses).toEqual([1]);
  });
});

it.each<[string, TensorBoardOptions["hparams"], string]>([
  ["NaN", { lr: NaN }, '`hparams["lr"]`'],
  ["a list", { betas: [1, 2] as never }, '`hparams["betas"]`'],
  ["no object", 5 as never, "`hparams`"],
])("%s is refused before anything is run", (_, hparams, message) => {
  expect(() => new TensorBoard({ hparams: hparams! })).toThrow(ArgumentError);
  expect(() => new TensorBoard({ hparams: hparams! })).toThrow(message);
});
