// A run: the hooks' order, epochs, steps, history.
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import {
  loss,
  mean,
  Online,
  onBackward,
  onCheckpoint,
  onCriterion,
  onEndEpoch,
  onForward,
  onStartEpoch,
  onStepTraining,
  onStepValidation,
  SGD,
  toDict,
  Trial,
  type Callback,
  type HistoryEntry,
} from "../../src/engine/index.js";
import { EPOCH, online, recorder, STEP } from "./trials.js";

afterEach(() => {
  vi.restoreAllMocks();
});

const VALIDATION_STEP = [
  "onSampleValidation",
  "onForwardValidation",
  "onCriterionValidation",
  "onStepValidation",
];

describe("the order of the hooks", () => {
  // Run with torchbearer 0.5.5, for_steps(2, 1).run(1).
  it("is torchbearer's, with training and validation", async () => {
    const { calls, callback } = recorder();
    await online(callback).forSteps(2, 1).run(1);
    expect(calls).toEqual([
      "onInit",
      "onStart",
      "onStartEpoch",
      "onStartTraining",
      ...STEP,
      ...STEP,
      "onEndTraining",
      "onStartValidation",
      ...VALIDATION_STEP,
      "onEndValidation",
      "onEndEpoch",
      "onCheckpoint",
      "onEnd",
    ]);
  });

  it("repeats with every epoch", async () => {
    const { calls, callback } = recorder();
    await online(callback).forTrainSteps(2).run(2);
    expect(calls).toEqual(["onInit", "onStart", ...EPOCH, ...EPOCH, "onEnd"]);
  });

  it("has each callback called before the next one", async () => {
    const calls: string[] = [];
    const callbacks = [recorder(calls, "a.").callback, [recorder(calls, "b.").callback]];
    await online(callbacks).forTrainSteps(2).run(1);
    const expected = ["onInit", "onStart", ...EPOCH, "onEnd"].flatMap((hook) => [`a.${hook}`, `b.${hook}`]);
    expect(calls).toEqual(expected);
  });

  it("calls onInit when the trial is made, once, and nothing else", () => {
    const { calls, callback } = recorder();
    const trial = online(callback);
    trial.forTrainSteps(5);
    expect(calls).toEqual(["onInit"]);
  });

  it("calls nothing without steps", async () => {
    const { calls, callback } = recorder();
    expect(await online(callback).run(3)).toEqual([]);
    expect(calls).toEqual(["onInit"]);
  });

  it("calls only the frame of an epoch of 0 steps", async () => {
    const { calls, callback } = recorder();
    const history = await online(callback).forSteps(0, 0).run(1);
    expect(calls.slice(1)).toEqual([
      "onStart",
      "onStartEpoch",
      "onStartTraining",
      "onEndTraining",
      "onStartValidation",
      "onEndValidation",
      "onEndEpoch",
      "onCheckpoint",
      "onEnd",
    ]);
    expect(history).toEqual([{ trainSteps: 0, validationSteps: 0 }]);
  });

  it("has an empty training where there are only validation steps", async () => {
    const { calls, callback } = recorder();
    await online(callback).forValSteps(1).run(1);
    expect(calls.slice(1, 6)).toEqual([
      "onStart",
      "onStartEpoch",
      "onStartTraining",
      "onEndTraining",
      "onStartValidation",
    ]);
    expect(calls).toHaveLength(14);
  });
});

describe("at a hook of a step", () => {
  it("what is there is what torchbearer has there", async () => {
    const model = new Online();
    const seen: Record<string, unknown[]> = {};
    const note =
      (name: string) =>
      (state: { loss: number; yPred: unknown; metrics: object }): void => {
        seen[name] = [model.x.item(), state.yPred, state.loss, model.x.grad[0], { ...state.metrics }];
      };
    const callbacks = [
      onForward(note("forward")),
      onCriterion(note("criterion")),
      onBackward(note("backward")),
      onStepTraining(note("step")),
    ];
    model.x.data[0] = 0.5;
    const trial = new Trial(model, SGD(model.parameters(), { lr: 0.01 }), (y) => y.mul(2), {
      metrics: [toDict("est", () => model.x.item())],
      callbacks,
      verbose: 0,
    });
    await trial.forTrainSteps(1).run();
    expect(seen["forward"]!.slice(0, 2)).toEqual([0.5, -5]);
    expect(seen["criterion"]!.slice(0, 3)).toEqual([0.5, -5, -10]);
    expect(seen["backward"]).toEqual([0.5, -5, -10, -20, { est: NaN }]);
    expect(seen["step"]).toEqual([0.7, -5, -10, -20, { est: 0.7 }]);
  });

  it("a gradient that onBackward changes is the one that is used", async () => {
    const model = new Online();
    const clip = onBackward(() => void (model.x.grad[0] = Math.max(-1, model.x.grad[0]!)));
    const trial = new Trial(model, SGD(model.parameters(), { lr: 1 }), loss, { callbacks: clip, verbose: 0 });
    await trial.forTrainSteps(1).run();
    expect(model.x.item()).toBe(1);
  });
});

describe("epochs", () => {
  it("are counted over all runs", async () => {
    const epochs: number[] = [];
    const trial = online(onStartEpoch((state) => void epochs.push(state.epoch))).forTrainSteps(1);
    expect(await trial.run(2)).toHaveLength(2);
    expect(await trial.run(5)).toHaveLength(5);
    expect(epochs).toEqual([0, 1, 2, 3, 4]);
  });

  it("that are there already are not run again", async () => {
    const { calls, callback } = recorder();
    const trial = online(callback).forTrainSteps(1);
    await trial.run(2);
    calls.length = 0;
    expect(await trial.run(2)).toHaveLength(2);
    expect(await trial.run(0)).toHaveLength(2);
    expect(calls).toEqual(["onStart", "onEnd", "onStart", "onEnd"]);
  });

  it("are one unless told; at the end the state is still in the last one", async () => {
    const at: number[][] = [];
    const end: Callback = { onEnd: (state) => void at.push([state.epoch, state.batch]) };
    const trial = online(end).forTrainSteps(3);
    expect(await trial.run()).toHaveLength(1);
    await trial.run(4);
    expect(at).toEqual([
      [0, 2],
      [3, 2],
    ]);
  });

  it.each([-1, 0.5, NaN, Infinity, "2" as never])("cannot be %s", async (epochs) => {
    const trial = online().forTrainSteps(1);
    await expect(trial.run(epochs)).rejects.toThrow(ArgumentError);
    await expect(trial.run(epochs)).rejects.toThrow("Expected `epochs` to be an integer from 0, got");
    expect(trial.state.run).toBe(0);
  });
});

describe("steps", () => {
  it("are set for training, for validation, for both", async () => {
    const counts = async (set: (trial: Trial) => Trial): Promise<[number, number]> => {
      let [train, validation] = [0, 0];
      const callbacks = [onStepTraining(() => void train++), onStepValidation(() => void validation++)];
      const trial = online(callbacks);
      expect(set(trial)).toBe(trial);
      await trial.run();
      return [train, validation];
    };
    expect(await counts((trial) => trial.forTrainSteps(3))).toEqual([3, 0]);
    expect(await counts((trial) => trial.forValSteps(4))).toEqual([0, 4]);
    expect(await counts((trial) => trial.forSteps(5))).toEqual([5, 0]);
    expect(await counts((trial) => trial.forSteps(5, 6))).toEqual([5, 6]);
    expect(await counts((trial) => trial.forValSteps(2).forSteps(5))).toEqual([5, 2]);
  });

  it("may be others in the next run", async () => {
    const trial = online().forTrainSteps(2);
    await trial.run(1);
    expect(await trial.forSteps(3, 1).run(2)).toEqual([
      { trainSteps: 2, validationSteps: 0 },
      { trainSteps: 3, validationSteps: 1 },
    ]);
  });

  it.each([-1, 1.5, NaN, -Infinity, "10" as never])("cannot be %s", (steps) => {
    for (const set of [
      () => online().forTrainSteps(steps),
      () => online().forValSteps(steps),
      () => online().forSteps(1, steps),
    ]) {
      expect(set).toThrow(ArgumentError);
      expect(set).toThrow("Expected `steps` to be an integer from 0, or Infinity, got");
    }
  });
});

describe("history", () => {
  it("has the numbers of each epoch, of the training and of the validation, and the steps", async () => {
    const metrics = [
      toDict("step", (state) => state.batch),
      mean("mean", (state) => state.batch + 10 * state.epoch),
    ];
    const trial = online([], metrics).forSteps(3, 2);
    const history = await trial.run(2);
    expect(history).toEqual([
      { step: 2, mean: 1, val_step: 1, val_mean: 0.5, trainSteps: 3, validationSteps: 2 },
      { step: 2, mean: 11, val_step: 1, val_mean: 10.5, trainSteps: 3, validationSteps: 2 },
    ]);
    expect(history).toBe(trial.state.history);
    expectTypeOf(history).toEqualTypeOf<readonly HistoryEntry[]>();
  });

  it("has them at onCheckpoint, not yet at onEndEpoch; both see the metrics of the whole epoch", async () => {
    const seen: unknown[] = [];
    const callbacks = [
      onEndEpoch((state) => void seen.push(state.history.length, state.metrics)),
      onCheckpoint((state) => void seen.push(state.history.length, state.metrics)),
    ];
    await online(callbacks, [toDict("step", (state) => state.batch)])
      .forSteps(3, 2)
      .run();
    expect(seen).toEqual([0, { step: 2, val_step: 1 }, 1, { step: 2, val_step: 1 }]);
  });

  it("keeps its numbers when training goes on", async () => {
    const trial = online([], [toDict("step", (state) => state.batch + state.epoch)]).forTrainSteps(3);
    const [first] = await trial.run(1);
    await trial.run(2);
    expect(first).toEqual({ step: 2, trainSteps: 3, validationSteps: 0 });
  });
});

describe("without", () => {
  it("an optimizer nothing is changed", async () => {
    const model = new Online({ x0: 0.5 });
    const trial = new Trial(model, undefined, loss, { verbose: 0 });
    await trial.forTrainSteps(3).run();
    expect(model.x.item()).toBe(0.5);
    expect(model.x.grad[0]).toBe(-10);
  });

  it("a criterion the prediction is the loss", async () => {
    const model = new Online({ x0: 0.5 });
    const trial = new Trial(model, SGD(model.parameters()), undefined, { verbose: 0 });
    await trial.forTrainSteps(1).run();
    expect([trial.state.yPred, trial.state.loss]).toEqual([-5, -5]);
    expect(model.x.item()).toBe(0.51);
  });
});

describe("verbose", () => {
  async function written(trial: 0 | 1 | 2 | undefined, run?: 0 | 1 | 2): Promise<string> {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const made = new Trial(new Online(), undefined, loss, trial === undefined ? {} : { verbose: trial });
    await made.forTrainSteps(3).run(1, run === undefined ? {} : { verbose: run });
    return write.mock.calls.map(([text]) => String(text)).join("");
  }

  it.each([
    [undefined, undefined, true],
    [1, undefined, true],
    [2, undefined, true],
    [0, undefined, false],
    [2, 0, false],
    [0, 1, true],
  ] as const)("%s of the trial and %s of the run: a bar is %s", async (trial, run, bar) => {
    expect(/Online.*3 of 3 steps|Online.*100%/.test(await written(trial, run))).toBe(bar);
  });
});
