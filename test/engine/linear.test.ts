// The layer `Linear`: its first values, what it gives, and its place in a model.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { Linear, Model, Parameter, type Rows } from "../../src/engine/index.js";
import { Tape } from "../../src/engine/tape.js";
import { PyRandom } from "../../src/math/py-random.js";
import { on, rows, valuesOf } from "./on-tape.js";

describe("the first values", () => {
  it("are those of Python: random.Random(7).uniform(-1/2, 1/2), the weight's row by row, then the bias's", () => {
    const { weight, bias } = new Linear(4, 2, { random: new PyRandom(7) });
    expect(weight.shape).toEqual([2, 4]);
    expect([...weight.data]).toEqual([
      -0.17616723516683763, -0.3491508260754981, 0.15093447303985374, -0.42756371333245724,
      0.0358820043066892, -0.13431108308741446, -0.4420010752252932, 0.007435733189420257,
    ]);
    expect(bias!.shape).toEqual([2]);
    expect([...bias!.data]).toEqual([-0.4625043415580151, -0.06635431633761413]);
  });

  it("are drawn evenly from both sides of 0, as far as 1/√inputs", () => {
    const { weight } = new Linear(100, 200, { random: new PyRandom(1) });
    const inTenths = Array.from({ length: 10 }, () => 0);
    for (const value of weight.data) inTenths[Math.floor((value + 0.1) * 50)]! += 1;
    // The standard deviation of each is 42.
    for (const count of inTenths) expect(Math.abs(count - 2000)).toBeLessThan(4 * 42);
  });

  it("go on where the last layer's ended, for layers of one generator", () => {
    const random = new PyRandom(7);
    const first = new Linear(4, 1, { random, bias: false });
    const second = new Linear(4, 1, { random, bias: false });
    const both = new Linear(4, 2, { random: new PyRandom(7), bias: false });
    expect([...first.weight.data, ...second.weight.data]).toEqual([...both.weight.data]);
  });

  it("are rounded in float32", () => {
    const { weight, bias } = new Linear(4, 2, { random: new PyRandom(7), dtype: "float32" });
    expect(weight.data).toBeInstanceOf(Float32Array);
    expect(weight.data[0]).toBe(Math.fround(-0.17616723516683763));
    expect(bias!.data).toBeInstanceOf(Float32Array);
  });
});

describe("forward", () => {
  const layer = new Linear(2, 3, { random: Math });
  layer.weight.data.set([1, 2, 3, 4, 5, 6]);
  layer.bias!.data.set([10, 20, 30]);
  const batch: Rows = rows([
    [1, 0],
    [1, 1],
  ]);

  it("gives a row of the outputs for each row", () => {
    const y = on(new Tape(), () => layer.forward(batch));
    expect(y.shape).toEqual([2, 3]);
    expect([...y.toArray()]).toEqual([11, 23, 35, 13, 27, 41]);
    expect(valuesOf(() => layer.forward(new Parameter([1, 1])))).toEqual([13, 27, 41]);
  });

  it("adds nothing without a bias, and has no such parameter", () => {
    const plain = new Linear(2, 3, { random: Math, bias: false });
    plain.weight.data.set(layer.weight.data);
    expect(plain.bias).toBeUndefined();
    expect(plain.namedParameters().map(([name]) => name)).toEqual(["weight"]);
    expect(valuesOf(() => plain.forward(batch))).toEqual([1, 3, 5, 3, 7, 11]);
  });
});

it("is found in a model by its field's name", () => {
  class Network extends Model {
    readonly hidden = new Linear(2, 3, { random: Math });
    readonly layers = [new Linear(3, 1, { random: Math })];
    override forward(x: Rows) {
      return this.layers[0]!.forward(this.hidden.forward(x).relu());
    }
  }
  const names = new Network().namedParameters().map(([name]) => name);
  expect(names).toEqual(["hidden.weight", "hidden.bias", "layers.0.weight", "layers.0.bias"]);
});

it.each([
  [
    "no inputs",
    () => new Linear(0, 1, { random: Math }),
    "Expected `inFeatures` to be an integer from 1, got 0",
  ],
  [
    "half an output",
    () => new Linear(1, 1.5, { random: Math }),
    "Expected `outFeatures` to be an integer from 1, got 1.5",
  ],
  [
    "no generator",
    () => new Linear(1, 1, { random: 3 as never }),
    "Expected `random` to be an object with a method random",
  ],
])("refuses %s", (_what, make, message) => {
  expect(make).toThrow(ArgumentError);
  expect(make).toThrow(message);
});
