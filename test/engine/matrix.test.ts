// Rows and columns on the tape: shapes, products, criteria of batches; gradients against central differences.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import {
  binaryCrossEntropyWithLogits,
  constant,
  crossEntropy,
  l1Loss,
  linear,
  Model,
  mseLoss,
  nllLoss,
  onForward,
  Parameter,
  predictedRows,
  SGD,
  targetRows,
  Trial,
  type Operand,
  type Rows,
  type State,
  type Var,
} from "../../src/engine/index.js";
import { Tape } from "../../src/engine/tape.js";
import { backward, expectGradient, gradientsOf, on, rows, valuesOf } from "./on-tape.js";

const matrix = (values: number[], columns: number): Parameter =>
  new Parameter(values, { shape: [values.length / columns, columns] });

describe("a shape", () => {
  it("of a parameter is its own, and its values are given row by row", () => {
    const w = matrix([1, 2, 3, 4, 5, 6], 3);
    expect(w.shape).toEqual([2, 3]);
    expect([...w.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Parameter(3).shape).toEqual([]);
    expect(new Parameter([3]).shape).toEqual([1]);
    expect(new Parameter(3, { shape: [1, 1] }).shape).toEqual([1, 1]);
  });

  it.each([[[2]], [[2, 2]], [[0, 6]], [[1, 2, 3]], [[-2, -3]], [[1.5, 4]], [[]], ["23"]])(
    "%j is refused for 6 values",
    (shape) => {
      const make = (): Parameter => new Parameter([1, 2, 3, 4, 5, 6], { shape: shape as number[] });
      expect(make).toThrow(ArgumentError);
      expect(make).toThrow("Expected `shape` to be one size or two, with room for 6 values, got ");
    },
  );

  it("stays in elementwise operations, also with scalars on either side", () => {
    const [m, s] = [matrix([1, 2, 3, 4, 5, 6], 3), new Parameter(2)];
    const shapes: (readonly number[])[] = [];
    on(new Tape(), () => {
      const nodes = [m.add(m), s.mul(m), m.div(s), m.add(1), m.pow(2), m.exp(), m.neg(), m.logSoftmax()];
      shapes.push(...nodes.map((node) => node.shape));
      return m;
    });
    expect(shapes).toEqual(Array.from({ length: 8 }, () => [2, 3]));
  });

  it("is that of the larger, where both have one number that of the matrix", () => {
    const [one, number, three] = [matrix([5], 1), new Parameter(2), new Parameter([1, 2, 3])];
    const shapes: (readonly number[])[] = [];
    on(new Tape(), () => {
      const nodes = [one.mul(three), three.mul(one), one.add(number), number.add(one), number.add(number)];
      shapes.push(...nodes.map((node) => node.shape));
      return one;
    });
    expect(shapes).toEqual([[3], [3], [1, 1], [1, 1], []]);
  });

  it("of a sum, a mean, a dot or an element is a scalar's", () => {
    const m = matrix([1, 2, 3, 4, 5, 6], 3);
    expect(valuesOf(() => m.sum())).toEqual([21]);
    expect(valuesOf(() => m.mean())).toEqual([3.5]);
    expect(valuesOf(() => m.dot(m))).toEqual([91]);
    expect(valuesOf(() => m.at(4))).toEqual([5]);
  });

  it.each([
    [matrix([1, 2, 3, 4, 5, 6], 3), matrix([1, 2, 3, 4, 5, 6], 2), "shapes [2, 3] and [3, 2]"],
    [matrix([1, 2, 3, 4, 5, 6], 3), new Parameter([1, 2, 3, 4, 5, 6]), "shapes [2, 3] and [6]"],
    [new Parameter([1, 2]), matrix([1, 2], 1), "shapes [2] and [2, 1]"],
  ])("must be the same in both: $2", (a, b, got) => {
    expect(() => on(new Tape(), () => a.add(b))).toThrow(
      `Expected \`operands\` to be scalars or arrays of one shape, got ${got}`,
    );
  });

  it("of data is a vector's or a matrix's; more dimensions than two are in the columns", () => {
    const shapeOf = (value: Parameters<typeof constant>[0]): readonly number[] =>
      on(new Tape(), () => constant(value)).shape;
    expect(shapeOf(3)).toEqual([]);
    expect(shapeOf([3, 4])).toEqual([2]);
    expect(shapeOf(rows([3, 4]))).toEqual([2]);
    expect(shapeOf(rows([[3], [4]]))).toEqual([2, 1]);
    expect(shapeOf({ shape: [2, 2, 3], data: new Float64Array(12) })).toEqual([2, 6]);
  });
});

describe("linear", () => {
  const w = matrix([1, 2, 3, 4, 5, 6], 2);

  it("takes a batch, a batch of one-dimensional rows, a matrix, a vector", () => {
    expect(valuesOf(() => linear(rows([[1, 10]]), w))).toEqual([21, 43, 65]);
    expect(valuesOf(() => linear(rows([1, 10]), matrix([1, 2], 1)))).toEqual([1, 2, 10, 20]);
    expect(on(new Tape(), () => linear(rows([1, 10]), matrix([1, 2], 1))).shape).toEqual([2, 2]);
    expect(valuesOf(() => linear(matrix([1, 10, 0, 1], 2), w, new Parameter([100, 200, 300])))).toEqual([
      121, 243, 365, 102, 204, 306,
    ]);
    const vector = on(new Tape(), () => linear(new Parameter([1, 10]), w));
    expect([vector.shape, [...vector.toArray()]]).toEqual([[3], [21, 43, 65]]);
    const images = { shape: [1, 1, 2], data: Float64Array.of(1, 10) };
    expect(valuesOf(() => linear(images, w))).toEqual([21, 43, 65]);
  });

  it("of random sizes has the gradient of its differences", () => {
    const sizes = fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      inputs: fc.integer({ min: 1, max: 4 }),
      outputs: fc.integer({ min: 1, max: 4 }),
    });
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const numbers = fc.array(number, { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(sizes, numbers, numbers, numbers, numbers, ({ count, inputs, outputs }, a, b, c, d) => {
        const parts = [a.slice(0, count * inputs), b.slice(0, outputs * inputs), c.slice(0, outputs)];
        const shapes = [[count, inputs], [outputs, inputs], undefined];
        expectGradient(parts, d, ([x, m, bias]) => linear(x!, m!, bias!).sin(), shapes);
        const data = { shape: [count, inputs], data: Float64Array.from(parts[0]!) };
        expectGradient(parts.slice(1), d, ([m, bias]) => linear(data, m!, bias!).mul(2), shapes.slice(1));
      }),
    );
  });

  it.each<[string, () => Var, string]>([
    [
      "a weight that is a vector",
      () => linear(rows([[1, 2]]), new Parameter([1, 2])),
      "`weight` to be a matrix [outputs, inputs], got shape [2]",
    ],
    [
      "rows of another length",
      () => linear(rows([[1, 2, 3]]), w),
      "`x` to be 2 columns, as weight has, got 3",
    ],
    [
      "a bias of another length",
      () => linear(rows([[1, 2]]), w, new Parameter([1, 2])),
      "`bias` to be 3 numbers, one for each row of weight, got 2",
    ],
    ["no rows", () => linear([1, 2] as unknown as Rows, w), "`x` to be rows or an operand, got an array"],
  ])("refuses %s", (_name, f, message) => {
    expect(() => on(new Tape(), f)).toThrow(ArgumentError);
    expect(() => on(new Tape(), f)).toThrow(message);
  });

  it("is for a model alone", () => {
    expect(() => linear(rows([[1, 2]]), w)).toThrow("only inside a model's forward function");
  });
});

describe("logSoftmax", () => {
  it("of each row is its own", () => {
    const thirds = Math.log(1 / 3);
    const got = valuesOf(() => matrix([0, 0, 0, 700, 700, 700], 3).logSoftmax());
    for (const value of got) expect(value).toBeCloseTo(thirds, 13);
    expect(valuesOf(() => matrix([0, 1000], 2).logSoftmax())).toEqual([-1000, 0]);
    expect(valuesOf(() => matrix([0, NaN, 1, 2], 2).logSoftmax()).slice(0, 2)).toEqual([NaN, NaN]);
  });
});

describe("a criterion", () => {
  const number = fc.double({ min: -4, max: 4, noNaN: true });

  it("has the gradient of its differences, whatever the sizes and the targets", () => {
    const batch = fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      columns: fc.integer({ min: 2, max: 4 }),
      logits: fc.array(number, { minLength: 16, maxLength: 16 }),
      classes: fc.array(fc.nat({ max: 3 }), { minLength: 4, maxLength: 4 }),
      targets: fc.array(number, { minLength: 16, maxLength: 16 }),
    });
    fc.assert(
      fc.property(batch, ({ count, columns, logits, classes, targets }) => {
        const shape = [count, columns];
        const given = logits.slice(0, count * columns);
        const yTrue = { shape, data: Float64Array.from(targets.slice(0, count * columns)) };
        const labels = rows(classes.slice(0, count).map((which) => which % columns));
        const check = (f: (yPred: Operand) => Var): void =>
          expectGradient([given], [1], ([yPred]) => f(yPred!), [shape]);
        check((yPred) => crossEntropy(yPred, labels));
        check((yPred) => crossEntropy(yPred, yTrue));
        check((yPred) => nllLoss(yPred, labels));
        check((yPred) => mseLoss(yPred, yTrue));
        check((yPred) => binaryCrossEntropyWithLogits(yPred, yTrue));
      }),
      { numRuns: 50 },
    );
  });

  it("takes a vector and a column as the same rows, and a number as one", () => {
    for (const criterion of [mseLoss, l1Loss, binaryCrossEntropyWithLogits]) {
      const expected = backward(() => criterion(new Parameter([1, 2]), rows([3, 5])));
      expect(backward(() => criterion(new Parameter([1, 2]), rows([[3], [5]])))).toBe(expected);
      expect(backward(() => criterion(matrix([1, 2], 1), rows([3, 5])))).toBe(expected);
      expect(backward(() => criterion(new Parameter(1), rows([[3]])))).toBe(
        backward(() => criterion(matrix([1], 1), rows([3]))),
      );
    }
    expect(backward(() => mseLoss(new Parameter([1, 2]), rows([3, 5])))).toBe(6.5);
    expect(backward(() => l1Loss(new Parameter([1, 2]), rows([3, 5])))).toBe(2.5);
  });

  it("of classes counts no row of -100; of none there is no number", () => {
    const yPred = matrix([1, 2, 3, 4, 0, 0], 2);
    expect(backward(() => crossEntropy(yPred, rows([-100, -100, 0])))).toBeCloseTo(Math.LN2, 15);
    expect(gradientsOf([yPred])).toEqual([[0, 0, 0, 0, -0.5, 0.5]]);
    expect(backward(() => crossEntropy(yPred, rows([-100, -100, -100])))).toBeNaN();
  });

  it.each<[string, () => Operand, string]>([
    [
      "no target",
      () => crossEntropy(matrix([1, 2], 2), undefined as unknown as Rows),
      "Expected `yTrue` to be a class number for each row, 1 in all, got undefined",
    ],
    [
      "a number for a batch",
      () => mseLoss(matrix([1, 2], 2), 3 as unknown as Rows),
      "Expected `yTrue` to be rows of shape [1, 2], as yPred, got 3 (number)",
    ],
    [
      "too few classes",
      () => crossEntropy(matrix([1, 2, 3, 4], 2), rows([1])),
      "`yTrue` to be a class number for each row, 2 in all, got rows of shape [1]",
    ],
    [
      "a class that is none",
      () => crossEntropy(matrix([1, 2, 3, 4], 2), rows([1, 2])),
      "Expected `yTrue[1]` to be a class number from 0 to 1, or -100, got 2 (number)",
    ],
    [
      "half a class",
      () => nllLoss(matrix([1, 2], 2), rows([0.5])),
      "`yTrue[0]` to be a class number from 0 to 1, or -100, got 0.5",
    ],
    [
      "a target in another shape",
      () => mseLoss(matrix([1, 2, 3, 4], 2), rows([1, 2, 3, 4])),
      "`yTrue` to be rows of shape [2, 2], as yPred, got rows of shape [4]",
    ],
    [
      "a target of another length",
      () => binaryCrossEntropyWithLogits(new Parameter([1, 2]), rows([1])),
      "`yTrue` to be rows of shape [2], as yPred, got rows of shape [1]",
    ],
  ])("refuses %s", (_name, f, message) => {
    expect(() => on(new Tape(), f)).toThrow(ArgumentError);
    expect(() => on(new Tape(), f)).toThrow(message);
  });
});

class Regression extends Model {
  readonly weight = new Parameter([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], { shape: [3, 2] });
  readonly bias = new Parameter([0, 0, 0]);
  override forward(x: Rows): Var {
    return linear(x, this.weight, this.bias);
  }
}

describe("a batch in a trial", () => {
  const X = [[1, 0], [0, 1], [1, 1], [2, 1], [-1, 0]]; // prettier-ignore
  const Y = [0, 1, 2, 2, 1];

  it("is learned by softmax regression", async () => {
    const model = new Regression();
    const trial = new Trial(model, SGD(model.parameters(), { lr: 1 }), crossEntropy, { verbose: 0 });
    trial.withTrainData(X, Y, { batchSize: 3 }).withValData(X, Y, { batchSize: 5 });
    const losses: number[] = [];
    for (const epochs of [1, 100]) {
      await trial.run(epochs);
      losses.push(trial.state.loss);
    }
    expect(losses[0]).toBeGreaterThan(0.3);
    expect(losses[1]).toBeLessThan(0.1);
    const scores = await trial.predict({ dataKey: "validation" });
    const best = Array.from({ length: 5 }, (_, i) => {
      const row = scores.subarray(3 * i, 3 * i + 3);
      return row.indexOf(Math.max(...row));
    });
    expect(best).toEqual(Y);
  });

  it("is seen as rows by what looks at it", async () => {
    const seen: unknown[] = [];
    const look = onForward((state: State) => {
      seen.push(state.yPredShape, predictedRows(state).shape, targetRows(state));
      const { yPred } = state;
      state.yPred = predictedRows(state);
      expect(state.yPred).toBe(yPred);
      expect(state.yPredShape).toEqual([2, 3]);
    });
    const trial = new Trial(new Regression(), undefined, crossEntropy, { callbacks: look, verbose: 0 });
    await trial.withTrainData(X.slice(0, 2), Y.slice(0, 2), { batchSize: 2, shuffle: false }).run();
    expect(seen).toEqual([[2, 3], [2, 3], rows([0, 1])]);
    expect([...(trial.state.yPred as Float64Array)]).toEqual([0.1, 0.3, 0.5, 0.2, 0.4, 0.6]);
  });

  it("may be anything that has numbers", () => {
    const { state } = new Trial(new Regression(), undefined, crossEntropy, { verbose: 0 });
    const target = (yTrue: unknown): Rows => {
      state.yTrue = yTrue as Rows;
      return targetRows(state as unknown as State);
    };
    expect(target(3)).toEqual(rows([3]));
    expect(target([true, false])).toEqual(rows([1, 0]));
    expect(target(Int8Array.of(1, 2))).toEqual(rows([1, 2]));
    expect(target([[1], [2]])).toEqual(rows([[1], [2]]));
    expect(() => target("cat")).toThrow("`yTrue` to be a number, or numbers in an array");
    expect(() => target(undefined)).toThrow("`yTrue` to be a target: the step's batch has none");
    state.yPred = 2;
    expect([state.yPredShape, predictedRows(state as unknown as State)]).toEqual([[], rows([2])]);
    state.yPred = Float64Array.of(1, 2);
    expect(state.yPredShape).toEqual([2]);
  });
});
