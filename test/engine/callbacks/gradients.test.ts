// Clipping of gradients and decay of weights, beside torch's numbers (scripts/generate-torch-schedules.py), at every step.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  GradientClipping,
  GradientNormClipping,
  L1WeightDecay,
  L2WeightDecay,
  Model,
  onBackward,
  onCriterion,
  Parameter,
  SGD,
  Trial,
  WeightDecay,
  type Callback,
  type DType,
  type Var,
} from "../../../src/engine/index.js";

interface Fixture {
  readonly torch: string;
  readonly value: readonly { gradients: number[][]; value: number; clipped: number[][] }[];
  readonly norm: readonly { gradients: number[][]; maxNorm: number; normType: string; clipped: number[][] }[];
  readonly decay: readonly { x: number[]; p: string; norm: number; gradient: number[] }[];
}

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/torch-clipping.json"), "utf8"),
) as Fixture;

/** Python's inf. */
const number = (text: string): number => Number(text.replace("inf", "Infinity"));

/** A model whose gradients are what it is told, at every step. */
class Told extends Model {
  readonly parts: readonly Parameter[];
  readonly #gradients: readonly number[][];

  constructor(gradients: readonly number[][], start = 0, dtype: DType = "float64") {
    super();
    this.#gradients = gradients;
    this.parts = gradients.map(
      (values) =>
        new Parameter(
          values.map(() => start),
          { dtype },
        ),
    );
  }

  override forward(): Var {
    const terms = this.parts.flatMap((part, p) =>
      this.#gradients[p]!.map((gradient, i) => part.at(i).mul(gradient)),
    );
    return terms.reduce((sum, term) => sum.add(term));
  }
}

/** The gradients of each of three steps, behind `callbacks`. */
async function gradients(model: Told, callbacks: readonly Callback[]): Promise<number[][][]> {
  const seen: number[][][] = [];
  const note = onBackward(() => void seen.push(model.parts.map(({ grad }) => [...grad])));
  const options = { callbacks: [...callbacks, note], verbose: 0 } as const;
  await new Trial(model, SGD(model.parameters(), { lr: 0.01 }), undefined, options).forTrainSteps(3).run();
  expect(seen).toHaveLength(3);
  return seen;
}

function expectNear(values: readonly number[][], expected: readonly number[][]): void {
  expect(values.map((each) => each.length)).toEqual(expected.map((each) => each.length));
  for (const [p, each] of expected.entries())
    for (const [i, value] of each.entries())
      expect(Math.abs(values[p]![i]! - value)).toBeLessThanOrEqual(1e-14 * Math.abs(value));
}

describe(`beside torch ${fixture.torch}`, () => {
  it.each(fixture.value)(
    "GradientClipping($value) of $gradients",
    async ({ gradients: given, value, clipped }) => {
      const model = new Told(given);
      for (const step of await gradients(model, [new GradientClipping(value)])) expect(step).toEqual(clipped);
    },
  );

  it.each(fixture.norm)(
    "GradientNormClipping($maxNorm, $normType) of $gradients",
    async ({ gradients: given, maxNorm, normType, clipped }) => {
      const clip = new GradientNormClipping(maxNorm, number(normType));
      for (const step of await gradients(new Told(given), [clip])) expectNear(step, clipped);
    },
  );

  it.each(fixture.decay)("WeightDecay with p $p of $x", async ({ x, p, norm, gradient }) => {
    const model = new Told([x.map(() => 0)]);
    model.parts[0]!.data.set(x);
    let loss = NaN;
    const note = onCriterion((state) => void (loss = state.loss));
    const seen: number[][] = [];
    const first = onBackward(() => void seen.push([...model.parts[0]!.grad]));
    const options = { callbacks: [new WeightDecay(0.125, number(p)), note, first], verbose: 0 } as const;
    const optimizer = SGD(model.parameters(), { lr: 0 });
    await new Trial(model, optimizer, undefined, options).forTrainSteps(2).run();
    // 0.125 is a power of 2, so that the product is exact.
    expect(Math.abs(loss - norm / 8)).toBeLessThanOrEqual(1e-15 * norm);
    for (const step of seen) expectNear([step], [gradient.map((value) => value / 8)]);
  });
});

describe("GradientClipping", () => {
  it("leaves NaN alone, and takes the parameters that it is given", async () => {
    const model = new Told([[NaN, 5], [5]]);
    const [first] = await gradients(model, [new GradientClipping(1, [model.parts[0]!])]);
    expect(first).toEqual([[NaN, 1], [5]]);
  });

  it("takes a generator of parameters for every step", async () => {
    const model = new Told([[5], [-5]]);
    const given = (function* () {
      yield* model.parts;
    })();
    for (const step of await gradients(model, [new GradientClipping(1, given)]))
      expect(step).toEqual([[1], [-1]]);
  });
});

describe("GradientNormClipping", () => {
  it("makes everything NaN when something is, as torch", async () => {
    const [first] = await gradients(new Told([[NaN, 5], [5]]), [new GradientNormClipping(1)]);
    expect(first).toEqual([[NaN, NaN], [NaN]]);
  });

  it("counts only the parameters that it is given", async () => {
    const model = new Told([[3, 4], [100]]);
    const [first] = await gradients(model, [new GradientNormClipping(1, 2, [model.parts[0]!])]);
    expectNear(first!, [[3 / (5 + 1e-6), 4 / (5 + 1e-6)], [100]]);
  });
});

describe("WeightDecay", () => {
  it("reaches the optimizer in every step", async () => {
    const model = new Told([[0, 0]]);
    model.parts[0]!.data.set([3, -1]);
    const options = { callbacks: new L1WeightDecay(0.5), verbose: 0 } as const;
    await new Trial(model, SGD(model.parameters(), { lr: 1 }), undefined, options).forTrainSteps(4).run();
    // Half a unit towards 0 in each step; at 0 it stays there.
    expect([...model.parts[0]!.data]).toEqual([1, 0]);
  });

  it("is a part of the loss of training, not of validation, before metrics see it", async () => {
    const model = new Told([[0], [0]], 2);
    const seen: number[] = [];
    const note: Callback = {
      onStepTraining: (state) => void seen.push(state.loss),
      onStepValidation: (state) => void seen.push(state.loss),
    };
    const options = { callbacks: [new L2WeightDecay(0.25), note], verbose: 0 } as const;
    await new Trial(model, SGD(model.parameters(), { lr: 0 }), undefined, options).forSteps(2, 1).run();
    expect(seen).toEqual([1, 1, 0]);
  });

  it("is clipped by what stands behind it in the list", async () => {
    const before = new Told([[0]], 2);
    const [clipped] = await gradients(before, [new L1WeightDecay(3), new GradientClipping(1)]);
    expect(clipped).toEqual([[1]]);
    const behind = new Told([[0]], 2);
    const [whole] = await gradients(behind, [new GradientClipping(1), new L1WeightDecay(3)]);
    expect(whole).toEqual([[3]]);
  });

  it("decays the parameters that it is given, in float32 too", async () => {
    const model = new Told([[0], [0]], 2, "float32");
    const [first] = await gradients(model, [new L2WeightDecay(0.5, [model.parts[1]!])]);
    expect(first).toEqual([[0], [0.5]]);
  });
});

it.each<[string, () => unknown, string]>([
  ["no value", () => new GradientClipping(0), "Expected `clipValue` to be a number above 0, got 0"],
  ["NaN", () => new GradientClipping(NaN), "Expected `clipValue` to be a number above 0, got NaN"],
  [
    "a negative norm",
    () => new GradientNormClipping(-1),
    "Expected `maxNorm` to be a number above 0, got -1",
  ],
  [
    "no type",
    () => new GradientNormClipping(1, 0),
    "Expected `normType` to be a number above 0, or Infinity, got 0",
  ],
  ["text", () => new GradientNormClipping("1" as never), "Expected `maxNorm` to be a number above 0"],
  ["a negative rate", () => new WeightDecay(-1), "Expected `rate` to be a number from 0, got -1"],
  ["p below 1", () => new WeightDecay(1, 0.5), "Expected `p` to be a number from 1, or Infinity, got 0.5"],
])("is refused: %s", (_name, make, message) => {
  expect(make).toThrow(ArgumentError);
  expect(make).toThrow(message);
});
