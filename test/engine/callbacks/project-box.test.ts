// The projection onto a box.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  greedyUpdate,
  Model,
  onStepTraining,
  Parameter,
  ProjectBox,
  SGD,
  Trial,
  type Callback,
  type Var,
} from "../../../src/engine/index.js";

/** Two parameters that are driven upwards by 1 and downwards by 2 a step. */
class Driven extends Model {
  readonly up = new Parameter([0, 0.5]);
  readonly down = new Parameter(0, { dtype: "float32" });
  override forward(): Var {
    return this.down.mul(2).sub(this.up.sum());
  }
}

async function drive(
  steps: number,
  projection: Callback,
  epochs = 1,
): Promise<{ model: Driven; seen: number[][]; trial: Trial }> {
  const model = new Driven();
  const seen: number[][] = [];
  const watch = onStepTraining(() => void seen.push([...model.up.data, ...model.down.data]));
  const trial = new Trial(model, SGD(model.parameters(), { lr: 1 }), undefined, {
    callbacks: [projection, watch],
    verbose: 0,
  });
  await trial.forTrainSteps(steps).run(epochs);
  return { model, seen, trial };
}

describe("ProjectBox", () => {
  it("brings every number of every parameter back after each step, before the next callback", async () => {
    const { seen } = await drive(3, new ProjectBox(-3, 2));
    expect(seen).toEqual([
      [1, 1.5, -2],
      [2, 2, -3],
      [2, 2, -3],
    ]);
  });

  it("counts the steps at which something was outside, and names the first", async () => {
    const projection = new ProjectBox(-3, 2);
    expect([projection.clamps, projection.firstClamp]).toEqual([0, undefined]);
    // After step 0: 1, 1.5, -2, all inside. After step 1: 2, 2.5, -4.
    await drive(5, projection);
    expect([projection.clamps, projection.firstClamp]).toEqual([4, 1]);
  });

  it("goes on counting in a run that is continued", async () => {
    const projection = new ProjectBox(-3, 2);
    await drive(5, projection);
    const dict = projection.stateDict();
    const other = new ProjectBox(-3, 2);
    other.loadStateDict(dict);
    await drive(3, other);
    expect([other.clamps, other.firstClamp]).toEqual([4 + 2, 1]);
    await drive(3, other);
    expect([other.clamps, other.firstClamp]).toEqual([2, 1]);
  });

  it("counts anew in every run, over its epochs", async () => {
    const projection = new ProjectBox(-3, 2);
    const { trial } = await drive(2, projection, 2);
    expect([projection.clamps, projection.firstClamp]).toEqual([3, 1]);
    await trial.run(3);
    expect([projection.clamps, projection.firstClamp]).toEqual([2, 0]);
  });

  it("leaves alone what lies on the edge, and a NaN", async () => {
    const projection = new ProjectBox(-100, 100);
    const { model, trial } = await drive(1, projection);
    model.up.data.set([99, NaN]);
    model.down.data[0] = -98;
    await trial.run(2);
    expect([...model.up.data, ...model.down.data]).toEqual([100, NaN, -100]);
    expect(projection.clamps).toBe(0);
  });

  it.each([
    [1, -1],
    [0, NaN],
    [NaN, 0],
  ])("refuses the empty box [%s, %s]", (low, high) => {
    expect(() => new ProjectBox(low, high)).toThrow(ArgumentError);
    expect(() => new ProjectBox(low, high)).toThrow(
      `Expected \`high\` to be a number from low (${low}), got ${high}`,
    );
  });
});

describe("greedyUpdate", () => {
  it("is the box [-1, 1]", async () => {
    const { seen } = await drive(2, greedyUpdate());
    expect(seen).toEqual([
      [1, 1, -1],
      [1, 1, -1],
    ]);
  });
});
