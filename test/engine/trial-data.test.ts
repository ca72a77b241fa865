// Where a trial's steps take their input from: data in memory, generators, loaders, closures.
import { describe, expect, it } from "vitest";
import { ArgumentError, BusyError } from "../../src/errors.js";
import {
  loss,
  mean,
  Model,
  onStepTraining,
  onStepValidation,
  onEndTraining,
  Parameter,
  SGD,
  toDict,
  Trial,
  type Batch,
  type BatchSource,
  type CallbackLike,
  type Rows,
  type State,
  type TrialOptions,
  type Var,
} from "../../src/engine/index.js";

/** Its prediction is its input, a number, times w. */
class Times extends Model {
  readonly w = new Parameter(1);
  override forward(x: number): Var {
    return this.w.mul(x);
  }
}

function trial(options: TrialOptions<State<Times, number>> = {}): Trial<Times, number> {
  const model = new Times();
  return new Trial<Times, number>(model, undefined, loss, { verbose: 0, ...options });
}

/** What each step was given, as `x/yTrue`. */
function given(...hooks: ((f: (state: State) => void) => CallbackLike)[]): {
  seen: string[];
  callbacks: CallbackLike;
} {
  const seen: string[] = [];
  const note = (state: State): void => void seen.push(`${String(state.x)}/${String(state.yTrue)}`);
  return { seen, callbacks: hooks.map((hook) => hook(note)) };
}

const THREE: Batch<number, number>[] = [
  [1, 10],
  [2, 20],
  [3, 30],
];

function* threeOnce(): Generator<Batch<number, number>> {
  yield* THREE;
}

async function* threeSlowly(): AsyncGenerator<Batch<number, number>> {
  for (const batch of THREE) yield await Promise.resolve(batch);
}

describe("a generator", () => {
  it.each<[string, () => BatchSource<number, number>]>([
    ["an array", () => THREE],
    ["a set", () => new Set(THREE)],
    ["a function", () => threeOnce],
    ["a function that is asynchronous", () => threeSlowly],
    ["an object that is asynchronous", () => ({ [Symbol.asyncIterator]: threeSlowly })],
  ])("that is %s gives each epoch its batches from the beginning", async (_, make) => {
    const { seen, callbacks } = given(onStepTraining);
    await trial({ callbacks }).withTrainGenerator(make(), 3).run(2);
    expect(seen).toEqual(["1/10", "2/20", "3/30", "1/10", "2/20", "3/30"]);
  });

  it("says how many steps an epoch has, unless they are given, before or with it", async () => {
    const steps = async (set: (trial: Trial<Times, number>) => void): Promise<number> => {
      const one = trial();
      set(one);
      return (await one.run())[0]!.trainSteps;
    };
    expect(await steps((one) => one.withTrainGenerator(THREE))).toBe(3);
    expect(await steps((one) => one.withTrainGenerator(new Set(THREE)))).toBe(3);
    expect(await steps((one) => one.forTrainSteps(2).withTrainGenerator(THREE))).toBe(2);
    expect(await steps((one) => one.forTrainSteps(2).withTrainGenerator(THREE, 1))).toBe(1);
    expect(await steps((one) => one.withTrainGenerator(THREE).forTrainSteps(4))).toBe(4);
    const silent = (): unknown => trial().withTrainGenerator(threeOnce);
    expect(silent).toThrow(ArgumentError);
    expect(silent).toThrow("Expected `steps` to be given, since `trainGenerator` does not say its length");
  });

  it("begins again within an epoch that is longer, and in the next one from its beginning", async () => {
    const { seen, callbacks } = given(onStepTraining);
    await trial({ callbacks }).withTrainGenerator(THREE, 4).run(2);
    expect(seen.join(" ")).toBe("1/10 2/20 3/30 1/10 1/10 2/20 3/30 1/10");
  });

  it("goes on over epochs with withInfTrainLoader", async () => {
    const { seen, callbacks } = given(onStepTraining);
    await trial({ callbacks }).withTrainGenerator(THREE, 2).withInfTrainLoader().run(3);
    expect(seen.join(" ")).toBe("1/10 2/20 3/30 1/10 2/20 3/30");
  });

  it("that can be gone through once serves as many epochs as it has batches for", async () => {
    const { seen, callbacks } = given(onStepTraining);
    const one = trial({ callbacks }).withTrainGenerator(threeOnce(), 2);
    await expect(one.run(2)).rejects.toThrow(
      "Expected `trainGenerator` to be a source with a batch for each step, got one that ended after 1",
    );
    expect(seen).toEqual(["1/10", "2/20", "3/30"]);
  });

  it.each<[string, () => BatchSource<number, number>]>([
    ["an array", () => []],
    ["a generator object", () => (function* () {})()],
    ["an asynchronous one", () => async function* () {}],
  ])("without a batch is an error: %s", async (_, make) => {
    await expect(trial().withTrainGenerator(make(), 2).run()).rejects.toThrow(
      "Expected `trainGenerator` to be a source with a batch for each step, got one without any",
    );
  });

  it("is told the number of the pass, and is closed when an epoch is done with it", async () => {
    const passes: number[] = [];
    let closed = 0;
    function* source(pass: number): Generator<Batch<number, number>> {
      passes.push(pass);
      try {
        for (;;) yield [pass, 0];
      } finally {
        closed++;
      }
    }
    await trial().withTrainGenerator(source, 2).run(3);
    expect([passes, closed]).toEqual([[0, 1, 2], 3]);
  });

  it.each([
    [5, "Expected `valGenerator` to be an iterable or a function of batches, got 5 (number)"],
    [null, "Expected `valGenerator` to be an iterable or a function of batches, got null"],
  ])("cannot be %s", (source, message) => {
    expect(() => trial().withValGenerator(source as never, 1)).toThrow(message);
  });

  it.each([
    [{}, "Expected `valGenerator` to be an iterable or a function of batches, got an object"],
    [() => 3, "Expected `valGenerator` to be a function that returns an iterable of batches, got 3 (number)"],
    [[3], "Expected `valGenerator` to be a source of batches [x] or [x, yTrue], got 3 (number)"],
  ])("that gives no batches ends the run: %s", async (source, message) => {
    await expect(
      trial()
        .withValGenerator(source as never, 1)
        .run(),
    ).rejects.toThrow(message);
  });

  it("that throws ends the run with its error", async () => {
    const source = function* (): Generator<Batch<number, number>> {
      yield [1, 1];
      throw new RangeError("no more");
    };
    await expect(trial().withTrainGenerator(source, 3).run()).rejects.toThrow(RangeError);
  });
});

describe("data in memory", () => {
  class Sum extends Model {
    readonly w = new Parameter(1);
    override forward(x: Rows): Var {
      return this.w.mul(x.data.reduce((sum, value) => sum + value, 0));
    }
  }

  it("is shuffled for training, by the trial's seed, and in its order for validation and test", async () => {
    const rows = Array.from({ length: 20 }, (_, i) => i);
    const orderOf = async (seed: number): Promise<{ train: number[]; val: number[] }> => {
      const order = { train: [] as number[], val: [] as number[] };
      const callbacks = [
        onStepTraining<State<Sum>>((state) => void order.train.push(state.x.data[0]!)),
        onStepValidation<State<Sum>>((state) => void order.val.push(state.x.data[0]!)),
      ];
      await new Trial(new Sum(), undefined, loss, { callbacks, seed, verbose: 0 })
        .withTrainData(rows, rows)
        .withValData(rows, rows)
        .run(2);
      return order;
    };
    const [one, same, other] = [await orderOf(1), await orderOf(1), await orderOf(2)];
    expect(one.val).toEqual([...rows, ...rows]);
    expect(one.train.slice(0, 20)).not.toEqual(rows);
    expect(one.train.slice(0, 20)).not.toEqual(one.train.slice(20));
    expect(one.train.slice(0, 20).toSorted((a, b) => a - b)).toEqual(rows);
    expect(same.train).toEqual(one.train);
    expect(other.train).not.toEqual(one.train);
  });

  it("is taken in its order where shuffle is false, and by as many steps as are given", async () => {
    const { seen, callbacks } = given(onStepTraining);
    const note = new Trial(new Sum(), undefined, loss, {
      callbacks: [callbacks, onStepTraining<State<Sum>>((state) => void seen.push(String(state.x.data)))],
      verbose: 0,
    });
    await note.withTrainData([1, 2, 3, 4, 5], undefined, { shuffle: false, batchSize: 2, steps: 2 }).run();
    expect(seen.filter((entry) => !entry.includes("/"))).toEqual(["1,2", "3,4"]);
  });
});

describe("evaluate and predict", () => {
  const metrics = [
    toDict("x", (state: State) => state.x as number),
    mean("mean", (state: State) => state.loss),
  ];

  it("measure validation data under val_, and add it to the history's last entry", async () => {
    const one = trial({ metrics })
      .withTrainGenerator(THREE)
      .withValGenerator([
        [4, 40],
        [6, 60],
      ]);
    expect(await one.evaluate()).toEqual({ val_x: 6, val_mean: 5 });
    expect(one.state.history).toEqual([]);
    await one.forValSteps(0).run(1);
    await one.forValSteps(2).evaluate();
    expect(one.state.history).toEqual([
      { x: 3, mean: 2, val_x: 6, val_mean: 5, trainSteps: 3, validationSteps: 0 },
    ]);
  });

  it("measure training data under train_ and test data under test_", async () => {
    const one = trial({ metrics }).withTrainGenerator(THREE).withTestGenerator(THREE, 1);
    expect(await one.evaluate({ dataKey: "train" })).toEqual({ train_x: 3, train_mean: 2 });
    expect(await one.evaluate({ dataKey: "test" })).toEqual({ test_x: 1, test_mean: 1 });
    expect(await one.evaluate()).toEqual({});
  });

  it("leave the parameters alone, and tell the model that it is no training", async () => {
    const model = new Times();
    const modes: boolean[] = [];
    const note = [onStepTraining, onStepValidation].map((hook) =>
      hook(() => void modes.push(model.training)),
    );
    const one = new Trial<Times, number>(model, SGD(model.parameters(), { lr: 1 }), loss, {
      callbacks: note,
      verbose: 0,
    });
    one.withValGenerator(THREE).withTrainGenerator(THREE, 1);
    await one.evaluate();
    expect(model.w.item()).toBe(1);
    await one.run();
    expect(modes).toEqual([false, false, false, true, false, false, false]);
    expect(model.training).toBe(true);
  });

  it("predict gives every prediction, with and without targets, and measures only where there are some", async () => {
    const { seen, callbacks } = given(onStepValidation);
    const one = trial({ metrics, callbacks }).withTestGenerator([[1], [2, 20], [3]]);
    expect(await one.predict()).toEqual(Float64Array.of(1, 2, 3));
    expect(seen).toEqual(["1/undefined", "2/20", "3/undefined"]);
    const bare = trial({ metrics }).withTestGenerator([[1], [2]]);
    await bare.predict();
    expect(bare.state.metrics).toEqual({});
    expect(await trial().predict()).toEqual(new Float64Array());
  });

  it("are refused while another run goes on", async () => {
    const one = trial().withTrainGenerator(THREE).withValGenerator(THREE);
    const dict = one.stateDict();
    const running = one.run();
    await expect(one.evaluate()).rejects.toThrow(BusyError);
    expect(() => one.loadStateDict(dict)).toThrow(BusyError);
    await running;
    expect(await one.evaluate()).toEqual({});
  });
});

describe("a loader", () => {
  it("gives every kind of step its input, in the place of the data; its promise is awaited", async () => {
    const { seen, callbacks } = given(onStepTraining, onStepValidation);
    const one = trial({ callbacks }).withTrainGenerator(THREE, 2).forValSteps(1).forTestSteps(1);
    one.withLoader(async (state) => {
      await Promise.resolve();
      state.x = 100 + state.batch;
      state.yTrue = 5;
    });
    await one.run();
    await one.predict();
    expect(seen).toEqual(["100/5", "101/5", "100/5", "100/5"]);
  });
});

describe("a closure", () => {
  it("computes the step in the place of the standard one, before the optimizer's", async () => {
    const model = new Times();
    const hooks: string[] = [];
    const one = new Trial<Times, number>(model, SGD(model.parameters(), { lr: 0.5 }), loss, {
      callbacks: [
        onStepTraining((state) => void hooks.push(`step ${state.loss}`)),
        onEndTraining(() => void hooks.push("end")),
      ],
      verbose: 0,
    });
    one.forTrainSteps(2).withClosure((state) => {
      state.loss = 42;
      model.w.grad[0] = 2;
    });
    await one.run();
    expect(hooks).toEqual(["step 42", "step 42", "end"]);
    expect(model.w.item()).toBe(-1);
  });

  it("may compute the standard one, hooks included, and change what came of it", async () => {
    const model = new Times();
    const one = new Trial<Times, number>(model, SGD(model.parameters(), { lr: 1 }), loss, { verbose: 0 });
    one.withTrainGenerator([[3, 0]]).withClosure(async (_, standard) => {
      await standard();
      model.w.grad[0]! /= 3;
    });
    await one.run();
    expect(model.w.item()).toBe(0);
  });
});

describe("replay", () => {
  it("shows each epoch's metrics, those of validation in its own pass, and ends where it is stopped", async () => {
    const one = trial({ metrics: [toDict("e", (state: State) => state.epoch)] });
    await one.withTrainGenerator(THREE).withValGenerator(THREE, 1).run(2);
    const shown: string[] = [];
    const note = (state: State): void => void shown.push(JSON.stringify({ ...state.metrics }));
    await one.replay([onStepTraining(note), onStepValidation(note)], { verbose: 0, oneBatch: true });
    expect(shown).toEqual(['{"e":0}', '{"val_e":0}', '{"e":1}', '{"val_e":1}']);
    const steps: number[] = [];
    const stop = onStepTraining((state) => {
      steps.push(state.batch);
      state.stopTraining = true;
    });
    await one.replay(stop, { verbose: 0 });
    expect(steps).toEqual([0]);
    expect(one.state.history).toHaveLength(2);
  });
});

it("toString has the parts of a trial", () => {
  const model = new Times();
  const one = new Trial<Times, number>(model, SGD(model.parameters(), { lr: 0.5 }), loss, {
    metrics: [mean("m", () => 1)],
    callbacks: [onStepTraining(() => {})],
  });
  expect(String(one)).toBe(`-------------------- OPTIMIZER ---------------------
SGD (lr 0.5, 1 parameters)

-------------------- CRITERION ---------------------
loss

--------------------- METRICS ----------------------
m

-------------------- CALLBACKS ---------------------
{ onStepTraining }

---------------------- MODEL -----------------------
Times
  w: 1
`);
});
