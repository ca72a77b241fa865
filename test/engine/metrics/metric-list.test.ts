// How a trial's metrics are laid out in one array, and what the state shows of it.
import { describe, expect, expectTypeOf, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  mean,
  Metric,
  metric,
  onCriterion,
  onEndEpoch,
  onEndTraining,
  onStartTraining,
  onStepTraining,
  onStepValidation,
  runningMean,
  std,
  TensorBoard,
  toDict,
  type Callback,
  type LoggedMetric,
  type Mode,
  type State,
} from "../../../src/engine/index.js";
import { EventFileReader, findRuns } from "../../../src/events/index.js";
import { decodeScalar } from "../../../src/summary/index.js";
import { useTempDir } from "../../helpers/temp-dir.js";
import { online } from "../trials.js";

const batch = (state: State): number => state.batch;

describe("the layout", () => {
  const METRICS = [
    mean("m", batch),
    toDict("a", batch),
    runningMean(["a", batch]),
    std("a", batch),
    toDict("b", batch),
  ];

  async function layouts(): Promise<Record<string, unknown>[]> {
    const seen: Record<string, unknown>[] = [];
    const note = (state: State): void =>
      void seen.push({ ...state.metricTags, values: [...state.values].slice(1) });
    await online([onStepTraining(note), onStepValidation(note)], METRICS)
      .forSteps(1, 1)
      .run();
    return seen;
  }

  it("is the loss, the numbers of every step, those of the end", async () => {
    const [train] = await layouts();
    expect(train).toEqual({
      step: ["a", "running_a", "b"],
      final: ["m", "a_std"],
      all: ["a", "running_a", "b", "m", "a_std"],
      values: [0, 0, 0, NaN, NaN],
    });
  });

  it("is another in validation", async () => {
    const [, validation] = await layouts();
    expect(validation).toEqual({
      step: ["val_a", "val_b"],
      final: ["val_m", "val_a_std"],
      all: ["val_a", "val_b", "val_m", "val_a_std"],
      values: [0, 0, NaN, NaN],
    });
  });

  it("begins with the loss, and stays in one array during a pass", async () => {
    const arrays = new Set<Float64Array>();
    const seen: number[][] = [];
    const watch = [
      onCriterion((state) => void seen.push([state.values[0]!, state.loss])),
      onStepTraining((state) => void arrays.add(state.values)),
    ];
    await online(watch, METRICS).forTrainSteps(3).run();
    expect(seen.map(([value, loss]) => value === loss)).toEqual([true, true, true]);
    expect(seen[1]![0]).toBeGreaterThan(1);
    expect(arrays.size).toBe(1);
    expect([...arrays][0]).toHaveLength(6);
  });

  it("has places where no number is yet not a number, in every pass", async () => {
    const seen: number[][] = [];
    const note = onStartTraining((state) => void seen.push([...state.values]));
    await online(note, [toDict("a", batch)])
      .forTrainSteps(2)
      .run(2);
    expect(seen).toEqual([
      [NaN, NaN],
      [NaN, NaN],
    ]);
  });
});

describe("state.metrics", () => {
  it("is a view of the numbers as they are now; spread, a copy of them", async () => {
    const [views, copies]: [State["metrics"][], object[]] = [[], []];
    const watch = onStepTraining((state) => {
      views.push(state.metrics);
      copies.push({ ...state.metrics });
    });
    await online(watch, [toDict("a", batch)])
      .forTrainSteps(3)
      .run();
    expect(copies).toEqual([{ a: 0 }, { a: 1 }, { a: 2 }]);
    expect(views.map((view) => view["a"])).toEqual([2, 2, 2]);
    expect(new Set(views).size).toBe(1);
  });

  it("has the numbers of the end from onEndTraining on", async () => {
    const seen: object[] = [];
    const note = (state: State): void => void seen.push({ ...state.metrics });
    await online(
      [onStepTraining(note), onEndTraining(note), onStepValidation(note), onEndEpoch(note)],
      [toDict("a", batch), mean("m", batch)],
    )
      .forSteps(2, 1)
      .run();
    expect(seen).toEqual([
      { a: 0 },
      { a: 1 },
      { a: 1, m: 0.5 },
      { val_a: 0 },
      { a: 1, m: 0.5, val_a: 0, val_m: 0 },
    ]);
  });

  it("knows no other name", async () => {
    const trial = online([], [toDict("a", batch)]).forTrainSteps(1);
    const seen: unknown[] = [];
    const watch = onStepTraining((state) => {
      seen.push(
        state.metrics["b"],
        state.metrics["toString"],
        "a" in state.metrics,
        Object.keys(state.metrics),
      );
    });
    await online(watch, [toDict("a", batch)])
      .forTrainSteps(1)
      .run();
    await trial.run();
    expect(seen).toEqual([undefined, undefined, true, ["a"]]);
  });

  it("cannot be written to by a metric or a callback", async () => {
    const write = onStepTraining((state) => void ((state.metrics as Record<string, number>)["a"] = 9));
    await expect(
      online(write, [toDict("a", batch)])
        .forTrainSteps(1)
        .run(),
    ).rejects.toThrow(TypeError);
  });
});

describe("a name", () => {
  const expectRefused = async (metrics: (LoggedMetric | Metric)[]): Promise<void> => {
    const run = online([], metrics).forTrainSteps(1).run();
    await expect(run).rejects.toThrow(ArgumentError);
    await expect(run).rejects.toThrow("Expected `metrics` to be metrics with names that differ");
  };

  it("of two numbers of a step is an error", async () => {
    await expectRefused([toDict("a", batch), toDict("a", batch)]);
    await expectRefused([toDict("running_a", batch), runningMean(["a", batch])]);
  });

  it("of two numbers of the end is an error", async () => {
    await expectRefused([mean("a", batch), mean("a", batch)]);
    await expectRefused([std("a", batch), mean("a_std", batch)]);
  });

  it("of a number of the step and one of the end is one place: the end's stays", async () => {
    const seen: object[] = [];
    const watch = onStepTraining((state) => void seen.push({ ...state.metrics }));
    const [entry] = await online(watch, [toDict("z", batch), mean("a", batch), toDict("a", batch)])
      .forTrainSteps(5)
      .run();
    expect(seen.at(-1)).toEqual({ z: 4, a: 4 });
    expect(entry).toEqual({ z: 4, a: 2, trainSteps: 5, validationSteps: 0 });
  });
});

/** A metric with several numbers, some both of the step and of the end. */
class Several implements LoggedMetric {
  stepTags(mode: Mode): readonly string[] {
    return mode === "train" ? ["first", "second"] : [];
  }
  finalTags(mode: Mode): readonly string[] {
    return mode === "train" ? ["total", "first", "last"] : ["only"];
  }
  reset(): void {}
  process(state: State, out: Float64Array, at: number): void {
    out[at] = state.batch;
    out[at + 1] = -state.batch;
  }
  processFinal(_state: State, out: Float64Array, at: number): void {
    for (let i = 0; i < 3; i++) out[at + i] = 100 + i;
  }
}

describe("a user's metric", () => {
  it("of several numbers disturbs no other one's", async () => {
    const seen: object[] = [];
    const watch = onStepTraining((state) => void seen.push({ ...state.metrics }));
    const [entry] = await online(watch, [
      toDict("a", batch),
      new Several(),
      toDict("b", batch),
      mean("m", batch),
    ])
      .forSteps(2, 1)
      .run();
    expect(seen.at(-1)).toEqual({ a: 1, first: 1, second: -1, b: 1 });
    expect(entry).toEqual({
      a: 1,
      first: 101,
      second: -1,
      b: 1,
      total: 100,
      last: 102,
      m: 0.5,
      val_a: 0,
      val_b: 0,
      only: 100,
      val_m: 0,
      trainSteps: 2,
      validationSteps: 1,
    });
  });

  it("that is a Metric is logged as by toDict; its processFinal takes the last step's place", async () => {
    class Largest extends Metric {
      #largest = -Infinity;
      override process(state: State): number {
        this.#largest = Math.max(this.#largest, state.loss);
        return state.loss;
      }
      override processFinal(): number {
        return this.#largest;
      }
      override reset(): void {
        this.#largest = -Infinity;
      }
    }
    const seen: number[] = [];
    const watch = onStepTraining((state) => void seen.push(state.metrics["largest"]!));
    const [first, second] = await online(watch, [new Largest("largest")])
      .forSteps(3, 1)
      .run(2);
    // The last step's loss is below it.
    expect(first!["largest"]).toBeCloseTo(1.01, 7);
    expect(seen[2]).toBeLessThan(0);
    expect(second!["largest"]).toBe(Math.max(...seen.slice(3)));
    expect(Object.keys(first!)).toEqual(["largest", "val_largest", "trainSteps", "validationSteps"]);
  });

  it("sees the parameters after the step and the loss before it, and no callback before it", async () => {
    const order: string[] = [];
    const trial = online(onStepTraining(() => void order.push("callback")) as Callback, [
      metric("x", (state) => {
        order.push("metric");
        return state.model.parameters()[0]!.item() === 0 ? 0 : state.loss + 1;
      }),
    ]);
    await trial.forTrainSteps(1).run();
    expect(order).toEqual(["metric", "callback"]);
    expect(trial.state.metrics["x"]).toBe(1);
  });

  it("is typed", () => {
    expectTypeOf(toDict).toBeCallableWith("x", (state: State) => state.loss);
    expectTypeOf(mean).toBeCallableWith(metric("x", batch));
    expectTypeOf(toDict).returns.toEqualTypeOf<LoggedMetric>();
    // @ts-expect-error a name without a function
    const wrong = (): LoggedMetric => toDict("x");
    expect(wrong).not.toThrow(ArgumentError);
  });
});

describe("a metric that throws", () => {
  const newLogDir = useTempDir("metric-list");
  const throwing = (call: string): LoggedMetric => {
    const fail = (name: string) => (): void => {
      if (name === call) throw new TypeError("no such number");
    };
    return {
      stepTags: () => ["first"],
      finalTags: () => ["first", "second"],
      reset: fail("reset"),
      process: fail("process"),
      processFinal: fail("processFinal"),
    };
  };

  it.each([
    ["reset", "the start of a pass, epoch 0, batch 0"],
    ["process", "a step, epoch 0, batch 0"],
    ["processFinal", "the end of a pass, epoch 0, batch 1"],
  ])("in %s is named, with where the training was", async (call, where) => {
    const failed = online([], [toDict("fine", batch), throwing(call)])
      .forTrainSteps(2)
      .run();
    await expect(failed).rejects.toThrow(
      new TypeError(`no such number (thrown by the metric first, second at ${where})`),
    );
  });

  it("in validation is named too, with what was thrown if that is no error", async () => {
    const bad = metric("bad", (state) => {
      // oxlint-disable-next-line no-throw-literal -- a user's function may
      if (!state.model.training) throw "a string";
      return 1;
    });
    const failed = online([], [mean(bad)])
      .forSteps(1, 1)
      .run();
    await expect(failed).rejects.toMatchObject({
      code: "CALLBACK_FAILED",
      cause: "a string",
      message: "a string (thrown by the metric bad at a step, epoch 0, batch 0)",
    });
  });

  it("closes the logs, which have all steps before it", async () => {
    const logDir = newLogDir();
    const fails = metric("fails", (state) => {
      if (state.batch === 3) throw new TypeError("no such number");
      return 10 * state.batch;
    });
    const board = (): TensorBoard => new TensorBoard({ logDir, writeBatchMetrics: true, batchStepSize: 1 });
    await expect(online(board(), [fails]).forTrainSteps(5).run()).rejects.toThrow("no such number");
    const [run] = findRuns(logDir);
    const reader = new EventFileReader(run!.files[0]!);
    const values = [...reader].flatMap(({ summary = [] }) => summary.map(decodeScalar));
    expect(values).toEqual([0, 10, 20]);
    expect(reader.pending).toBe(0);
    reader.close();
    // Open, it would be refused to a second writer.
    await online(board(), [toDict("fine", batch)])
      .forTrainSteps(1)
      .run();
  });
});

describe("a metric with a callback", () => {
  it("has it called behind the trial's own, and once", async () => {
    const order: string[] = [];
    const timed: LoggedMetric = {
      stepTags: () => [],
      finalTags: () => [],
      reset: () => {},
      process: () => void order.push("process"),
      processFinal: () => {},
      callback: onStepTraining(() => void order.push("of the metric")),
    };
    const own = onStepTraining(() => void order.push("of the trial"));
    await online(own, [timed]).forTrainSteps(1).run();
    expect(order).toEqual(["process", "of the trial", "of the metric"]);
    order.length = 0;
    await online([timed.callback!, own], [timed]).forTrainSteps(1).run();
    expect(order).toEqual(["process", "of the metric", "of the trial"]);
  });
});
