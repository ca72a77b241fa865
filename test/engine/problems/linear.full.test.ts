// The paper's problems at full length: 6,000,000 steps, the tutorial's settings, float64.
import { describe, expect, it } from "vitest";
import {
  Adam,
  averageRegret,
  greedyUpdate,
  loss,
  Online,
  onStepTraining,
  Stochastic,
  toDict,
  Trial,
} from "../../../src/engine/index.js";

const STEPS = 6_000_000;

async function train(model: Online | Stochastic, amsgrad: boolean) {
  const optimizer = Adam(model.parameters(), { lr: 1e-3, betas: [0.9, 0.99], amsgrad });
  const projection = greedyUpdate();
  const tail = { sum: 0, low: Infinity, high: -Infinity };
  let highest = -Infinity;
  let lowest = Infinity;
  const observe = onStepTraining((state) => {
    const est = state.values[1]!;
    highest = Math.max(highest, est);
    lowest = Math.min(lowest, est);
    if (state.batch < 0.9 * STEPS) return;
    const x = model.x.item();
    tail.sum += x;
    tail.low = Math.min(tail.low, x);
    tail.high = Math.max(tail.high, x);
  });
  const trial = new Trial(model, optimizer, loss, {
    metrics: [toDict("est", () => model.x.item()), averageRegret()],
    callbacks: [projection, observe],
    verbose: 0,
  });
  const [epoch] = await trial.forTrainSteps(STEPS).run();
  return {
    x: model.x.item(),
    regret: epoch!["average_regret"]!,
    state: optimizer.state[0]!,
    projection,
    highest,
    lowest,
    tail: { ...tail, mean: tail.sum / (0.1 * STEPS) },
  };
}

// The expected numbers are from simulations over torch's operations, written without this package.

describe("Online", () => {
  it("Adam ends at the worst point", async () => {
    const { x, regret, state, projection, highest, tail } = await train(new Online(), false);
    expect(x).toBe(1);
    expect(projection.firstClamp).toBe(53_025);
    expect(projection.clamps).toBe(942_090);
    expect(regret).toBeCloseTo(0.22758537, 8);
    expect(highest).toBeCloseTo(1.0001295475, 10);
    expect(tail.low).toBeCloseTo(0.9943342388, 10);
    expect(tail.mean).toBeCloseTo(0.997, 4);
    expect(state["expAvg"]![0]).toBeCloseTo(-9.99433547, 8);
    expect(state["expAvgSq"]![0]).toBeCloseTo(6382.11527952, 8);
  });

  it("AMSGrad ends at the best point", async () => {
    const { x, regret, state, projection, lowest, tail } = await train(new Online(), true);
    expect(x).toBeCloseTo(-0.9951160116, 10);
    expect(projection.firstClamp).toBe(1_277_367);
    expect(projection.clamps).toBe(233_794);
    expect(regret).toBeCloseTo(0.0435755, 7);
    expect(lowest).toBeCloseTo(-1.0000298, 7);
    expect(tail.mean).toBeCloseTo(-0.9978, 4);
    expect(state["maxExpAvgSq"]![0]).toBeCloseTo(16096.78854396, 8);
  });
});

describe("Stochastic, seed 0", () => {
  it("Adam stays near the worst point", async () => {
    const { regret, tail } = await train(new Stochastic({ seed: 0 }), false);
    expect(tail.mean).toBeCloseTo(0.987, 3);
    expect(tail.low).toBeCloseTo(0.911, 3);
    expect(tail.high).toBe(1);
    expect(regret).toBeCloseTo(0.403, 3);
  });

  it("AMSGrad stays near the best point", async () => {
    const { regret, tail } = await train(new Stochastic({ seed: 0 }), true);
    expect(tail.mean).toBeCloseTo(-0.944, 3);
    expect(tail.low).toBe(-1);
    expect(tail.high).toBeCloseTo(-0.784, 3);
    expect(regret).toBeCloseTo(0.041, 3);
  });
});
