// What ends a training: early stopping, and numbers that are none; and that a continued training ends as the one that was cut.
import { describe, expect, it } from "vitest";
import { ArgumentError, UnknownNameError } from "../../../src/errors.js";
import {
  EarlyStopping,
  metric,
  Model,
  onCheckpoint,
  onEndEpoch,
  onSample,
  onStepTraining,
  onStepValidation,
  Parameter,
  SGD,
  TerminateOnNaN,
  Trial,
  type Callback,
  type EarlyStoppingOptions,
  type Var,
} from "../../../src/engine/index.js";
import { expectSameRest, type Logged } from "../resumes.js";

class Falling extends Model {
  readonly x = new Parameter([0, 10]);
  override forward(): Var {
    return this.x.sum();
  }
}

interface Made extends Logged {
  readonly log: string[];
  readonly model: Falling;
}

/** A trial whose `score` is `curve`, by epochs or by training steps; each step lowers the parameters by 1. */
function make(
  callbacks: Callback[],
  curve: readonly number[],
  { steps = 2, valSteps = 1, byStep = false } = {},
): Made {
  const model = new Falling();
  const log: string[] = [];
  const score = metric("score", ({ epoch, batch }) => curve[byStep ? epoch * steps + batch : epoch] ?? NaN);
  const trial = new Trial(model, SGD(model.parameters(), { lr: 1 }), undefined, {
    metrics: [score],
    callbacks: [
      onSample((state) => void log.push(`${state.epoch}/${state.batch}`)),
      ...callbacks,
      onEndEpoch((state) => void log.push(`end ${state.epoch} ${model.x.data} ${state.stopReason}`)),
      onCheckpoint((state) => void log.push(`checkpoint ${state.history.length}`)),
    ],
    verbose: 0,
  }).forSteps(steps, valSteps);
  return { trial, log, model };
}

/** How many epochs it makes of `curve`, and why it ends. */
async function epochs(
  options: EarlyStoppingOptions,
  curve: readonly number[],
): Promise<[number, string | undefined]> {
  const { trial } = make([new EarlyStopping({ monitor: "val_score", ...options })], curve);
  const history = await trial.run(curve.length);
  return [history.length, trial.state.stopReason];
}

describe("EarlyStopping", () => {
  it.each<[string, EarlyStoppingOptions, number[], number, string | undefined]>([
    ["no longer falls", {}, [3, 2, 2, 1], 3, "val_score has not got better than 2 for 1 epoch"],
    [
      "patience of 1, as of 0",
      { patience: 1 },
      [3, 2, 2, 1],
      3,
      "val_score has not got better than 2 for 1 epoch",
    ],
    [
      "patience of 2",
      { patience: 2 },
      [3, 2, 2, 1, 5, 4, 0],
      6,
      "val_score has not got better than 1 for 2 epochs",
    ],
    ["always better", { patience: 1 }, [3, 2, 1, 0], 4, undefined],
    [
      "too small a change",
      { minDelta: 0.5 },
      [3, 2.5, 2],
      2,
      "val_score has not got better than 3 for 1 epoch",
    ],
    ["a change that is enough", { minDelta: 0.5 }, [3, 2.4, 1.8], 3, undefined],
    [
      "larger is better",
      { mode: "max" },
      [1, 2, 1.5, 9],
      3,
      "val_score has not got better than 2 for 1 epoch",
    ],
    [
      "larger by enough",
      { mode: "max", minDelta: 1 },
      [1, 2, 9],
      2,
      "val_score has not got better than 1 for 1 epoch",
    ],
    [
      "NaN is never better",
      { patience: 2 },
      [1, NaN, NaN, 0],
      3,
      "val_score has not got better than 1 for 2 epochs",
    ],
    ["a threshold", { stoppingThreshold: 0.5 }, [3, 2, 0.5, 0.1], 3, "val_score is 0.5, which reaches 0.5"],
    [
      "a threshold from below",
      { stoppingThreshold: 3, mode: "max" },
      [1, 2, 3.5, 9],
      3,
      "val_score is 3.5, which reaches 3",
    ],
  ])("%s", async (_name, options, curve, count, reason) => {
    expect(await epochs(options, curve)).toEqual([count, reason]);
  });

  it("takes larger for better where the name has acc in it", async () => {
    const { trial } = make([new EarlyStopping({ monitor: "acc" })], []);
    const acc = new Trial(new Falling(), undefined, undefined, {
      metrics: [metric("acc", ({ epoch }) => [1, 2, 3, 2][epoch]!)],
      callbacks: [new EarlyStopping({ monitor: "acc" })],
      verbose: 0,
    }).forTrainSteps(1);
    expect(await acc.run(9)).toHaveLength(4);
    await expect(trial.run(1)).rejects.toThrow(UnknownNameError);
  });

  it("watches the loss without a metric, by steps", async () => {
    const stop = new EarlyStopping({ monitor: "loss", stepOnBatch: true, stoppingThreshold: 5 });
    const { trial } = make([stop], [], { steps: 10 });
    const history = await trial.run(9);
    // The loss is 10, and two less after each step.
    expect([trial.state.batch, history.length, trial.state.stopReason]).toEqual([
      3,
      1,
      "loss is 4, which reaches 5",
    ]);
    expect(stop.best).toBe(4);
  });

  it("says which metrics there are", async () => {
    const { trial } = make([new EarlyStopping({ monitor: "val_scor" })], [1]);
    await expect(trial.run(2)).rejects.toThrow(
      /^Unknown metric "val_scor". Did you mean val_score\? Known: score, val_score \(thrown by EarlyStopping at onEndEpoch, epoch 0, batch 0\)$/,
    );
  });

  it("is not told by an epoch that was ended before its validation", async () => {
    const stop = onStepTraining((state) => void (state.stopTraining = state.epoch === 1));
    const { trial } = make([new EarlyStopping({ monitor: "val_score", patience: 3 }), stop], [3, 2, 1]);
    expect(await trial.run(3)).toHaveLength(2);
    expect(trial.state.stopReason).toBeUndefined();
  });

  it("gives the best epoch's parameters back, and has them in the checkpoint", async () => {
    const options = { monitor: "val_score", patience: 2, restoreBestWeights: true };
    const { trial, model, log } = make([new EarlyStopping(options)], [3, 2, 2.5, 2.5, 1]);
    await trial.run(9);
    // Two steps of 1 an epoch; the best is the second.
    expect([...model.x.data]).toEqual([-4, 6]);
    expect(log.at(-2)).toBe("end 3 -4,6 val_score has not got better than 2 for 2 epochs");
    const stays = make([new EarlyStopping({ ...options, restoreBestWeights: false })], [3, 2, 2.5, 2.5, 1]);
    await stays.trial.run(9);
    expect([...stays.model.x.data]).toEqual([-8, 2]);
  });

  it("has its patience anew in the next run, and is not told by evaluations", async () => {
    const stop = new EarlyStopping({ monitor: "val_score", patience: 2 });
    const { trial } = make([stop], [3, 2, 2.5, 2.5, 2.5, 2.5, 2.5]);
    await trial.run(9);
    expect(trial.state.history).toHaveLength(4);
    for (let i = 0; i < 3; i++) await trial.evaluate();
    await trial.run(9);
    expect(trial.state.history).toHaveLength(6);
    expect(stop.best).toBe(2);
  });

  it("ends a replay too", async () => {
    const { trial } = make([], [3, 2, 2, 1, 0]);
    await trial.run(5);
    const seen: number[] = [];
    await trial.replay([
      new EarlyStopping({ monitor: "val_score", restoreBestWeights: true }),
      onEndEpoch((state) => void seen.push(state.epoch)),
    ]);
    expect(seen).toEqual([0, 1, 2]);
  });

  it.each<[string, EarlyStoppingOptions, number]>([
    ["by epochs", { monitor: "val_score", patience: 3 }, 7],
    ["with the best parameters", { monitor: "val_score", patience: 2, restoreBestWeights: true }, 6],
    ["by a threshold", { monitor: "val_score", patience: 9, stoppingThreshold: 2.5 }, 4],
  ])("goes on in a continued training: %s", async (_name, options, last) => {
    const curve = [5, 4, 4.5, 3, 2.5, 2.6, 2.6, 2.6, 2.6];
    const log = await expectSameRest(
      (take) => make([new EarlyStopping(options), take], curve, { steps: 3 }),
      9,
    );
    expect(log.at(-2)).toMatch(new RegExp(`^end ${last} .* val_score `));
  });

  it("goes on in the middle of an epoch", async () => {
    const curve = [9, 8, 7, 6, 6.5, 5, 5.5, 5.5, 5.5, 1];
    const options = { monitor: "score", patience: 3, stepOnBatch: true, restoreBestWeights: true };
    const log = await expectSameRest(
      (last) => make([new EarlyStopping(options), last], curve, { steps: 5, byStep: true }),
      9,
      (trial) => expect(trial.state.history).toHaveLength(2),
    );
    expect(log.slice(-3)).toEqual([
      "1/3",
      "end 1 -6,4 score has not got better than 5 for 3 steps",
      "checkpoint 2",
    ]);
  });

  it.each<[EarlyStoppingOptions, string]>([
    [{ monitor: "" }, "`monitor` to be a metric's name"],
    [{ monitor: 3 as never }, "`monitor` to be a metric's name"],
    [{ patience: -1 }, "`patience` to be an integer from 0"],
    [{ patience: 1.5 }, "`patience` to be an integer from 0"],
    [{ minDelta: -1 }, "`minDelta` to be a number from 0"],
    [{ minDelta: NaN }, "`minDelta` to be a number from 0"],
    [{ mode: "best" as never }, '`mode` to be "auto", "min" or "max"'],
    [{ stoppingThreshold: NaN }, "`stoppingThreshold` to be a number"],
  ])("refuses %o", (options, message) => {
    expect(() => new EarlyStopping(options)).toThrow(ArgumentError);
    expect(() => new EarlyStopping(options)).toThrow(message);
  });
});

describe("TerminateOnNaN", () => {
  it.each([
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    [-Infinity, "-Infinity"],
  ])("ends the run at a loss of %s", async (value, text) => {
    const spoil = onSample((state) => {
      if (state.epoch === 1 && state.batch === 1) (state.model as Falling).x.data[0] = value;
    });
    const { trial } = make([spoil, new TerminateOnNaN()], [1, 1, 1], { steps: 4 });
    expect(await trial.run(3)).toHaveLength(2);
    expect([trial.state.batch, trial.state.stopReason]).toEqual([1, `loss is ${text} in epoch 1, batch 1`]);
  });

  it("does nothing about finite numbers, however large", async () => {
    const { trial } = make([new TerminateOnNaN(), new TerminateOnNaN({ monitor: "score" })], [1e308, -0, 0]);
    expect(await trial.run(3)).toHaveLength(3);
    expect(trial.state.stopReason).toBeUndefined();
  });

  it("watches a metric of validation", async () => {
    let steps = 0;
    const count = onStepValidation(() => void steps++);
    const { trial } = make([new TerminateOnNaN({ monitor: "val_score" }), count], [1, NaN, 1], {
      valSteps: 5,
    });
    expect(await trial.run(3)).toHaveLength(2);
    // Five of the first epoch, one of the second.
    expect([steps, trial.state.stopReason]).toEqual([6, "val_score is NaN in epoch 1, batch 0"]);
  });

  it("says which metrics there are, at the end of the first epoch", async () => {
    const { trial } = make([new TerminateOnNaN({ monitor: "running_loss" })], [1]);
    await expect(trial.run()).rejects.toThrow('Unknown metric "running_loss". Known: score, val_score');
    expect(() => new TerminateOnNaN({ monitor: "" })).toThrow(ArgumentError);
  });

  it("the first reason stays", async () => {
    const { trial } = make(
      [new TerminateOnNaN({ monitor: "score" }), new EarlyStopping({ monitor: "val_score" })],
      [1, NaN],
    );
    await trial.run(5);
    expect(trial.state.stopReason).toBe("score is NaN in epoch 1, batch 0");
  });

  it("has ended a continued training too", async () => {
    const curve = [1, 1, 1, 1, NaN, 1, 1];
    await expectSameRest(
      (last) => make([new TerminateOnNaN({ monitor: "score" }), last], curve, { steps: 3, byStep: true }),
      3,
      (trial) => {
        expect(trial.state.history).toHaveLength(2);
        expect(trial.state.stopReason).toBe("score is NaN in epoch 1, batch 1");
      },
    );
  });
});

describe("a run that was ended", () => {
  it("by a function, which gave no reason, has ended when it is continued", async () => {
    const stop = onStepTraining((state) => {
      // Only a run that came this way knows.
      if (state.epoch === 1 && state.batch === 1) state.stopTraining = true;
    });
    await expectSameRest(
      (last) => make([stop, last], [1, 1, 1], { steps: 4 }),
      3,
      (trial) => {
        expect(trial.state.history).toHaveLength(2);
        expect(trial.state.stopReason).toBeUndefined();
      },
    );
  });

  it("by its signal goes on when it is continued", async () => {
    const whole = make([], [1, 1, 1], { steps: 4 });
    await whole.trial.run(3);
    const controller = new AbortController();
    let dict: ReturnType<Trial["stateDict"]> | undefined;
    const abort: Callback = {
      onStepTraining: (state) => void (state.epoch === 1 && state.batch === 1 && controller.abort()),
      onEndTraining: (state) => void (state.interrupted && (dict = state.stateDict())),
    };
    const cut = make([abort], [1, 1, 1], { steps: 4 });
    await cut.trial.run(3, { signal: controller.signal });
    expect([cut.trial.state.interrupted, cut.trial.state.stopReason]).toEqual([true, undefined]);
    const rest = make([{}], [1, 1, 1], { steps: 4 });
    await rest.trial.loadStateDict(dict!).run(3);
    expect(rest.log).toEqual(whole.log.slice(whole.log.indexOf("1/2")));
    expect(rest.trial.state.history).toEqual(whole.trial.state.history);
    expect(rest.trial.state.interrupted).toBe(false);
  });

  it("may be run again, and a dict that was taken between runs is of no ended one", async () => {
    const made = make([new EarlyStopping({ monitor: "val_score" })], [1, 1, 0, 0]);
    await made.trial.run(9);
    const dict = made.trial.stateDict();
    expect(dict.stopReason).toBeNull();
    const other = make([new EarlyStopping({ monitor: "val_score" })], [1, 1, 0, 0]);
    expect(await other.trial.loadStateDict(dict).run(9)).toHaveLength(4);
    expect(await made.trial.run(9)).toHaveLength(4);
    expect(made.trial.state.stopReason).toBe("val_score has not got better than 0 for 1 epoch");
  });
});
