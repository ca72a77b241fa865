// The mean of a training's points.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  iterateAverage,
  Model,
  onStepTraining,
  Parameter,
  Trial,
  type LoggedMetric,
  type Var,
} from "../../../src/engine/index.js";

/** Its parameters are moved by the test. */
class Points extends Model {
  readonly a = new Parameter([0, 0]);
  readonly b = new Parameter(0);
  override forward(): Var {
    return this.b.mul(1);
  }
}

/** What a metric gives at each step of two epochs, whose points are a = (t, 2 t), b = 3 t with t = 1, 2, … over both. */
async function logged(make: (model: Points) => LoggedMetric): Promise<number[]> {
  const model = new Points();
  let t = 0;
  const move = {
    onBackward: () => {
      t++;
      model.a.data.set([t, 2 * t]);
      model.b.data[0] = 3 * t;
    },
  };
  const seen: number[] = [];
  const note = onStepTraining((state) => void seen.push(state.metrics["iterate_average"]!));
  const trial = new Trial(model, undefined, undefined, {
    metrics: [make(model)],
    callbacks: [move, note],
    verbose: 0,
  });
  const [entry] = await trial.forSteps(4, 2).run(2);
  expect(Object.keys(entry!)).toEqual(["iterate_average", "trainSteps", "validationSteps"]);
  return seen;
}

/** The means of 1, of 1 and 2, and so on; and of the second epoch. */
const MEANS = [1, 1.5, 2, 2.5, 5, 5.5, 6, 6.5];

describe("iterateAverage", () => {
  it.each<[string, (model: Points) => LoggedMetric, number]>([
    ["an element of a parameter", ({ a }) => iterateAverage({ parameter: a, index: 1 }), 2],
    ["the parameter's first", ({ a }) => iterateAverage({ parameter: a, index: 0 }), 1],
    ["the number of a parameter of one", ({ b }) => iterateAverage({ parameter: b }), 3],
    ["the norm of a parameter", ({ a }) => iterateAverage({ parameter: a }), Math.sqrt(5)],
    ["the norm of all", () => iterateAverage(), Math.sqrt(14)],
  ])("is, in each epoch, %s", async (_name, make, factor) => {
    const seen = await logged(make);
    expect(seen).toHaveLength(8);
    seen.forEach((value, i) => expect(value).toBeCloseTo(factor * MEANS[i]!, 12));
  });

  it("forgets a NaN with its epoch", async () => {
    const parameter = new Parameter(NaN);
    const seen: number[] = [];
    const note = onStepTraining((state) => {
      seen.push(state.metrics["iterate_average"]!);
      parameter.data[0] = state.batch;
    });
    const options = { metrics: [iterateAverage({ parameter })], callbacks: note, verbose: 0 } as const;
    await new Trial(new Points(), undefined, undefined, options).forTrainSteps(2).run(2);
    expect(seen).toEqual([NaN, NaN, 1, 0.5]);
  });

  it.each<[string, () => unknown, string]>([
    [
      "an index without a parameter",
      () => iterateAverage({ index: 0 }),
      "`parameter` to be given where index is",
    ],
    [
      "an index that is none",
      () => iterateAverage({ parameter: new Parameter([1, 2]), index: 2 }),
      "`index` to be an integer from 0 to 1, got 2",
    ],
  ])("refuses %s", (_name, make, message) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });
});
