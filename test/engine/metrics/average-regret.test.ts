// The average regret, against a search for the best fixed point.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Adam,
  averageRegret,
  greedyUpdate,
  loss,
  Model,
  Online,
  onStepTraining,
  Parameter,
  SGD,
  Stochastic,
  Trial,
  type LinearProblem,
  type Optimizer,
  type State,
} from "../../../src/engine/index.js";

/** Slopes and points of every step, and the regret that was logged. */
async function train(
  model: Model & LinearProblem & { readonly x: Parameter },
  optimizer: Optimizer | undefined,
  steps: number,
): Promise<{ slopes: number[]; points: number[]; regrets: number[] }> {
  const [slopes, points, regrets]: [number[], number[], number[]] = [[], [], []];
  let before = model.x.item();
  const record = onStepTraining((state) => {
    slopes.push(model.slope);
    points.push(before);
    regrets.push(state.metrics["average_regret"]!);
    before = model.x.item();
  });
  const trial = new Trial(model, optimizer, loss, {
    metrics: [averageRegret()],
    callbacks: [greedyUpdate(), record],
    verbose: 0,
  });
  await trial.forTrainSteps(steps).run();
  return { slopes, points, regrets };
}

/** (1/T) (Σ f(x_t) - min over x of Σ f(x)), the minimum searched on a grid of [-1, 1]. */
function bySearch(slopes: number[], points: number[]): number {
  const paid = slopes.reduce((sum, slope, t) => sum + slope * points[t]!, 0);
  const grid = Array.from({ length: 201 }, (_, i) => (i - 100) / 100);
  const best = Math.min(...grid.map((x) => slopes.reduce((sum, slope) => sum + slope * x, 0)));
  return (paid - best) / slopes.length;
}

describe("averageRegret", () => {
  it.each([
    ["Online, Adam", () => new Online(), false],
    ["Online, AMSGrad", () => new Online(), true],
    ["Stochastic, AMSGrad", () => new Stochastic({ seed: 3 }), true],
  ])("is at every step what a search finds: %s", async (_name, make, amsgrad) => {
    const model = make();
    const { slopes, points, regrets } = await train(
      model,
      Adam(model.parameters(), { betas: [0.9, 0.99], amsgrad }),
      300,
    );
    expect(regrets).toHaveLength(300);
    for (let t = 1; t <= 300; t += 7) {
      expect(regrets[t - 1]).toBeCloseTo(bySearch(slopes.slice(0, t), points.slice(0, t)), 9);
    }
  });

  it("is the paper's for a point that stays: 20/101 at the wrong end, 0 at the right one", async () => {
    for (const [x0, expected] of [
      [1, 20 / 101],
      [0, 10 / 101],
      [-1, 0],
    ] as const) {
      const { regrets } = await train(new Online({ x0 }), undefined, 1010);
      expect(regrets.at(-1)).toBeCloseTo(expected, 12);
    }
  });

  it("is that for any slopes and any points", async () => {
    class Given extends Model implements LinearProblem {
      readonly x = new Parameter(0);
      slope = 0;
      readonly slopes: readonly number[];
      readonly points: readonly number[];
      constructor(slopes: readonly number[], points: readonly number[]) {
        super();
        this.slopes = slopes;
        this.points = points;
        this.x.data[0] = points[0]!;
      }
      override forward(_x: unknown, state: State) {
        this.slope = this.slopes[state.batch]!;
        this.x.data[0] = this.points[state.batch]!;
        return this.x.mul(this.slope);
      }
    }
    const step = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.double({ min: -1, max: 1, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const [slopes, points] = [steps.map(([slope]) => slope), steps.map(([, point]) => point)];
        const { regrets } = await train(new Given(slopes, points), undefined, steps.length);
        expect(regrets.at(-1)).toBeCloseTo(bySearch(slopes, points), 9);
      }),
    );
  });

  it("begins anew with every pass, with a name of its own in validation", async () => {
    const model = new Online({ x0: 0.5 });
    const trial = new Trial(model, SGD(model.parameters(), { lr: 0 }), loss, {
      metrics: [averageRegret()],
      verbose: 0,
    });
    // One step of slope -10 at 0.5: paid -5, best -10. Two: slopes -10 and 1010, paid 500, best -1000.
    expect(await trial.forSteps(1, 2).run(2)).toEqual([
      { average_regret: 5, val_average_regret: 750, trainSteps: 1, validationSteps: 2 },
      { average_regret: 5, val_average_regret: 750, trainSteps: 1, validationSteps: 2 },
    ]);
  });
});
