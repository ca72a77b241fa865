// What a training knows about itself.
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  Adam,
  loss,
  Online,
  onStart,
  onStepTraining,
  onStepValidation,
  stateKey,
  Trial,
  type HistoryEntry,
  type State,
} from "../../src/engine/index.js";

function trial(callbacks: ConstructorParameters<typeof Trial>[3] = {}): Trial {
  const model = new Online();
  return new Trial(model, Adam(model.parameters()), loss, { verbose: 0, ...callbacks });
}

describe("State", () => {
  it("has what the trial was made of", () => {
    const model = new Online();
    const optimizer = Adam(model.parameters());
    const callback = onStart(() => {});
    const { state } = new Trial(model, optimizer, loss, { callbacks: [[callback]], verbose: 0 });
    expect(state.model).toBe(model);
    expect(state.optimizer).toBe(optimizer);
    expect(state.criterion).toBe(loss);
    expect(state.callbackList.callbacks).toEqual([callback]);
    expect([state.run, state.epoch, state.batch, state.maxEpochs, state.history]).toEqual([0, 0, 0, 0, []]);
    expect(state.stopTraining).toBe(false);
    expect([state.x, state.yTrue]).toEqual([undefined, undefined]);
  });

  it("is one object, in every run and at every hook, and has the counters of the moment", async () => {
    const seen: (number | string)[][] = [];
    const states = new Set<State>();
    const note = (kind: string) => (state: State) => {
      states.add(state);
      seen.push([kind, state.run, state.epoch, state.maxEpochs, state.batch, state.steps]);
    };
    const made = trial({ callbacks: [onStepTraining(note("t")), onStepValidation(note("v"))] });
    await made.forSteps(2, 1).run(1);
    await made.run(2);
    expect(seen).toEqual([
      ["t", 0, 0, 1, 0, 2],
      ["t", 0, 0, 1, 1, 2],
      ["v", 0, 0, 1, 0, 1],
      ["t", 1, 1, 2, 0, 2],
      ["t", 1, 1, 2, 1, 2],
      ["v", 1, 1, 2, 0, 1],
    ]);
    expect([...states]).toEqual([made.state]);
    expect([made.state.trainSteps, made.state.validationSteps, made.state.run]).toEqual([2, 1, 2]);
  });

  it("has loss and prediction as numbers that can be set", () => {
    const { state } = trial();
    state.loss = 3;
    expect([state.loss, state.values[0]]).toEqual([3, 3]);
    state.yPred = new Float64Array([1, 2]);
    expect(state.yPred).toEqual(new Float64Array([1, 2]));
    state.yPred = 7;
    expect([state.yPred, state.prediction[0]]).toEqual([7, 7]);
  });
});

describe("stateKey", () => {
  it("is a place of a user's own, with a type", async () => {
    const momentum = stateKey<number[]>("momentum");
    const made = trial({
      callbacks: [
        onStart((state) => state.set(momentum, [])),
        onStepTraining((state) => void state.get(momentum)!.push(state.batch)),
      ],
    });
    expect(made.state.get(momentum)).toBeUndefined();
    await made.forTrainSteps(3).run();
    expect(made.state.get(momentum)).toEqual([0, 1, 2]);
    expectTypeOf(made.state.get(momentum)).toEqualTypeOf<number[] | undefined>();
    // @ts-expect-error a value of another type
    made.state.set(momentum, "text");
  });

  it("is another key each time, whatever its name, and another value in each trial", () => {
    const [a, b] = [stateKey<number>("same"), stateKey<number>("same")];
    const [first, second] = [trial().state, trial().state];
    first.set(a, 1);
    first.set(b, 2);
    second.set(a, 3);
    expect([first.get(a), first.get(b), second.get(a), second.get(b)]).toEqual([1, 2, 3, undefined]);
    expect(a.name).toBe("same");
  });
});

it("is typed: history has numbers by name", () => {
  expectTypeOf<HistoryEntry["trainSteps"]>().toEqualTypeOf<number>();
  expectTypeOf<HistoryEntry[string]>().toEqualTypeOf<number>();
  expectTypeOf<State["metrics"]>().toEqualTypeOf<Readonly<Record<string, number>>>();
  expectTypeOf<State["yPred"]>().toEqualTypeOf<number | Float64Array>();
  expect(trial().state.metrics).toEqual({});
});
