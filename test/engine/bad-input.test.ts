// What a training is given and cannot use: a typed error that says what and where, and files that are closed.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError, CallbackError } from "../../src/errors.js";
import {
  Adam,
  CSVLogger,
  metric,
  Model,
  onStepTraining,
  onStepValidation,
  Parameter,
  SGD,
  TensorBoard,
  Trial,
  type Callback,
  type Criterion,
  type Metric,
  type Operand,
  type Var,
} from "../../src/engine/index.js";
import { LineFile } from "../../src/engine/line-file.js";
import { SummaryWriter } from "../../src/summary/index.js";
import { filesIn } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("bad-training");

function fail(message: string): never {
  throw new Error(message);
}

class Slope extends Model {
  readonly x = new Parameter([1, 2]);
  override forward(): Var {
    return this.x.sum();
  }
}

interface Given {
  readonly model?: Model;
  readonly criterion?: unknown;
  readonly metrics?: readonly Metric[];
  readonly callbacks?: Callback[];
  readonly setUp?: (trial: Trial) => unknown;
}

/** Trains in a directory of its own, and gives what was thrown once it is sure that no file is open any more. */
async function thrownBy({ model = new Slope(), criterion, metrics = [], callbacks = [], setUp }: Given) {
  const dir = tempDir();
  const trial = new Trial(model, SGD(model.parameters(), { lr: 1 }), criterion as Criterion, {
    metrics: [metric("fine", () => 1), ...metrics],
    callbacks: [
      new TensorBoard({ logDir: dir, run: "run", writeBatchMetrics: true, batchStepSize: 1 }),
      new CSVLogger(join(dir, "log.csv"), { batchGranularity: true }),
      ...callbacks,
    ],
    verbose: 0,
  }).forSteps(4, 2) as unknown as Trial;
  setUp?.(trial);
  const error: unknown = await trial.run(3).then(
    () => expect.unreachable("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  // This process has no writer on them, and the file can be gone on with.
  for (const run of ["run", "run/epoch-0"]) new SummaryWriter(join(dir, run)).closeSync();
  new LineFile(join(dir, "log.csv"), "append").close();
  expect(filesIn(dir)).toEqual(["log.csv", "run"]);
  return error as Error;
}

describe("a criterion", () => {
  it.each<[string, unknown, string]>([
    ["that returns nothing", () => undefined, "got undefined"],
    ["that returns a number", () => 5, "got 5 (number)"],
    ["that returns a text", () => "0.5", 'got "0.5" (string)'],
    ["that returns a promise", async (y: Operand) => y, "got an object (Promise)"],
  ])("%s", async (_, criterion, got) => {
    const error = await thrownBy({ criterion });
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(
      "Expected `criterion` to be a function that returns what is computed from its arguments and from " +
        `parameters, ${got} (thrown by the criterion at a step, epoch 0, batch 0)`,
    );
  });

  it("that returns several numbers", async () => {
    const model = new Slope();
    const error = await thrownBy({ model, criterion: () => model.x.mul(2) });
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(
      "Expected `loss` to be a scalar, got 2 numbers (thrown by the criterion at a step, epoch 0, batch 0)",
    );
  });

  it("that throws, in training and in validation", async () => {
    let calls = 0;
    const criterion: Criterion = (y) => (++calls === 6 ? fail("no loss") : y);
    const error = await thrownBy({ criterion });
    expect(error.message).toBe("no loss (thrown by the criterion at a step, epoch 0, batch 1)");
  });
});

describe("a model", () => {
  it("without parameters has no optimizer", () => {
    class Empty extends Model {
      override forward(): Var {
        return new Parameter(1).mul(2);
      }
    }
    const make = () => Adam(new Empty().parameters());
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow("Expected `params` to be at least one parameter, got none");
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "got undefined"],
    ["a number", 3, "got 3 (number)"],
  ])("whose forward returns %s", async (_, result, got) => {
    const model = new Slope();
    model.forward = () => result as Var;
    const error = await thrownBy({ model });
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(/^Expected `Slope.forward` to be a function that returns /);
    expect(error.message).toContain(`${got} (thrown by Slope.forward at a step, epoch 0, batch 0)`);
  });

  it("whose prediction is several numbers and has no criterion", async () => {
    const model = new Slope();
    model.forward = () => model.x.mul(2);
    const error = await thrownBy({ model });
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(/^Expected `loss` to be a scalar, got 2 numbers \(thrown by /);
  });

  it("whose forward or gradient throws", async () => {
    const model = new Slope();
    let calls = 0;
    const sum = model.x.sum.bind(model.x);
    model.forward = () => (++calls === 9 ? fail("too far") : sum());
    const error = await thrownBy({ model });
    expect(error.message).toBe("too far (thrown by Slope.forward at a step, epoch 1, batch 2)");
    const own = Object.assign(new Slope(), { gradient: () => fail("no slope") });
    expect((await thrownBy({ model: own })).message).toBe(
      "no slope (thrown by Slope.gradient at a step, epoch 0, batch 0)",
    );
  });
});

describe("data", () => {
  function* batches(count: number): Generator<readonly [number, number]> {
    for (let i = 0; i < count; i++) yield [i, i];
  }

  it("that end early, once for all", async () => {
    const error = await thrownBy({ setUp: (trial) => trial.withTrainGenerator(batches(6), 4) });
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(
      "Expected `trainGenerator` to be a source with a batch for each step, got one that ended after 2 " +
        "(thrown by trainGenerator at a step, epoch 1, batch 2)",
    );
  });

  it("whose source throws or gives no batch", async () => {
    const failing = function* (): Generator<readonly [number, number]> {
      yield [1, 1];
      throw new RangeError("the file ended");
    };
    expect(await thrownBy({ setUp: (trial) => trial.withTrainGenerator(failing, 4) })).toMatchObject({
      constructor: RangeError,
      message: "the file ended (thrown by trainGenerator at a step, epoch 0, batch 1)",
    });
    const error = await thrownBy({ setUp: (trial) => trial.withTrainGenerator(() => [5, 6] as never, 2) });
    expect(error.message).toContain("`trainGenerator` to be a source of batches [x] or [x, yTrue]");
  });
});

describe("a metric and a callback", () => {
  it("that throw are named, with the hook", async () => {
    const throwing = metric("mine", ({ batch }) => (batch === 2 ? fail("no value") : 1));
    expect((await thrownBy({ metrics: [throwing] })).message).toBe(
      "no value (thrown by the metric mine at a step, epoch 0, batch 2)",
    );
    class Mine implements Callback {
      onEndEpoch(): void {
        throw new TypeError("not yet");
      }
    }
    const error = await thrownBy({ callbacks: [new Mine()] });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe("not yet (thrown by Mine at onEndEpoch, epoch 0, batch 1)");
  });

  it("that reject, or throw what is no error", async () => {
    const late = onStepTraining(async () => Promise.reject(new Error("late")));
    expect((await thrownBy({ callbacks: [late] })).message).toMatch(
      /^late \(thrown by \{ onStepTraining \} at onStepTraining, epoch 0, batch 0\)$/,
    );
    const text = onStepValidation(() => {
      // oxlint-disable-next-line typescript/only-throw-error -- what users do
      throw "just text";
    });
    expect(await thrownBy({ callbacks: [text] })).toBeInstanceOf(CallbackError);
  });
});
