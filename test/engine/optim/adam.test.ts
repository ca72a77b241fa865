// Adam and AdamW: defaults, state, precision, what they refuse. Their steps are held against torch's in torch.test.ts.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { Adam, AdamW, Parameter, type AdamOptions } from "../../../src/engine/index.js";

/** The parameter after steps with the gradients `gradients`. */
function descend(make: typeof Adam, options: AdamOptions, gradients: readonly number[], start = 1): number {
  const x = new Parameter(start);
  const optimizer = make([x], options);
  for (const g of gradients) {
    x.grad[0] = g;
    optimizer.step();
  }
  return x.item();
}

const GRADIENTS = [3, -1, 0.5, 100, -7];

describe.each([
  ["Adam", Adam, 0],
  ["AdamW", AdamW, 0.01],
] as const)("%s", (name, make, weightDecay) => {
  it("has torch's name and defaults", () => {
    const optimizer = make([new Parameter(1)]);
    expect(optimizer.name).toBe(name);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([1e-3]);
    const defaults = {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay,
      amsgrad: false,
      maximize: false,
    } as const;
    expect(descend(make, {}, GRADIENTS)).toBe(descend(make, defaults, GRADIENTS));
  });

  it.each([
    [{}, { lr: 2e-3 }],
    [{}, { betas: [0.8, 0.999] }],
    [{}, { betas: [0.9, 0.99] }],
    [{}, { eps: 1e-3 }],
    [{}, { weightDecay: 0.5 }],
    [{}, { maximize: true }],
    [{ betas: [0.9, 0.5] }, { betas: [0.9, 0.5], amsgrad: true }],
  ] satisfies [AdamOptions, AdamOptions][])("moves another way with %j than with %j", (a, b) => {
    expect(descend(make, a, GRADIENTS)).not.toBe(descend(make, b, GRADIENTS));
  });

  it("makes a first step of the size of the learning rate", () => {
    // m̂ / √v̂ is the gradient's sign, whatever its size.
    expect(descend(make, { lr: 0.1, weightDecay: 0 }, [1e-3])).toBeCloseTo(0.9, 5);
    expect(descend(make, { lr: 0.1, weightDecay: 0 }, [-1e9])).toBeCloseTo(1.1, 12);
  });

  it("does not move without a gradient", () => {
    expect(descend(make, { weightDecay: 0, amsgrad: true }, [0, 0, 0])).toBe(1);
  });

  it("keeps a NaN: an error must be seen", () => {
    const x = new Parameter(1);
    const optimizer = make([x], { amsgrad: true });
    for (const g of [5, NaN, 1]) {
      x.grad[0] = g;
      optimizer.step();
    }
    const { expAvg, expAvgSq, maxExpAvgSq } = optimizer.state[0]!;
    expect([x.item(), expAvg![0], expAvgSq![0], maxExpAvgSq![0]]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it("keeps its state under torch's names", () => {
    const x = new Parameter([1, 2]);
    const optimizer = make([x], { betas: [0.5, 0.75], amsgrad: true });
    x.grad.set([4, -8]);
    optimizer.step();
    x.grad.set([0, 0]);
    optimizer.step();
    expect(optimizer.state).toEqual([
      {
        expAvg: new Float64Array([1, -2]),
        expAvgSq: new Float64Array([3, 12]),
        maxExpAvgSq: new Float64Array([4, 16]),
        betaProducts: new Float64Array([0.25, 0.5625]),
      },
    ]);
    expect(Object.keys(make([x]).state[0]!)).not.toContain("maxExpAvgSq");
  });

  it("stores what it remembers in the precision of the parameter, the powers of the betas in float64", () => {
    const x = new Parameter(1, { dtype: "float32" });
    const optimizer = make([x], { amsgrad: true });
    x.grad[0] = 0.1;
    optimizer.step();
    const [state] = optimizer.state;
    expect(Object.entries(state!).map(([key, value]) => [key, value.constructor.name])).toEqual([
      ["expAvg", "Float32Array"],
      ["expAvgSq", "Float32Array"],
      ["betaProducts", "Float64Array"],
      ["maxExpAvgSq", "Float32Array"],
    ]);
    expect(state!["betaProducts"]).toEqual(new Float64Array([0.9, 0.999]));
    expect(state!["expAvg"]![0]).toBe(Math.fround((1 - 0.9) * Math.fround(0.1)));
  });

  it("corrects nothing any more after millions of steps, and no number becomes subnormal", () => {
    const x = new Parameter(0);
    const optimizer = make([x], { lr: 1e-6, betas: [0.5, 0.9], weightDecay: 0 });
    x.grad[0] = 2;
    for (let i = 0; i < 10_000; i++) optimizer.step();
    expect([...optimizer.state[0]!["betaProducts"]!]).toEqual([0, 0]);
    expect(x.item()).toBeCloseTo(-0.01, 9);
  });

  it.each([
    [{ lr: -1 }, "Expected `lr` to be a number from 0, got -1 (number)"],
    [{ lr: NaN }, "Expected `lr` to be a number from 0, got NaN (number)"],
    [{ betas: [1, 0.9] }, "Expected `betas[0]` to be a number from 0 to less than 1, got 1 (number)"],
    [{ betas: [0.9, -0.1] }, "Expected `betas[1]` to be a number from 0 to less than 1, got -0.1 (number)"],
    [{ betas: [0.9, NaN] }, "Expected `betas[1]` to be a number from 0 to less than 1, got NaN (number)"],
    [{ betas: [0.9] as never }, "Expected `betas` to be two numbers, got an array"],
    [{ eps: -1e-9 }, "Expected `eps` to be a number from 0, got -1e-9 (number)"],
    [{ weightDecay: -1 }, "Expected `weightDecay` to be a number from 0, got -1 (number)"],
  ] satisfies [AdamOptions, string][])("refuses %j", (options, message) => {
    expect(() => make([new Parameter(1)], options)).toThrow(ArgumentError);
    expect(() => make([new Parameter(1)], options)).toThrow(message);
    // Also as a group's.
    expect(() => make([{ params: [new Parameter(1)], ...options }])).toThrow(message);
  });
});
