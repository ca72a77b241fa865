// How a run ends before its time: stopped, aborted, by an error.
import { afterEach, describe, expect, it, vi } from "vitest";
import { WriteError } from "../../src/errors.js";
import {
  loss,
  mean,
  Model,
  Online,
  onCheckpoint,
  onEndEpoch,
  onForward,
  onInit,
  onSample,
  onStart,
  onStepTraining,
  onStepValidation,
  Parameter,
  Trial,
  type Callback,
  type Var,
} from "../../src/engine/index.js";
import { currentTape } from "../../src/engine/tape.js";
import { EPOCH, online, recorder } from "./trials.js";

afterEach(() => {
  vi.restoreAllMocks();
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

  it("at onStart lets nothing be computed", async () => {
    const { calls, callback } = recorder();
    const stop = onStart((state) => void (state.stopTraining = true));
    expect(await online([stop, callback]).forSteps(2, 2).run(3)).toEqual([]);
    expect(calls).toEqual(["onInit", "onStart", "onEnd"]);
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

  it("is listened to during a run, and no longer", async () => {
    const { signal } = new AbortController();
    const [add, remove] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    await online().forTrainSteps(1).run(1, { signal });
    const fail = onStepTraining(() => Promise.reject(new Error("no")));
    await expect(online(fail).forTrainSteps(1).run(1, { signal })).rejects.toThrow("no");
    expect(add).toHaveBeenCalledTimes(2);
    expect(remove.mock.calls).toEqual(add.mock.calls);
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
    await expect(trial.run()).rejects.toThrow(/^(hook|metric|forward|criterion)( \(thrown by .*\))?$/);
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

describe("a second run beside the first", () => {
  it("is refused, and the first goes on", async () => {
    const trial = new Trial(new Online(), undefined, loss, { verbose: 0 }).forTrainSteps(3);
    const first = trial.run(1);
    await expect(trial.run(1)).rejects.toMatchObject({ name: "BusyError", code: "BUSY" });
    expect(await first).toHaveLength(1);
    expect(await trial.run(2)).toHaveLength(2);
  });
});
