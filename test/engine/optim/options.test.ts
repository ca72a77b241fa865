// The optimizers' names, defaults, state and what they refuse; Adam's and SGD's have files of their own. Their steps are held against torch's
// in steps.test.ts.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { Parameter } from "../../../src/engine/index.js";
import { makeByName, OPTIMIZERS, type Options, type OptimizerName } from "./by-name.js";

const GRADIENTS = [3, -1, 0.5, 100, -7, 0.2, 0.1, -3];

/** Where `options` lead from 1, at the end of each step. */
function descend(name: OptimizerName, options: Options): number[] {
  const x = new Parameter(1);
  const optimizer = makeByName(name, [x], options);
  return GRADIENTS.map((g) => {
    x.grad[0] = g;
    optimizer.step();
    return x.item();
  });
}

/** Torch's defaults (torch 2.15), and for each option another value. */
const DEFAULTS: Partial<Record<OptimizerName, Options>> = {
  Adamax: { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false },
  NAdam: {
    lr: 2e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    momentumDecay: 4e-3,
    maximize: false,
  },
  RAdam: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false },
  RMSprop: {
    lr: 1e-2,
    alpha: 0.99,
    eps: 1e-8,
    weightDecay: 0,
    momentum: 0,
    centered: false,
    maximize: false,
  },
  Adagrad: { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10, maximize: false },
  Adadelta: { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false },
  ASGD: { lr: 1e-2, lambd: 1e-4, alpha: 0.75, weightDecay: 0, maximize: false },
  Rprop: { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false },
};

const OTHERS: Options = {
  lr: 0.5,
  betas: [0.5, 0.9],
  eps: 0.5,
  weightDecay: 0.5,
  momentumDecay: 0.5,
  alpha: 0.5,
  momentum: 0.5,
  centered: true,
  lrDecay: 0.5,
  initialAccumulatorValue: 0.5,
  rho: 0.5,
  lambd: 0.5,
  etas: [0.25, 2],
  stepSizes: [0.05, 0.1],
  maximize: true,
};

const NEW = Object.entries(DEFAULTS) as [OptimizerName, Options][];

it("has all of torch's for vectors", () => {
  expect(["SGD", "Adam", "AdamW", ...NEW.map(([name]) => name)].toSorted()).toEqual(
    Object.keys(OPTIMIZERS).toSorted(),
  );
});

describe.each(NEW)("%s", (name, defaults) => {
  it("has torch's name and defaults", () => {
    const optimizer = makeByName(name, [new Parameter(1)], {});
    expect(optimizer.name).toBe(name);
    expect(optimizer.paramGroups[0]!.lr).toBe(defaults["lr"]);
    expect(descend(name, {})).toEqual(descend(name, defaults));
  });

  it.each(Object.keys(defaults))("moves another way with another %s, also as a group's", (option) => {
    const other = { [option]: OTHERS[option] };
    expect(descend(name, other)).not.toEqual(descend(name, {}));

    const x = new Parameter(1);
    const optimizer = makeByName(name, [{ params: [x], ...other }], {});
    const points = GRADIENTS.map((g) => {
      x.grad[0] = g;
      optimizer.step();
      return x.item();
    });
    expect(points).toEqual(descend(name, other));
  });

  it("keeps a NaN: an error must be seen", () => {
    const x = new Parameter(1);
    const optimizer = makeByName(name, [x], {});
    for (const g of [5, NaN, 1]) {
      x.grad[0] = g;
      optimizer.step();
    }
    expect(x.item()).toBeNaN();
  });

  it("refuses a negative learning rate", () => {
    expect(() => makeByName(name, [new Parameter(1)], { lr: -1 })).toThrow(
      "Expected `lr` to be a number from 0, got -1 (number)",
    );
  });
});

describe("what is refused", () => {
  const negative = (names: readonly OptimizerName[], option: string): [OptimizerName, Options, string][] =>
    names.flatMap((name) =>
      [-1e-9, NaN].map((value): [OptimizerName, Options, string] => [
        name,
        { [option]: value },
        `Expected \`${option}\` to be a number from 0, got ${value} (number)`,
      ]),
    );
  it.each([
    ...negative(["Adamax", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adadelta"], "eps"),
    ...negative(["Adamax", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adadelta", "ASGD"], "weightDecay"),
    ...negative(["NAdam"], "momentumDecay"),
    ...negative(["RMSprop"], "alpha"),
    ...negative(["RMSprop"], "momentum"),
    ...negative(["Adagrad"], "lrDecay"),
    ...negative(["Adagrad"], "initialAccumulatorValue"),
    ...negative(["ASGD"], "lambd"),
    ...negative(["ASGD"], "alpha"),
    ...(["Adamax", "NAdam", "RAdam"] as const).flatMap((name): [OptimizerName, Options, string][] => [
      [name, { betas: [1, 0.9] }, "Expected `betas[0]` to be a number from 0 to less than 1, got 1 (number)"],
      [name, { betas: [0, -1] }, "Expected `betas[1]` to be a number from 0 to less than 1, got -1 (number)"],
      [name, { betas: [0.9] }, "Expected `betas` to be two numbers, got an array"],
    ]),
    ["Adadelta", { rho: 1.01 }, "Expected `rho` to be a number from 0 to 1, got 1.01 (number)"],
    ["Adadelta", { rho: -0.1 }, "Expected `rho` to be a number from 0 to 1, got -0.1 (number)"],
    ["ASGD", { t0: NaN }, "Expected `t0` to be a number, got NaN (number)"],
    ["Rprop", { etas: [0, 1.2] }, "Expected `etas[0]` to be a number between 0 and 1, got 0 (number)"],
    ["Rprop", { etas: [0.5, 1] }, "Expected `etas[1]` to be a number above 1, got 1 (number)"],
    ["Rprop", { etas: [0.5] }, "Expected `etas` to be two numbers, got an array"],
    ["Rprop", { stepSizes: [-1, 1] }, "Expected `stepSizes[0]` to be a number from 0, got -1 (number)"],
    [
      "Rprop",
      { stepSizes: [2, 1] },
      "Expected `stepSizes[1]` to be a number from stepSizes[0] (2), got 1 (number)",
    ],
    [
      "Adam",
      { amsgrad: "torch" },
      'Expected `amsgrad` to be true, false, "paper", "keras" or "optax", got "torch" (string)',
    ],
    [
      "AdamW",
      { amsgrad: 1 },
      'Expected `amsgrad` to be true, false, "paper", "keras" or "optax", got 1 (number)',
    ],
  ] satisfies [OptimizerName, Options, string][])("%s %j", (name, options, message) => {
    expect(() => makeByName(name, [new Parameter(1)], options)).toThrow(ArgumentError);
    expect(() => makeByName(name, [new Parameter(1)], options)).toThrow(message);
  });

  it.each([
    ["Adadelta", { rho: 1 }],
    ["RMSprop", { alpha: 1.5 }],
    ["Adamax", { betas: [0, 0], eps: 0 }],
    ["ASGD", { t0: -5, alpha: 0 }],
  ] satisfies [OptimizerName, Options][])("but not %s %j", (name, options) => {
    expect(() => makeByName(name, [new Parameter(1)], options)).not.toThrow();
  });
});

describe("the state has torch's names", () => {
  it.each([
    ["Adamax", {}, { expAvg: [0.3], expInf: [3 + 1e-8], beta1Product: [0.9] }],
    [
      "NAdam",
      { momentumDecay: 1 },
      {
        expAvg: [0.3],
        expAvgSq: [0.009],
        muProduct: [0.468],
        beta2Product: [0.999],
        momentumDecayPower: [0.96],
      },
    ],
    ["RAdam", {}, { expAvg: [0.3], expAvgSq: [0.009], step: [1], betaProducts: [0.9, 0.999] }],
    ["RMSprop", {}, { squareAvg: [0.09] }],
    [
      "RMSprop",
      { centered: true, momentum: 0.5 },
      { squareAvg: [0.09], gradAvg: [0.03], momentumBuffer: [10.050378152592119], started: [1] },
    ],
    ["Adagrad", { initialAccumulatorValue: 2 }, { sum: [11], step: [1] }],
    ["Adadelta", {}, { squareAvg: [0.9], accDelta: [9.9999889e-7] }],
    ["ASGD", { lr: 0.5, lambd: 2, alpha: 1, t0: -1 }, { ax: [-1.5], eta: [0.25], mu: [0.5], step: [1] }],
    ["Rprop", {}, { stepSize: [0.01], prev: [3], started: [1] }],
    [
      "Adam",
      { amsgrad: "paper" },
      { expAvg: [0.3], expAvgSq: [0.009], maxExpAvgSq: [0.009], betaProducts: [0.9, 0.999] },
    ],
    [
      "Adam",
      { amsgrad: "optax" },
      { expAvg: [0.3], expAvgSq: [0.009], maxCorrectedExpAvgSq: [9], betaProducts: [0.9, 0.999] },
    ],
  ] satisfies [OptimizerName, Options, Record<string, number[]>][])("%s %j", (name, options, expected) => {
    const x = new Parameter(1);
    const optimizer = makeByName(name, [x], options);
    x.grad[0] = 3;
    optimizer.step();
    const [state] = optimizer.state;
    expect(Object.keys(state!).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [key, values] of Object.entries(expected)) {
      expect([...state![key]!].map((value) => value.toPrecision(6))).toEqual(
        values.map((value) => value.toPrecision(6)),
      );
    }
  });
});

describe("a learning rate that is changed", () => {
  it.each(["ASGD", "Rprop"] as const)("before the first step is the first one's, in %s", (name) => {
    const x = new Parameter(1);
    const optimizer = makeByName(name, [x], { lambd: 0 });
    optimizer.paramGroups[0]!.lr = 0.25;
    x.grad[0] = 1;
    optimizer.step();
    expect(x.item()).toBe(0.75);
  });

  it("counts in ASGD from the second step after", () => {
    const x = new Parameter(1);
    const optimizer = makeByName("ASGD", [x], { lr: 0.25, lambd: 0 });
    const points = [0.25, 0.5, 0.5].map((lr) => {
      optimizer.paramGroups[0]!.lr = lr;
      x.grad[0] = 1;
      optimizer.step();
      return x.item();
    });
    expect(points).toEqual([0.75, 0.5, 0]);
  });
});

it("RMSprop, centered, has no NaN where the variance is 0 but for rounding", () => {
  const x = new Parameter(0);
  const optimizer = makeByName("RMSprop", [x], { centered: true, alpha: 0.9 });
  let least = Infinity;
  for (let step = 0; step < 2000; step++) {
    x.grad[0] = 0.1;
    optimizer.step();
    const { squareAvg, gradAvg } = optimizer.state[0]!;
    least = Math.min(least, squareAvg![0]! - gradAvg![0]! ** 2);
  }
  expect(least).toBeLessThan(0);
  expect(x.item()).toBeLessThan(0);
});

it("ASGD's average is nearer to the minimum of a noisy problem than the last point", () => {
  const x = new Parameter(5);
  const optimizer = makeByName("ASGD", [x], { lr: 0.5, lambd: 0, t0: 100 });
  for (let step = 0; step < 10_000; step++) {
    x.grad[0] = x.item() - 1 + (step % 2 === 0 ? 3 : -3);
    optimizer.step();
  }
  // It alternates between two points of which neither is the minimum, 1.
  expect(Math.abs(x.item() - 1)).toBeGreaterThan(0.5);
  expect(optimizer.state[0]!["ax"]![0]).toBeCloseTo(1, 2);
});
