// Every schedule of the learning rate beside PyTorch's own numbers (scripts/generate-torch-schedules.py), by epochs and by steps, and continued
// from a state dict at every step.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  InverseSquareRootLR,
  LambdaLR,
  LinearLR,
  metric,
  MultiplicativeLR,
  MultiStepLR,
  onEnd,
  OneCycleLR,
  onSample,
  onStepTraining,
  Parameter,
  PolynomialLR,
  ReduceLROnPlateau,
  SequentialLR,
  SGD,
  StepLR,
  Trial,
  Model,
  type Callback,
  type LRScheduler,
  type TrialStateDict,
  type Var,
} from "../../../../src/engine/index.js";

type Options = Record<string, unknown>;

interface Case {
  readonly scheduler: string;
  readonly options: Options;
  readonly rates: readonly (readonly number[])[];
}

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../fixtures/torch-schedules.json"), "utf8"),
) as { torch: string; lrs: number[]; curve: number[]; cases: Case[] };

/** Those of the script. */
const FUNCTIONS: Readonly<Record<string, (t: number) => number>> = {
  "0.95^t": (t) => 0.95 ** t,
  "1/sqrt(t+1)": (t) => 1 / Math.sqrt(t + 1),
  "0.9": () => 0.9,
  "1 + t/100": (t) => 1 + t / 100,
  "1/x": (x) => 1 / x,
  "0.9^x": (x) => 0.9 ** x,
};

const CLASSES = {
  StepLR,
  MultiStepLR,
  ConstantLR,
  LinearLR,
  ExponentialLR,
  PolynomialLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  OneCycleLR,
} as unknown as Record<string, new (options: Options) => LRScheduler>;

/** Torch's options in our names; a function for its name. */
function translated(options: Options): Options {
  const value = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(value);
    return typeof given === "string" ? (FUNCTIONS[given] ?? given) : given;
  };
  return Object.fromEntries(
    Object.entries(options).map(([key, given]) => [
      key.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value(given),
    ]),
  );
}

function make(name: string, options: Options, stepOnBatch: boolean): Callback {
  if (name === "SequentialLR" || name === "ChainedScheduler") {
    const parts = (options["schedulers"] as [string, Options][]).map(
      ([part, own]) => make(part, own, false) as LRScheduler,
    );
    return name === "SequentialLR"
      ? new SequentialLR(parts, options["milestones"] as number[], { stepOnBatch })
      : new ChainedScheduler(parts, { stepOnBatch });
  }
  const { lrLambda, ...rest } = translated(options);
  if (name === "LambdaLR") return new LambdaLR(lrLambda as (t: number) => number, { stepOnBatch });
  if (name === "MultiplicativeLR") return new MultiplicativeLR(lrLambda as () => number, { stepOnBatch });
  if (name === "ReduceLROnPlateau")
    return new ReduceLROnPlateau({ monitor: "curve", mode: "min", ...rest, stepOnBatch });
  return new CLASSES[name]!({ ...rest, stepOnBatch });
}

class TwoGroups extends Model {
  readonly a = new Parameter(1);
  readonly b = new Parameter(2);
  override forward(): Var {
    return this.a.add(this.b);
  }
}

/** A trial in which `rates` gets the rates that each step has, and those at the end. */
function trial(schedule: Callback, steps: number, more: Callback = {}): { trial: Trial; rates: number[][] } {
  const model = new TwoGroups();
  const [a, b] = [model.a, model.b].map((parameter, i) => ({ params: [parameter], lr: fixture.lrs[i]! }));
  const optimizer = SGD([a!, b!]);
  const rates: number[][] = [];
  const note = (): void => void rates.push(optimizer.paramGroups.map(({ lr }) => lr));
  const curve = metric("curve", ({ epoch, batch }) => fixture.curve[epoch * steps + batch]!);
  const made = new Trial(model, optimizer, undefined, {
    callbacks: [more, schedule, onSample(onEnd(note))],
    metrics: [curve],
    verbose: 0,
  });
  return { trial: made.forTrainSteps(steps), rates };
}

/** Within 1e-12 of each number's size. */
function expectRates(rates: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  expect(rates).toHaveLength(expected.length);
  for (const [t, row] of expected.entries()) {
    for (const [i, rate] of row.entries()) {
      const difference = Math.abs(rates[t]![i]! - rate);
      expect(difference, `group ${i} at ${t}: ${rates[t]![i]} beside ${rate}`).toBeLessThanOrEqual(
        1e-12 * Math.max(Math.abs(rate), 1e-4),
      );
    }
  }
}

const named = fixture.cases.map((each) => [each.scheduler, JSON.stringify(each.options), each] as const);

describe(`beside torch ${fixture.torch}`, () => {
  it.each(named)("%s %s", async (_name, _options, { scheduler, options, rates: expected }) => {
    const byEpoch = trial(make(scheduler, options, false), 1);
    await byEpoch.trial.run(50);
    expectRates(byEpoch.rates, expected);
    const bySteps = trial(make(scheduler, options, true), 5);
    await bySteps.trial.run(10);
    expectRates(bySteps.rates, expected);
  });

  it.each(named)("continued at every step: %s %s", async (_name, _options, { scheduler, options }) => {
    const dicts: TrialStateDict[] = [];
    // The first of the callbacks, so that the schedule is not there by the order of the list.
    const take: Callback = {
      ...onStepTraining((state) => void dicts.push(structuredClone(state.stateDict()))),
      runsLast: true,
    };
    const whole = trial(make(scheduler, options, true), 5, take);
    await whole.trial.run(10);
    expect(dicts).toHaveLength(50);
    for (const [step, dict] of dicts.entries()) {
      const rest = trial(make(scheduler, options, true), 5, { ...onStepTraining(() => {}), runsLast: true });
      await rest.trial.loadStateDict(dict).run(10);
      expect(rest.rates).toEqual(whole.rates.slice(step + 1));
    }
  });
});

describe("InverseSquareRootLR", () => {
  it("is the paper's alpha over sqrt(t), at every step", async () => {
    const { trial: made, rates } = trial(new InverseSquareRootLR(), 5);
    await made.run(10);
    const { rates: expected } = fixture.cases.find(({ options }) => options["lr_lambda"] === "1/sqrt(t+1)")!;
    expectRates(rates, expected);
    expect(rates.slice(0, 4).map(([lr]) => lr)).toEqual([0.5, 0.5 / Math.SQRT2, 0.5 / Math.sqrt(3), 0.25]);
  });
});
