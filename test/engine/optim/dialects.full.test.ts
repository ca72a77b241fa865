// How long AMSGrad takes on the online problem, in each of its dialects.
import { describe, expect, it } from "vitest";
import { Adam, Parameter, projectBox, type AdamOptions } from "../../../src/engine/index.js";

/**
 * The steps until x is first driven below -1, and the root of the maximum then. The large slope comes at step `large` of each 101, counted
 * from 0: in the tutorial the second, in the paper the first.
 */
function firstTouch(amsgrad: NonNullable<AdamOptions["amsgrad"]>, large: number, limit: number) {
  const x = new Parameter(0);
  const optimizer = Adam([x], { lr: 1e-3, betas: [0.9, 0.99], amsgrad });
  for (let step = 0; step < limit; step++) {
    x.grad[0] = step % 101 === large ? 1010 : -10;
    optimizer.step();
    if (projectBox(x.data, -1, 1) && x.item() === -1) {
      const { maxExpAvgSq, maxCorrectedExpAvgSq } = optimizer.state[0]!;
      return { steps: step + 1, root: Math.sqrt((maxExpAvgSq ?? maxCorrectedExpAvgSq)![0]!) };
    }
  }
  return undefined;
}

// The expected numbers are from simulations of the four, written without this package. The first large gradient gives optax's maximum:
// v = 0.99 · 0.01 · 10² + 0.01 · 1010², corrected by 1 - 0.99², or in the paper's order 1010² itself.
describe.each([
  ["the tutorial's", 1],
  ["the paper's", 0],
] as const)("Online, in %s order, is solved", (order, large) => {
  it.each([
    ["torch", true, { "the tutorial's": 1_277_368, "the paper's": 1_275_448 }],
    ["Keras", "keras", { "the tutorial's": 1_277_368, "the paper's": 1_275_448 }],
  ] as const)("by %s's", (_name, amsgrad, steps) => {
    const found = firstTouch(amsgrad, large, 2e6)!;
    expect(found.steps).toBe(steps[order]);
    expect(found.root).toBeCloseTo(126.87, 2);
  });

  it("by optax's after many times as many steps, its maximum being the first large gradient's for ever", () => {
    const expected = {
      "the tutorial's": { steps: 7_219_198, root: Math.sqrt((0.99 + 0.01 * 1010 ** 2) / (1 - 0.99 ** 2)) },
      "the paper's": { steps: 10_173_345, root: 1010 },
    }[order];
    const found = firstTouch("optax", large, 12e6)!;
    expect(found.steps).toBe(expected.steps);
    expect(found.root).toBeCloseTo(expected.root, 6);
  });
});

it("Online is solved by the paper's own a little sooner than by torch's", () => {
  const found = firstTouch("paper", 1, 2e6)!;
  expect(found.steps).toBe(1_274_641);
  expect(found.root).toBeCloseTo(126.87, 2);
});
