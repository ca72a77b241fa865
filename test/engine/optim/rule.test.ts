// The rules that optimizers are chains of, one equation each.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { linksOf } from "../../../src/engine/optim/rule.js";
import {
  addDecayedWeights,
  chain,
  decayWeights,
  momentum,
  negate,
  scaleByAdam,
  scaleByLearningRate,
  type Rule,
} from "../../../src/engine/index.js";

/** `u` and `x` after one update of a rule that was made for `x`. */
function once(rule: Rule, u: number[], x: number[]): { u: number[]; x: number[] } {
  const vectors = { u: Float64Array.from(u), x: Float64Array.from(x) };
  rule.init(vectors.x);
  rule.update(vectors.u, vectors.x);
  return { u: [...vectors.u], x: [...vectors.x] };
}

describe("a rule of one line", () => {
  it.each([
    ["scaleByLearningRate", scaleByLearningRate({ lr: 0.5 }), { u: [-1.5, 2], x: [10, 20] }],
    ["addDecayedWeights", addDecayedWeights(0.25), { u: [5.5, 1], x: [10, 20] }],
    ["decayWeights", decayWeights({ lr: 0.5 }, 0.5), { u: [3, -4], x: [7.5, 15] }],
    ["negate", negate(), { u: [-3, 4], x: [10, 20] }],
  ])("%s", (_name, rule, expected) => {
    expect(once(rule, [3, -4], [10, 20])).toEqual(expected);
    expect(rule.state).toEqual({});
  });

  it("reads the learning rate at every step", () => {
    const group = { lr: 1 };
    const [scale, decay] = [scaleByLearningRate(group), decayWeights(group, 0.5)];
    group.lr = 0.25;
    expect(once(scale, [4], [1]).u).toEqual([-1]);
    expect(once(decay, [4], [1]).x).toEqual([0.875]);
  });
});

describe("scaleByAdam", () => {
  it("corrects both means for their start at 0", () => {
    // m = 0.1 · 8, corrected 8; v = 0.01 · 64, corrected 64; 8 / (8 + 2).
    const { u } = once(scaleByAdam({ betas: [0.9, 0.99], eps: 2, amsgrad: false }), [8, -8, 0], [0, 0, 0]);
    expect(u[0]).toBeCloseTo(0.8, 14);
    expect(u[1]).toBeCloseTo(-0.8, 14);
    expect(u[2]).toBe(0);
  });
});

describe("chain", () => {
  it("does one after another, and puts the states together", () => {
    const options = { momentum: 0.5, dampening: 0, nesterov: false };
    const rule = chain(
      negate(),
      momentum(options),
      scaleByAdam({ betas: [0.9, 0.99], eps: 0, amsgrad: true }),
    );
    expect(rule.state).toEqual({});
    expect(once(rule, [3, -4], [1, 1]).u.map((u) => Number(u.toFixed(12)))).toEqual([-1, 1]);
    expect(Object.keys(rule.state)).toEqual([
      "momentumBuffer",
      "started",
      "expAvg",
      "expAvgSq",
      "betaProducts",
      "maxExpAvgSq",
    ]);
    expect(rule.state["momentumBuffer"]).toEqual(new Float64Array([-3, 4]));
  });

  it("is the same whether chains are in chains or not", () => {
    const [a, b, c] = [negate(), addDecayedWeights(1), addDecayedWeights(2)];
    const nested = chain(a, chain(b, chain(c)));
    expect(linksOf(nested)).toEqual([a, b, c]);
    expect(linksOf(a)).toEqual([a]);
    expect(once(nested, [1], [1])).toEqual(once(chain(a, b, c), [1], [1]));
  });

  it("refuses two states of one name", () => {
    const options = { momentum: 0.5, dampening: 0, nesterov: false };
    const rule = chain(momentum(options), momentum(options));
    expect(() => rule.init(new Float64Array(1))).toThrow(ArgumentError);
    expect(() => rule.init(new Float64Array(1))).toThrow(
      'Expected `rules` to be rules whose states have different names, got "momentumBuffer" (string)',
    );
  });
});
