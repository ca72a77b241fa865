// A run: the hooks' order, epochs, history, stopping, errors.
import { createHook } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { ArgumentError, WriteError } from "../../src/errors.js";
import {
  Adam,
  loss,
  mean,
  Model,
  Online,
  onBackward,
  onCheckpoint,
  onCriterion,
  onEndEpoch,
  onForward,
  onInit,
  onSample,
  onStart,
  onStartEpoch,
  onStepTraining,
  onStepValidation,
  Parameter,
  SGD,
  toDict,
  Trial,
  type Callback,
  type CallbackLike,
  type HistoryEntry,
  type TrialOptions,
  type Var,
} from "../../src/engine/index.js";
import { currentTape } from "../../src/engine/tape.js";
import { recorder } from "./recorder.js";

afterEach(() => {
  vi.restoreAllMocks();
});

function online(callbacks: CallbackLike = [], metrics: TrialOptions["metrics"] = []): Trial {
  const model = new Online();
  return new Trial(model, Adam(model.parameters()), loss, { callbacks, metrics, verbose: 0 });
}

const STEP = ["onSample", "onForward", "onCriterion", "onBackward", "onStepTraining"];
const VALIDATION_STEP = [
  "onSampleValidation",
  "onForwardValidation",
  "onCriterionValidation",
  "onStepValidation",
];
const EPOCH = [
  "onStartEpoch",
  "onStartTraining",
  ...STEP,
  ...STEP,
  "onEndTraining",
  "onEndEpoch",
  "onCheckpoint",
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

describe("asynchronous hooks", () => {
  it("are awaited in their place, among synchronous ones, in the middle of a step too", async () => {
    const calls: string[] = [];
    const names = [
      "onStart",
      "onSample",
      "onForward",
      "onCriterion",
      "onBackward",
      "onStepTraining",
      "onStepValidation",
    ];
    const slow = Object.fromEntries(
      names.map((name) => [
        name,
        async () => {
          calls.push(`${name} begins`);
          await sleep(1);
          calls.push(`${name} ends`);
        },
      ]),
    ) as Callback;
    const sync = Object.fromEntries(
      names.map((name) => [name, () => void calls.push(`then ${name}`)]),
    ) as Callback;
    await online([slow, sync, slow]).forSteps(2, 1).run(1);
    const of = (name: string): string[] => [
      `${name} begins`,
      `${name} ends`,
      `then ${name}`,
      `${name} begins`,
      `${name} ends`,
    ];
    const step = names.slice(1, 6);
    expect(calls).toEqual(["onStart", ...step, ...step, "onStepValidation"].flatMap(of));
  });

  it("end the run when they reject", async () => {
    const { calls, callback } = recorder();
    const fail = onForward(() => Promise.reject(new Error("later")));
    await expect(online([fail, callback]).forTrainSteps(2).run()).rejects.toThrow("later");
    expect(calls.slice(-2)).toEqual(["onSample", "onException"]);
  });

  it("may give anything that has a then", async () => {
    const calls: string[] = [];
    // eslint-disable-next-line unicorn/no-thenable
    const thenable = {
      then: (resolve: () => void) => void setImmediate(() => (calls.push("resolved"), resolve())),
    };
    const first = onStepTraining(() => thenable as never);
    await online([first, onStepTraining(() => void calls.push("after"))])
      .forTrainSteps(1)
      .run();
    expect(calls).toEqual(["resolved", "after"]);
  });

  it("of onInit are awaited by the first run", async () => {
    const { calls, callback } = recorder();
    const init = onInit(async () => {
      await sleep(1);
      calls.push("initialised");
    });
    await online([init, callback]).forTrainSteps(0).run(0);
    expect(calls).toEqual(["initialised", "onInit", "onStart", "onEnd"]);
  });

  it("of onInit that reject are the first run's error, not the process's", async () => {
    const unhandled = vi.fn<() => void>();
    process.on("unhandledRejection", unhandled);
    try {
      const trial = online(onInit(() => Promise.reject(new Error("no data"))));
      await sleep(5);
      await expect(trial.forTrainSteps(1).run()).rejects.toThrow("no data");
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off("unhandledRejection", unhandled);
    }
  });

  it("cost nothing where there are none: the number of promises does not grow with the steps", async () => {
    const promisesOf = async (steps: number): Promise<number> => {
      const trial = online([recorder().callback], [mean("est", () => 1)]).forSteps(steps, steps);
      let promises = 0;
      const hook = createHook({ init: (_id, type) => void (type === "PROMISE" && promises++) });
      hook.enable();
      await trial.run();
      hook.disable();
      return promises;
    };
    expect(await promisesOf(20_000)).toBeLessThan(2000);
    // It can count: an asynchronous hook makes at least one a step.
    let promises = 0;
    const hook = createHook({ init: (_id, type) => void (type === "PROMISE" && promises++) });
    hook.enable();
    await online(onStepTraining(async () => {}))
      .forTrainSteps(500)
      .run();
    hook.disable();
    expect(promises).toBeGreaterThan(500);
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

  it.each([-1, 1.5, NaN, Infinity, "10" as never])("cannot be %s", (steps) => {
    for (const set of [
      () => online().forTrainSteps(steps),
      () => online().forValSteps(steps),
      () => online().forSteps(1, steps),
    ]) {
      expect(set).toThrow(ArgumentError);
      expect(set).toThrow("Expected `steps` to be an integer from 0, got");
    }
  });
});

describe("stopTraining", () => {
  const stopAt = (hook: (f: Callback["onStart"] & {}) => Callback, batch: number): Callback =>
    hook((state) => {
      if (state.batch === batch) state.stopTraining = true;
    });

  it("in training ends the epoch after that step, all but its validation, and the run", async () => {
    const { calls, callback } = recorder();
    const history = await online(
      [stopAt(onStepTraining, 1), callback],
      [mean("batch", (state) => state.batch)],
    )
      .forSteps(10, 5)
      .run(3);
    expect(calls).toEqual(["onInit", "onStart", ...EPOCH, "onEnd"]);
    expect(history).toEqual([{ batch: 0.5, trainSteps: 10, validationSteps: 5 }]);
  });

  it("in the middle of a step lets that step be finished", async () => {
    const { calls, callback } = recorder();
    const trial = online([stopAt(onSample, 1), callback]);
    await trial.forTrainSteps(10).run();
    expect(calls).toEqual(["onInit", "onStart", ...EPOCH, "onEnd"]);
  });

  it("in validation ends it, and the run after this epoch", async () => {
    const { calls, callback } = recorder();
    const history = await online([stopAt(onStepValidation, 2), callback])
      .forSteps(1, 10)
      .run(3);
    expect(calls.filter((call) => call === "onStepValidation")).toHaveLength(3);
    expect(calls.slice(-4)).toEqual(["onEndValidation", "onEndEpoch", "onCheckpoint", "onEnd"]);
    expect(history).toHaveLength(1);
  });

  it.each([
    ["onEndEpoch", onEndEpoch],
    ["onCheckpoint", onCheckpoint],
  ])("at %s is in time", async (_name, hook) => {
    const stop = hook((state) => void (state.stopTraining = state.epoch === 1));
    expect(await online(stop).forTrainSteps(2).run(5)).toHaveLength(2);
  });

  it("is forgotten by the next run, which goes on behind the epoch", async () => {
    const batches: string[] = [];
    const stop = onStepTraining((state) => {
      batches.push(`${state.epoch}/${state.batch}`);
      state.stopTraining = state.epoch === 0 && state.batch === 1;
    });
    const trial = online(stop).forTrainSteps(3);
    await trial.run(2);
    await trial.run(2);
    expect(batches).toEqual(["0/0", "0/1", "1/0", "1/1", "1/2"]);
  });
});

describe("an AbortSignal", () => {
  it("ends the run after the step that is being computed", async () => {
    const controller = new AbortController();
    const { calls, callback } = recorder();
    const abort = onForward((state) => void (state.batch === 1 && controller.abort()));
    const trial = online([abort, callback]).forSteps(10, 2);
    const history = await trial.run(3, { signal: controller.signal });
    expect(calls).toEqual(["onInit", "onStart", ...EPOCH, "onEnd"]);
    expect(history).toHaveLength(1);
  });

  it("in validation too", async () => {
    const controller = new AbortController();
    const { calls, callback } = recorder();
    const abort = onStepValidation(() => controller.abort());
    await online([abort, callback]).forSteps(1, 10).run(3, { signal: controller.signal });
    expect(calls.filter((call) => call === "onStepValidation")).toHaveLength(1);
    expect(calls.slice(-3)).toEqual(["onEndEpoch", "onCheckpoint", "onEnd"]);
  });

  it("between two epochs begins no other", async () => {
    const controller = new AbortController();
    const trial = online(onCheckpoint(() => controller.abort())).forTrainSteps(2);
    expect(await trial.run(3, { signal: controller.signal })).toHaveLength(1);
  });

  it("that is aborted already lets nothing be computed", async () => {
    const { calls, callback } = recorder();
    expect(await online(callback).forTrainSteps(2).run(1, { signal: AbortSignal.abort() })).toEqual([]);
    expect(calls).toEqual(["onInit", "onStart", "onEnd"]);
  });

  it("is heard while the loop is synchronous", async () => {
    const start = performance.now();
    const guard = onStepTraining(() => {
      if (performance.now() - start > 20_000) throw new Error("the timer had no turn in 20 s");
    });
    const trial = online(guard).forTrainSteps(Number.MAX_SAFE_INTEGER);
    expect(await trial.run(1, { signal: AbortSignal.timeout(30) })).toHaveLength(1);
    expect(trial.state.batch).toBeGreaterThan(0);
  });
});

describe("an error", () => {
  class Failing extends Model {
    readonly x = new Parameter(1);
    override forward(): Var {
      this.x.mul(2);
      throw new Error("forward");
    }
  }
  const failure = (name: string) => (): never => {
    throw new Error(name);
  };
  const model = (): Model => new Online();
  const cases: [string, (callback: Callback) => Trial, string][] = [
    ["a hook", (c) => online([onStepTraining(failure("hook")), c]), "onBackward"],
    ["the first hook", (c) => online([onStart(failure("hook")), c]), "onInit"],
    ["a metric", (c) => online(c, [mean("est", failure("metric"))]), "onBackward"],
    ["forward", (c) => new Trial(new Failing(), undefined, loss, { callbacks: c, verbose: 0 }), "onSample"],
    [
      "a criterion",
      (c) => new Trial(model(), undefined, failure("criterion"), { callbacks: c, verbose: 0 }),
      "onForward",
    ],
    [
      "a criterion on the tape",
      (c) =>
        new Trial(
          Object.defineProperty(model(), "gradient", { value: undefined }),
          undefined,
          failure("criterion"),
          { callbacks: c, verbose: 0 },
        ),
      "onForward",
    ],
  ];

  it.each(cases)("of %s is thrown on, after onException in place of onEnd", async (_name, make, last) => {
    const { calls, callback } = recorder();
    const trial = make(callback).forTrainSteps(3);
    await expect(trial.run()).rejects.toThrow(/^(hook|metric|forward|criterion)$/);
    expect(calls.slice(-2)).toEqual([last, "onException"]);
    expect(calls.filter((call) => call === "onException")).toHaveLength(1);
    expect(trial.state.history).toEqual([]);
    expect(() => currentTape()).toThrow("only inside a model's forward");
  });

  it("leaves a trial that can run again", async () => {
    let fails = true;
    const trial = online(
      onStepTraining(() => {
        if (fails) throw new Error("once");
      }),
    ).forTrainSteps(2);
    await expect(trial.run()).rejects.toThrow("once");
    fails = false;
    expect(await trial.run()).toHaveLength(1);
    expect(trial.state.run).toBe(2);
  });

  it("reaches every onException, and is not replaced by what goes wrong there", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const another = new Error("while closing");
    const { calls, callback } = recorder();
    const closing: Callback = { onException: () => Promise.reject(another) };
    const trial = online([closing, onStepTraining(failure("hook")), callback]).forTrainSteps(1);
    await expect(trial.run()).rejects.toThrow("hook");
    expect(calls.at(-1)).toBe("onException");
    expect(warn.mock.calls).toEqual([[another]]);
  });

  it("of a log is not told a second time by the log", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const full = new WriteError("log", Object.assign(new Error("full"), { code: "ENOSPC" }));
    const closing: Callback = { onException: () => Promise.reject(full) };
    const trial = online([closing, onStepTraining(() => Promise.reject(full))]).forTrainSteps(1);
    await expect(trial.run()).rejects.toBe(full);
    expect(warn).not.toHaveBeenCalled();
  });

  it("of onInit is the constructor's", () => {
    expect(() => online(onInit(failure("init")))).toThrow("init");
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
