// A model's own gradient and the tape's are the same training.
import { describe, expect, it } from "vitest";
import {
  Adam,
  averageRegret,
  greedyUpdate,
  loss,
  Model,
  Online,
  onForward,
  onStepTraining,
  Parameter,
  SGD,
  Stochastic,
  toDict,
  Trial,
  type Criterion,
  type DType,
  type Optimizer,
  type State,
  type Var,
} from "../../src/engine/index.js";

/** `model` without its own gradient, so that the tape computes it. */
function onTape<M extends Model>(model: M): M {
  Object.defineProperty(model, "gradient", { value: undefined });
  return model;
}

/** Parameters, gradients, prediction and loss after every step. */
async function trajectory(
  model: Model,
  criterion: Criterion | undefined,
  steps: number,
  makeOptimizer?: (model: Model) => Optimizer,
): Promise<number[][]> {
  const points: number[][] = [];
  const record = onStepTraining((state) => {
    const numbers = model.parameters().flatMap(({ data, grad }) => [...data, ...grad]);
    points.push([...numbers, state.yPred as number, state.loss, ...state.values.subarray(1)]);
  });
  const metrics =
    "slope" in model ? [toDict("est", () => model.parameters()[0]!.data[0]!), averageRegret()] : [];
  const trial = new Trial(model, makeOptimizer?.(model), criterion, {
    metrics,
    callbacks: [greedyUpdate(), record],
    verbose: 0,
  });
  await trial.forTrainSteps(steps).run();
  return points;
}

/** The largest distance of two trajectories, relative to the number's size where that is above 1. */
function distance(a: number[][], b: number[][]): number {
  const distances = a.flatMap((point, i) =>
    point.map((x, k) => Math.abs(x - b[i]![k]!) / Math.max(1, Math.abs(x))),
  );
  return Math.max(...distances.map((d) => (Number.isNaN(d) ? Infinity : d)));
}

const adam = (amsgrad: boolean) => (model: Model) =>
  Adam(model.parameters(), { lr: 1e-3, betas: [0.9, 0.99], amsgrad });

describe.each([
  ["Online", (dtype: DType): Model => new Online({ dtype })],
  ["Stochastic", (dtype: DType): Model => new Stochastic({ dtype, seed: 5 })],
])("%s", (_name, make) => {
  it.each([
    ["float64", false, loss],
    ["float64", true, loss],
    ["float32", true, loss],
    ["float64", true, undefined],
  ] as const)(
    "in %s, amsgrad %s: equal to the last bit over 2,000 steps",
    async (dtype, amsgrad, criterion) => {
      const own = await trajectory(make(dtype), criterion, 2000, adam(amsgrad));
      const tape = await trajectory(onTape(make(dtype)), criterion, 2000, adam(amsgrad));
      expect(own).toEqual(tape);
      expect(own).toHaveLength(2000);
      expect(new Set(own.map(([x]) => x)).size).toBeGreaterThan(1900);
    },
  );

  it.each<[string, Criterion]>([
    ["y²", (y) => y.pow(2)],
    ["y · y", (y) => y.mul(y)],
    ["3 y + 1", (y) => y.mul(3).add(1)],
    ["sin y", (y) => y.sin()],
    ["a copy", (y) => y.mul(1)],
    ["no y", (y) => y.mul(0).add(4)],
  ])("with the criterion %s: the tape's by the chain rule", async (_criterion, criterion) => {
    const own = await trajectory(make("float64"), criterion, 500, adam(true));
    const tape = await trajectory(onTape(make("float64")), criterion, 500, adam(true));
    expect(distance(own, tape)).toBeLessThanOrEqual(1e-15);
  });

  it("with a criterion that computes with a parameter too", async () => {
    const run = (model: Model): Promise<number[][]> => {
      const [x] = model.parameters();
      return trajectory(model, (y) => y.pow(2).add(x!.pow(2).mul(50)), 500, adam(true));
    };
    const [own, tape] = [await run(make("float64")), await run(onTape(make("float64")))];
    expect(distance(own, tape)).toBeLessThanOrEqual(1e-15);
  });
});

/** Several parameters, one of them in another model; the product of its parts. */
class Product extends Model {
  readonly a = new Parameter([0.3, -0.2]);
  readonly inner = new (class extends Model {
    readonly b = new Parameter(0.7, { dtype: "float32" });
    override forward(): Var {
      return this.b.exp();
    }
  })();

  override forward(): Var {
    return this.a.at(0).mul(this.a.at(1)).mul(this.inner.forward());
  }

  override gradient(_x: unknown, state: State): void {
    const { a, inner } = this;
    const [a0, a1] = a.data as unknown as [number, number];
    const e = Math.exp(inner.b.item());
    a.grad[0] = a1 * e;
    a.grad[1] = a0 * e;
    inner.b.grad[0] = a0 * a1 * e;
    state.prediction[0] = a0 * a1 * e;
  }
}

describe("a model of several parameters", () => {
  const sgd = (model: Model): Optimizer => SGD(model.parameters(), { lr: 0.1, momentum: 0.5 });

  it.each<[string, Criterion]>([
    ["loss", loss],
    ["(y - 2)²", (y) => y.sub(2).pow(2)],
  ])("trains the same with %s", async (_criterion, criterion) => {
    const own = await trajectory(new Product(), criterion, 200, sgd);
    const tape = await trajectory(onTape(new Product()), criterion, 200, sgd);
    // A gradient in float32 that is multiplied by a factor afterwards is rounded twice.
    expect(distance(own, tape)).toBeLessThanOrEqual(criterion === loss ? 1e-15 : 1e-6);
    expect(own.at(-1)![0]).not.toBe(0.3);
  });

  it("has the same gradients without an optimizer: those of the last step, not their sum", async () => {
    const own = await trajectory(new Product(), loss, 3);
    const tape = await trajectory(onTape(new Product()), loss, 3);
    expect(own).toEqual(tape);
    expect(own[2]).toEqual(own[0]);
  });

  it("has the same gradients where the optimizer has only some of the parameters", async () => {
    const some = (model: Model): Optimizer => SGD([(model as Product).a], { lr: 0.1 });
    const own = await trajectory(new Product(), loss, 20, some);
    const tape = await trajectory(onTape(new Product()), loss, 20, some);
    expect(distance(own, tape)).toBeLessThanOrEqual(1e-15);
    expect(own.at(-1)![4]).toBe(Math.fround(0.7));
  });
});

describe("a parameter that a step does not use", () => {
  it("has a gradient of 0 in it, and takes part in the step", async () => {
    class Sometimes extends Model {
      readonly a = new Parameter(1);
      readonly b = new Parameter(1);
      override forward(_x: unknown, state: State): Var {
        return state.batch === 0 ? this.a.mul(2).add(this.b.mul(3)) : this.a.mul(2);
      }
    }
    const sgd = (model: Model): Optimizer => SGD(model.parameters(), { lr: 0.1, momentum: 0.5 });
    const points = await trajectory(new Sometimes(), loss, 2, sgd);
    const gradients = points.map(([, gradA, , gradB]) => [gradA, gradB]);
    expect(gradients).toEqual([
      [2, 3],
      [2, 0],
    ]);
    // Its momentum goes on: 0.1 (3 + 0.5 · 3).
    expect(points[1]![2]).toBeCloseTo(1 - 0.45, 12);
  });
});

describe("a criterion", () => {
  it.each([
    ["own gradient", new Online({ x0: 0.5 })],
    ["tape", onTape(new Online({ x0: 0.5 }))],
  ])("gets the prediction and the target (%s)", async (_name, model) => {
    const seen: unknown[] = [];
    const trial = new Trial(
      model,
      undefined,
      (y, target) => {
        seen.push((y as Var).item(), target);
        return y.mul(2);
      },
      { callbacks: onForward((state) => void (state.yTrue = "target")), verbose: 0 },
    );
    await trial.forTrainSteps(1).run();
    expect(seen).toEqual([-5, "target"]);
    expect([trial.state.yPred, trial.state.loss]).toEqual([-5, -10]);
    expect(model.x.grad[0]).toBe(-20);
  });

  it.each([
    ["own gradient", (model: Online) => model],
    ["tape", onTape<Online>],
  ])("may give a parameter as it is (%s)", async (_name, prepare) => {
    const model = prepare(new Online({ x0: 0.5 }));
    const trial = new Trial(model, undefined, () => model.x, { verbose: 0 });
    await trial.forTrainSteps(1).run();
    expect(trial.state.loss).toBe(0.5);
    expect(model.x.grad[0]).toBe(1);
  });
});

describe("a vector", () => {
  class Vector extends Model {
    readonly v = new Parameter([1, 2]);
    override forward(): Var {
      return this.v.mul(3);
    }
  }

  it("is a prediction whose numbers are copied into the state", async () => {
    const predictions: State["yPred"][] = [];
    const model = new Vector();
    const trial = new Trial(model, SGD([model.v], { lr: 1 }), (y) => y.sum(), {
      callbacks: onStepTraining((state) => void predictions.push(state.yPred)),
      verbose: 0,
    });
    await trial.forTrainSteps(2).run();
    expect(predictions).toEqual([new Float64Array([3, 6]), new Float64Array([-6, -3])]);
  });

  it("is no loss", async () => {
    const trial = new Trial(new Vector(), undefined, undefined, { verbose: 0 });
    await expect(trial.forTrainSteps(1).run()).rejects.toThrow(
      "Expected `loss` to be a scalar, got 2 numbers",
    );
  });
});

describe("validation", () => {
  it("asks forward and leaves parameters and gradients alone", async () => {
    const model = new Product();
    const trial = new Trial(model, Adam(model.parameters()), (y) => y.pow(2), { verbose: 0 });
    await trial.forValSteps(3).run();
    expect([...model.a.data]).toEqual([0.3, -0.2]);
    expect([...model.a.grad]).toEqual([0, 0]);
    expect(trial.state.loss).toBeCloseTo((0.3 * -0.2 * Math.exp(0.7)) ** 2, 8);
  });
});
