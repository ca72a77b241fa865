// What the schedules do beside computing: when they step, what they take as base rate, what they refuse.
import { describe, expect, it } from "vitest";
import { ArgumentError, ContextError, UnknownNameError } from "../../../../src/errors.js";
import {
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  loss,
  metric,
  Model,
  MultiplicativeLR,
  MultiStepLR,
  onEnd,
  OneCycleLR,
  onSample,
  Parameter,
  PolynomialLR,
  ReduceLROnPlateau,
  SequentialLR,
  SGD,
  StepLR,
  Trial,
  type Callback,
  type TrialStateDict,
  type Var,
} from "../../../../src/engine/index.js";

class One extends Model {
  readonly x = new Parameter(1);
  override forward(): Var {
    return this.x.mul(1);
  }
}

/** A trial with a rate of 1; `rates` gets that of each training step and that at the end of each run. */
function make(callbacks: Callback[], optimizer = SGD(new One().parameters(), { lr: 1 })) {
  const rates: number[] = [];
  const note = onSample(onEnd(() => void rates.push(optimizer.paramGroups[0]!.lr)));
  const trial = new Trial(new One(), optimizer, loss, { callbacks: [...callbacks, note], verbose: 0 });
  return { trial, rates, optimizer };
}

describe("a schedule", () => {
  it("steps at the end of each epoch, or after each training step", async () => {
    const byEpoch = make([new ExponentialLR({ gamma: 0.5 })]);
    await byEpoch.trial.forTrainSteps(2).run(2);
    expect(byEpoch.rates).toEqual([1, 1, 0.5, 0.5, 0.25]);
    const byStep = make([new ExponentialLR({ gamma: 0.5, stepOnBatch: true })]);
    await byStep.trial.forTrainSteps(2).run(2);
    expect(byStep.rates).toEqual([1, 0.5, 0.25, 0.125, 0.0625]);
  });

  it("goes on in a second run, and is not told by evaluations, predictions and replays", async () => {
    const { trial, rates } = make([new ExponentialLR({ gamma: 0.5 })]);
    trial.forSteps(1, 2, 2);
    await trial.run(1);
    rates.length = 0;
    await trial.evaluate();
    await trial.predict();
    await trial.replay(new ExponentialLR({ gamma: 0.5, stepOnBatch: true }));
    expect(rates).toEqual([0.5, 0.5]);
    await trial.run(3);
    expect(rates.slice(2)).toEqual([0.5, 0.25, 0.125]);
  });

  it("takes its base rate before another one sets the first", async () => {
    const warmUp = new LinearLR({ startFactor: 0.25, totalIters: 3 });
    const { trial, rates } = make([
      warmUp,
      new LambdaLR((t) => 1 / (t + 1)),
      new ConstantLR({ factor: 0.5 }),
    ]);
    await trial.forTrainSteps(1).run(1);
    // LambdaLR computes from the base rate of 1, not from the warm-up's; the next one halves what it finds.
    expect(rates[0]).toBe(0.5);
  });

  it("takes up what somebody else has set", async () => {
    const { trial, rates, optimizer } = make([new ExponentialLR({ gamma: 0.5 })]);
    await trial.forTrainSteps(1).run(1);
    optimizer.paramGroups[0]!.lr = 8;
    await trial.run(2);
    expect(rates).toEqual([1, 0.5, 8, 4]);
  });

  it("begins anew in another trial", async () => {
    const schedule = new ExponentialLR({ gamma: 0.5 });
    await make([schedule]).trial.forTrainSteps(1).run(5);
    const { trial, rates } = make([schedule]);
    await trial.forTrainSteps(1).run(2);
    expect(rates).toEqual([1, 0.5, 0.25]);
    expect(schedule.lrs).toEqual([0.25]);
  });

  it("needs an optimizer", async () => {
    for (const schedule of [new StepLR({ stepSize: 1 }), new ReduceLROnPlateau()]) {
      const trial = new Trial(new One(), undefined, loss, { callbacks: schedule, verbose: 0 }).forTrainSteps(
        1,
      );
      await expect(trial.run()).rejects.toThrow(ContextError);
      await expect(trial.run()).rejects.toThrow(
        `${schedule.constructor.name} needs a trial with an optimizer`,
      );
    }
  });

  it("has no state dict before it has begun, and refuses one of other groups", async () => {
    const { trial } = make([new StepLR({ stepSize: 1 })]);
    expect(trial.forTrainSteps(2).stateDict().callbacks[0]).toBeNull();
    let dict: TrialStateDict | undefined;
    const take: Callback = { onStepTraining: (state) => void (dict = state.stateDict()) };
    const from = make([new StepLR({ stepSize: 1 }), take]);
    await from.trial.forTrainSteps(2).run();
    const model = new One();
    const other = new Parameter(2);
    const two = SGD([{ params: model.parameters() }, { params: [other] }], { lr: 1 });
    const wrong = { ...dict!, optimizer: two.stateDict() };
    const to = make([new StepLR({ stepSize: 1 }), {}], two)
      .trial.forTrainSteps(2)
      .loadStateDict(wrong);
    await expect(to.run()).rejects.toThrow("Expected `stateDict.lrs` to be 2 numbers, got 1");
  });
});

describe("ReduceLROnPlateau", () => {
  it("watches the loss by default's name only if there is such a metric", async () => {
    await expect(make([new ReduceLROnPlateau()]).trial.forTrainSteps(1).run()).rejects.toThrow(
      UnknownNameError,
    );
    const { trial, rates } = make([new ReduceLROnPlateau({ monitor: "loss", patience: 1, factor: 0.5 })]);
    await trial.forTrainSteps(1).run(4);
    // The parameter is another one than the model's, so the loss stays.
    expect(rates).toEqual([1, 1, 1, 0.5, 0.5]);
  });

  it("takes larger for better where the name has acc in it", async () => {
    const optimizer = SGD(new One().parameters(), { lr: 1 });
    const trial = new Trial(new One(), optimizer, loss, {
      callbacks: [new ReduceLROnPlateau({ monitor: "acc", patience: 0, factor: 0.5 })],
      // Better in the second and third epoch.
      metrics: [metric("acc", ({ epoch }) => [1, 2, 3, 2][epoch]!)],
      verbose: 0,
    });
    await trial.forTrainSteps(1).run(4);
    expect(optimizer.paramGroups[0]!.lr).toBe(0.5);
  });
});

describe("combined schedules", () => {
  it("may be combined again", async () => {
    const chained = new ChainedScheduler([
      new ConstantLR({ factor: 0.5, totalIters: 2 }),
      new ExponentialLR({ gamma: 0.5 }),
    ]);
    const { trial, rates } = make([new SequentialLR([new ExponentialLR({ gamma: 0.1 }), chained], [2])]);
    await trial.forTrainSteps(1).run(5);
    // Two steps of the first; then from the base rate: 0.5, 0.5 * 0.5, and at its second step back to the whole.
    expect(rates.map((rate) => Number(rate.toPrecision(12)))).toEqual([1, 0.1, 0.5, 0.25, 0.25, 0.125]);
  });
});

it.each<[string, () => unknown, string]>([
  ["no function", () => new LambdaLR(0.5 as never), "`lrLambda` to be a function, or one for each group"],
  ["one that is none", () => new MultiplicativeLR([() => 1, 2] as never), "`lrLambda` to be a function"],
  ["no step", () => new StepLR({ stepSize: 0 }), "`stepSize` to be an integer from 1"],
  ["a negative factor", () => new StepLR({ stepSize: 1, gamma: -1 }), "`gamma` to be a finite number from 0"],
  ["no milestones", () => new MultiStepLR({ milestones: 3 as never }), "`milestones` to be an array"],
  ["half a milestone", () => new MultiStepLR({ milestones: [1.5] }), "`milestones` to be an integer from 0"],
  ["no gamma", () => new ExponentialLR({} as never), "`gamma` to be a finite number from 0, got undefined"],
  ["a factor of 0", () => new ConstantLR({ factor: 0 }), "`factor` to be a number above 0 to 1"],
  ["a factor above 1", () => new LinearLR({ endFactor: 2 }), "`endFactor` to be a number from 0 to 1"],
  ["a start of 0", () => new LinearLR({ startFactor: 0 }), "`startFactor` to be a number above 0 to 1"],
  ["no iterations", () => new LinearLR({ totalIters: 0 }), "`totalIters` to be an integer from 1"],
  ["no power", () => new PolynomialLR({ power: 0 }), "`power` to be a finite number above 0"],
  ["no period", () => new CosineAnnealingLR({ tMax: 0 }), "`tMax` to be an integer from 1"],
  [
    "a negative rate",
    () => new CosineAnnealingLR({ tMax: 1, etaMin: -1 }),
    "`etaMin` to be a finite number from 0",
  ],
  ["no cycle", () => new CosineAnnealingWarmRestarts({ t0: 0 }), "`t0` to be an integer from 1"],
  [
    "half a factor",
    () => new CosineAnnealingWarmRestarts({ t0: 1, tMult: 0.5 }),
    "`tMult` to be an integer from 1",
  ],
  [
    "an unknown mode",
    () => new CyclicLR({ baseLr: 1, maxLr: 2, mode: "saw" as never }),
    '`mode` to be "triangular"',
  ],
  ["rates of NaN", () => new CyclicLR({ baseLr: NaN, maxLr: 2 }), "`baseLr` to be a finite number from 0"],
  [
    "no scale",
    () => new CyclicLR({ baseLr: 1, maxLr: 2, scaleFn: 1 as never }),
    "`scaleFn` to be a function",
  ],
  ["an unknown scale", () => new CyclicLR({ baseLr: 1, maxLr: 2, scaleMode: "x" as never }), "`scaleMode`"],
  ["no steps", () => new OneCycleLR({ maxLr: 1, totalSteps: 0 }), "`totalSteps` to be an integer from 1"],
  [
    "a part above 1",
    () => new OneCycleLR({ maxLr: 1, totalSteps: 9, pctStart: 2 }),
    "`pctStart` to be a number from 0 to 1",
  ],
  [
    "an unknown strategy",
    () => new OneCycleLR({ maxLr: 1, totalSteps: 9, annealStrategy: "x" as never }),
    "`annealStrategy`",
  ],
  ["no schedules", () => new ChainedScheduler([]), "`schedulers` to be at least one schedule"],
  [
    "what needs a metric",
    () => new ChainedScheduler([new ReduceLROnPlateau() as never]),
    "`schedulers` to be schedules that need no metric",
  ],
  [
    "too few milestones",
    () => new SequentialLR([new LinearLR(), new LinearLR()], []),
    "`milestones` to be 1 numbers",
  ],
  [
    "milestones that fall",
    () => new SequentialLR([new LinearLR(), new LinearLR(), new LinearLR()], [5, 5]),
    "`milestones` to be an integer from 6",
  ],
  ["one schedule twice", twice, "`schedulers` to be schedules that are each named once"],
  [
    "no reduction",
    () => new ReduceLROnPlateau({ factor: 1 }),
    "`factor` to be a number from 0 to less than 1",
  ],
  [
    "a negative patience",
    () => new ReduceLROnPlateau({ patience: -1 }),
    "`patience` to be an integer from 0",
  ],
  ["an unknown threshold", () => new ReduceLROnPlateau({ thresholdMode: "x" as never }), "`thresholdMode`"],
])("is refused: %s", (_name, construct, message) => {
  expect(construct).toThrow(ArgumentError);
  expect(construct).toThrow(message);
});

function twice(): unknown {
  const schedule = new LinearLR();
  return new ChainedScheduler([schedule, schedule]);
}

it.each<[string, Callback, string]>([
  ["functions", new LambdaLR([() => 1, () => 2]), "`lrLambda` to be one for each of 1 groups, got 2"],
  ["rates", new CyclicLR({ baseLr: [1, 2], maxLr: 3 }), "`baseLr` to be one for each of 1 groups, got 2"],
  [
    "highest rates",
    new OneCycleLR({ maxLr: [], totalSteps: 3 }),
    "`maxLr` to be one for each of 1 groups, got 0",
  ],
  ["lowest rates", new ReduceLROnPlateau({ minLr: [1, 2] }), "`minLr` to be one for each of 1 groups, got 2"],
  [
    "steps",
    new OneCycleLR({ maxLr: 1, totalSteps: 3, stepOnBatch: true }),
    "`totalSteps` to be as many as the training has, at least 4, got 3",
  ],
])("does not fit the training: the number of %s", async (_name, schedule, message) => {
  await expect(make([schedule]).trial.forTrainSteps(9).run()).rejects.toThrow(message);
});
