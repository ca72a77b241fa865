// The callback for any projection. What it has in common with the box is tested in project-box.test.ts.
import { describe, expect, it } from "vitest";
import {
  Model,
  onStepTraining,
  Parameter,
  Project,
  projectL2Ball,
  projectSimplex,
  SGD,
  Trial,
  type Callback,
  type Var,
} from "../../../src/engine/index.js";

/** -(3 w₀ + 4 w₁ + b): the gradients are -3, -4 and -1. */
class Linear extends Model {
  readonly w = new Parameter([0.5, 0.5]);
  readonly b = new Parameter(0);
  override forward(): Var {
    return this.w.at(0).mul(3).add(this.w.at(1).mul(4)).add(this.b).mul(-1);
  }
}

async function train(steps: number, projection: Callback, epochs = 1) {
  const model = new Linear();
  const seen: number[][] = [];
  const watch = onStepTraining(() => void seen.push([...model.w.data, ...model.b.data]));
  const trial = new Trial(model, SGD(model.parameters(), { lr: 1 }), undefined, {
    callbacks: [projection, watch],
    verbose: 0,
  });
  await trial.forTrainSteps(steps).run(epochs);
  return { model, seen, trial };
}

describe("Project", () => {
  it("projects each parameter by itself after each step, before the next callback", async () => {
    const { seen } = await train(2, new Project((x) => projectL2Ball(x, 10)));
    expect(seen[0]).toEqual([3.5, 4.5, 1]);
    // (6.5, 8.5) is longer than 10.
    const length = Math.hypot(6.5, 8.5);
    expect(seen[1]!.map((x) => x.toFixed(12))).toEqual(
      [65 / length, 85 / length, 2].map((x) => x.toFixed(12)),
    );
  });

  it("projects only the parameters that are named", async () => {
    const model = new Linear();
    const simplex = new Project((x) => projectSimplex(x), { parameters: [model.w].values() });
    const trial = new Trial(model, SGD(model.parameters(), { lr: 0.25 }), undefined, {
      callbacks: simplex,
      verbose: 0,
    });
    await trial.forTrainSteps(2).run();
    expect([...model.w.data, ...model.b.data]).toEqual([0.25, 0.75, 0.5]);
  });

  it("counts the steps at which something changed, and names the first, anew in every run", async () => {
    const projection = new Project((x) => projectL2Ball(x, 10));
    expect([projection.clamps, projection.firstClamp]).toEqual([0, undefined]);
    const { trial } = await train(4, projection);
    expect([projection.clamps, projection.firstClamp]).toEqual([3, 1]);
    await trial.run(2);
    expect([projection.clamps, projection.firstClamp]).toEqual([4, 0]);
  });
});
