// Callbacks that act only sometimes.
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  greedyUpdate,
  once,
  oncePerEpoch,
  onEnd,
  onlyIf,
  onStart,
  onStartEpoch,
  onStepTraining,
  onStepValidation,
  toDict,
  type Callback,
  type HookFunction,
  type State,
} from "../../src/engine/index.js";
import { online } from "./trials.js";

const even = (state: State): boolean => state.batch % 2 === 0;

/** A function that notes epoch and batch. */
function noting(): { seen: string[]; note: HookFunction } {
  const seen: string[] = [];
  return { seen, note: (state) => void seen.push(`${state.epoch}/${state.batch}`) };
}

describe("onlyIf", () => {
  it("calls below a hook's function and above it", async () => {
    const [below, above] = [noting(), noting()];
    await online([onStepTraining(onlyIf(even, below.note)), onlyIf(even, onStepTraining(above.note))])
      .forTrainSteps(5)
      .run();
    expect(below.seen).toEqual(["0/0", "0/2", "0/4"]);
    expect(above.seen).toEqual(below.seen);
  });

  it("asks with the state of the moment, once a call", async () => {
    const asked: number[] = [];
    const { seen, note } = noting();
    const positive = (state: State): boolean => {
      asked.push(state.metrics["batch"]!);
      return state.loss > 0;
    };
    await online(onStepTraining(onlyIf(positive, note)), [toDict("batch", (state) => state.batch)])
      .forTrainSteps(3)
      .run();
    expect(asked).toEqual([0, 1, 2]);
    // Only at batch 1, after a first step up, the loss is 1010 · 0.001.
    expect(seen).toEqual(["0/1"]);
  });

  it("nests, and goes through a chain of hooks", async () => {
    const { seen, note } = noting();
    const late = (state: State): boolean => state.batch >= 2;
    await online(onlyIf(even, onStepTraining(onStepValidation(onlyIf(late, note)))))
      .forSteps(5, 3)
      .run();
    expect(seen).toEqual(["0/2", "0/4", "0/2"]);
  });

  it("holds for every hook of an object, but not for onException", async () => {
    const calls: string[] = [];
    class Logger implements Callback {
      readonly prefix = "a ";
      onStart(): void {
        calls.push(`${this.prefix}start`);
      }
      onEnd(): void {
        calls.push(`${this.prefix}end`);
      }
      onException(): void {
        calls.push(`${this.prefix}exception`);
      }
    }
    await online(onlyIf(() => false, new Logger()))
      .forTrainSteps(1)
      .run();
    expect(calls).toEqual([]);
    await online(onlyIf(() => true, new Logger()))
      .forTrainSteps(1)
      .run();
    expect(calls).toEqual(["a start", "a end"]);
    const fail = onStepTraining(() => Promise.reject(new Error("no")));
    await expect(
      online([onlyIf(() => false, new Logger()), fail])
        .forTrainSteps(1)
        .run(),
    ).rejects.toThrow("no");
    expect(calls).toEqual(["a start", "a end", "a exception"]);
  });

  it("gives on a promise", async () => {
    const promise = Promise.resolve();
    expect(onlyIf(even, () => promise)(online().state)).toBe(promise);
    expect(
      onlyIf(
        () => false,
        () => promise,
      )(online().state),
    ).toBeUndefined();
  });
});

describe("once", () => {
  it("calls at the first time in a trial, whatever the epoch and the run", async () => {
    const { seen, note } = noting();
    const trial = online(onStepTraining(once(note))).forTrainSteps(3);
    await trial.run(2);
    await trial.run(4);
    expect(seen).toEqual(["0/0"]);
  });

  it("calls again in another trial", async () => {
    const { seen, note } = noting();
    const callback = once(onStepTraining(note));
    await online(callback).forTrainSteps(2).run();
    await online(callback).forTrainSteps(2).run();
    expect(seen).toEqual(["0/0", "0/0"]);
  });

  it("is shared by the hooks of one function, and not by those of an object", async () => {
    const { seen, note } = noting();
    await online(once(onStart(onStepTraining(onEnd(note)))))
      .forTrainSteps(2)
      .run();
    expect(seen).toEqual(["0/0"]);
    const calls: string[] = [];
    const object: Callback = {
      onStart: () => void calls.push("start"),
      onStepTraining: () => void calls.push("step"),
    };
    await online(once(object)).forTrainSteps(2).run();
    expect(calls).toEqual(["start", "step"]);
  });

  it("below onlyIf waits for the condition; above it does not", async () => {
    const [below, above] = [noting(), noting()];
    const late = (state: State): boolean => state.batch === 2;
    await online([
      onStepTraining(onlyIf(late, once(below.note))),
      onStepTraining(once(onlyIf(late, above.note))),
    ])
      .forTrainSteps(4)
      .run();
    expect(below.seen).toEqual(["0/2"]);
    expect(above.seen).toEqual([]);
  });
});

describe("oncePerEpoch", () => {
  it("calls at the first time in each epoch", async () => {
    const { seen, note } = noting();
    await online(onStepTraining(oncePerEpoch(note)))
      .forTrainSteps(3)
      .run(3);
    expect(seen).toEqual(["0/0", "1/0", "2/0"]);
  });

  it("calls in every run, also where an epoch is begun a second time", async () => {
    const { seen, note } = noting();
    let fails = true;
    const fail = onStepTraining((state) => {
      if (fails && state.batch === 1) throw new Error("halfway");
    });
    const trial = online([onStepTraining(oncePerEpoch(note)), fail]).forTrainSteps(2);
    await expect(trial.run(1)).rejects.toThrow("halfway");
    fails = false;
    await trial.run(1);
    await trial.run(2);
    expect(seen).toEqual(["0/0", "0/0", "1/0"]);
  });

  it("calls in every trial that it is given to, also in turns", async () => {
    const { seen, note } = noting();
    const callback = onStepTraining(oncePerEpoch(note));
    const [a, b] = [online(callback).forTrainSteps(2), online(callback).forTrainSteps(2)];
    await a.run(1);
    await b.run(1);
    await a.run(2);
    await b.run(2);
    expect(seen).toEqual(["0/0", "0/0", "1/0", "1/0"]);
  });

  it("is shared by the hooks of one function", async () => {
    const { seen, note } = noting();
    await online(oncePerEpoch(onStartEpoch(onStepTraining(note))))
      .forTrainSteps(2)
      .run(2);
    // At onStartEpoch the batch is still the last epoch's.
    expect(seen).toEqual(["0/0", "1/1"]);
  });
});

it("is typed: a function stays one, of an object its hooks and its memory are left", () => {
  const f = once((state) => void state.batch);
  expectTypeOf(f).toEqualTypeOf<HookFunction>();
  expectTypeOf(oncePerEpoch(onStart(f))).toEqualTypeOf<Callback>();
  const box = onlyIf(even, greedyUpdate());
  expectTypeOf(box).toEqualTypeOf<Callback>();
  expect(Object.keys(box).toSorted()).toEqual(["loadStateDict", "onStart", "onStepTraining", "stateDict"]);
});
