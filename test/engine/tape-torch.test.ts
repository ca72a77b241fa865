// The tape and the criteria: values and gradients against torch's, of scripts/generate-torch-golden.py.
import { expect, it } from "vitest";
import {
  binaryCrossEntropyWithLogits,
  crossEntropy,
  l1Loss,
  linear,
  mseLoss,
  nllLoss,
  Parameter,
  type Operand,
} from "../../src/engine/index.js";
import fixture from "../fixtures/torch-tape.json" with { type: "json" };
import { backward, rows } from "./on-tape.js";

// The script's.
const CLASSES = rows([2, 0, -100, 1]);
const PROBABILITIES = rows([
  [0.1, 0.7, 0.2],
  [1, 0, 0],
]);
const TARGETS = rows([
  [0.5, -1],
  [2, 0],
]);
const LABELS = rows([[0], [1], [0], [1], [1], [0], [0.3]]);

/** A number, a vector or the rows of a matrix. */
function toParameter(input: number | number[] | number[][]): Parameter {
  const isMatrix = Array.isArray(input) && Array.isArray(input[0]);
  if (!isMatrix) return new Parameter(input as number | number[]);
  return new Parameter(input.flat(), { shape: rows(input as number[][]).shape });
}

/** The functions of scripts/generate-torch-golden.py. */
const FUNCTIONS: Readonly<Record<string, (...p: Parameter[]) => Operand>> = {
  "x * x": (x) => x!.mul(x!),
  "a node used twice": (x) => {
    const y = x!.exp();
    return y.mul(y.sin()).add(y);
  },
  polynomial: (x) => x!.pow(3).sub(x!.pow(2).mul(2)).add(x!.div(7)).sub(5),
  powers: (x) => x!.pow(0.5).add(x!.pow(-2)).add(x!.pow(0)).add(x!.pow(1)),
  "all unary": (x) =>
    x!.exp().add(x!.log()).add(x!.sqrt()).add(x!.sin()).add(x!.cos()).add(x!.tanh()).add(x!.sigmoid()).sum(),
  "relu and abs": (x) => x!.relu().mul(3).add(x!.abs().mul(5)).sum(),
  "scalar with vector": (s, v) => s!.mul(v!).add(v!.div(s!)).sub(s!.sub(v!).mul(s!)).sum(),
  "vector with scalar": (v, s) => v!.sub(s!).mul(v!.add(s!)).div(s!).mean(),
  "vector over vector": (a, b) => a!.div(b!).sub(b!.div(a!)).sum(),
  "dot and mean": (a, b) => a!.dot(b!).mul(a!.mean()).sub(b!.mean()),
  elements: (v) =>
    v!
      .at(0)
      .mul(v!.at(1))
      .sub(v!.at(2).mul(v!.at(2)).mul(v!.at(0)))
      .add(v!.at(1)),
  "softplus of a dot": (w, x) => w!.dot(x!).exp().add(1).log().add(w!.mul(w!).sum().mul(0.01)),
  "two layers": (w, u, b) => w!.mul(u!).add(b!).tanh().mul(w!).sum().sigmoid(),
  "unused parameter": (a, b) => a!.mul(2).add(b!.item()),
  "elements of matrices": (a, b, s) => a!.mul(b!).sub(a!.div(b!)).mul(s!).add(a!.sub(b!).tanh()).mean(),
  linear: (x, w, b) => linear(x!, w!, b!).mul(linear(x!, w!)).sum(),
  "linear of one row": (x, w, b) => linear(x!, w!, b!).exp().sum(),
  "linear of itself": (w) => linear(w!, w!).sin().sum(),
  "log softmax": (x) => x!.logSoftmax().mul(x!).sum(),
  "log sigmoid": (x) => x!.logSigmoid().sum(),
  "cross entropy": (x, w, b) => crossEntropy(linear(x!, w!, b!), CLASSES),
  "cross entropy of one row": (x) => crossEntropy(x!, rows([1])),
  "cross entropy of probabilities": (x) => crossEntropy(x!, PROBABILITIES),
  nll: (x) => nllLoss(x!, CLASSES),
  mse: (x) => mseLoss(x!, TARGETS),
  l1: (x) => l1Loss(x!, TARGETS),
  "binary cross entropy": (x) => binaryCrossEntropyWithLogits(x!, LABELS),
  network: (x, w, b, v, c) => crossEntropy(linear(linear(x!, w!, b!).relu(), v!, c!), CLASSES),
};

it("has a case for every function", () => {
  expect(new Set(fixture.cases.map((one) => one.function))).toEqual(new Set(Object.keys(FUNCTIONS)));
});

it.each(fixture.cases)("$function at $inputs", ({ function: name, inputs, value, gradients }) => {
  const parameters = inputs.map(toParameter);
  const ours = backward(() => FUNCTIONS[name]!(...parameters));
  const pairs = [
    [ours, value],
    ...parameters.flatMap(({ grad }, i) =>
      Array.from(grad, (g, k) => [g, ([gradients[i]!].flat(2) as number[])[k]!]),
    ),
  ] as [number, number][];
  expect(pairs.filter(([a, b]) => !(Math.abs(a - b) <= 1e-14 * Math.max(1, Math.abs(b))))).toEqual([]);
  expect(pairs).toHaveLength(1 + inputs.flat(2).length);
});
