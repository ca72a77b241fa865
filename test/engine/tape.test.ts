// The tape: gradients against central differences, its memory, its errors. tape-torch.test.ts holds it to torch.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { Parameter, type Operand, type Var } from "../../src/engine/index.js";
import { currentTape, Tape } from "../../src/engine/tape.js";
import { backward, expectGradient, gradientsOf, on, valuesOf } from "./on-tape.js";

const NO_TAPE = "A parameter can be computed with only inside";

describe("against central differences", () => {
  const any = fc.double({ min: -3, max: 3, noNaN: true });
  const positive = fc.double({ min: 0.3, max: 3, noNaN: true });
  const awayFromZero = fc.tuple(positive, fc.boolean()).map(([x, minus]) => (minus ? -x : x));

  const UNARY: Readonly<Record<string, readonly [fc.Arbitrary<number>, (a: Operand) => Var]>> = {
    "add a number": [any, (a) => a.add(1.5)],
    "sub a number": [any, (a) => a.sub(1.5)],
    "mul by a number": [any, (a) => a.mul(-1.5)],
    "div by a number": [any, (a) => a.div(-1.5)],
    neg: [any, (a) => a.neg()],
    square: [any, (a) => a.pow(2)],
    cube: [any, (a) => a.pow(3)],
    "pow -1.5": [positive, (a) => a.pow(-1.5)],
    "pow 0": [any, (a) => a.pow(0)],
    exp: [any, (a) => a.exp()],
    log: [positive, (a) => a.log()],
    sqrt: [positive, (a) => a.sqrt()],
    sin: [any, (a) => a.sin()],
    cos: [any, (a) => a.cos()],
    tanh: [any, (a) => a.tanh()],
    sigmoid: [any, (a) => a.sigmoid()],
    relu: [awayFromZero, (a) => a.relu()],
    abs: [awayFromZero, (a) => a.abs()],
    sum: [any, (a) => a.sum()],
    mean: [any, (a) => a.mean()],
    "at its last": [any, (a) => a.at(a.node().length - 1)],
    "mul by itself": [any, (a) => a.mul(a)],
    "div by itself": [awayFromZero, (a) => a.div(a)],
    "sub itself": [any, (a) => a.sub(a)],
    "dot itself": [any, (a) => a.dot(a)],
  };

  it.each(Object.entries(UNARY))("%s", (_name, [domain, operation]) => {
    fc.assert(
      fc.property(
        fc.array(domain, { minLength: 1, maxLength: 5 }),
        fc.array(any, { minLength: 5, maxLength: 5 }),
        (a, w) => {
          expectGradient([a], w, ([x]) => operation(x!));
        },
      ),
    );
  });

  const BINARY: Readonly<Record<string, readonly [fc.Arbitrary<number>, (a: Operand, b: Operand) => Var]>> = {
    add: [any, (a, b) => a.add(b)],
    sub: [any, (a, b) => a.sub(b)],
    mul: [any, (a, b) => a.mul(b)],
    div: [awayFromZero, (a, b) => a.div(b)],
    dot: [any, (a, b) => a.dot(b)],
  };

  it.each(Object.entries(BINARY))("%s, of vectors and scalars", (_name, [domain, operation]) => {
    const pair = fc.integer({ min: 1, max: 4 }).chain((length) => {
      const vector = fc.array(domain, { minLength: length, maxLength: length });
      const scalar = fc.array(domain, { minLength: 1, maxLength: 1 });
      return fc.oneof(fc.tuple(vector, vector), fc.tuple(vector, scalar), fc.tuple(scalar, vector));
    });
    fc.assert(
      fc.property(pair, fc.array(any, { minLength: 5, maxLength: 5 }), ([a, b], w) => {
        expectGradient([a, b], w, ([x, y]) => operation(x!, y!));
      }),
    );
  });

  it("any program of these, with nodes used any number of times", () => {
    const smooth: readonly ((a: Operand, b: Operand) => Var)[] = [
      (a, b) => a.add(b),
      (a, b) => a.sub(b),
      (a, b) => a.mul(b).tanh(),
      (a, b) => a.div(b.mul(b).add(1)),
      (a) => a.sin(),
      (a) => a.sigmoid(),
      (a) => a.mean(),
      (a) => a.at(a.node().length >> 1),
      (a, b) => a.dot(b).tanh(),
      (a) => a.mul(0.7).add(-0.2),
    ];
    const index = fc.nat({ max: 1000 });
    const line = fc.tuple(fc.nat({ max: smooth.length - 1 }), index, index);
    const program = fc.array(line, { minLength: 1, maxLength: 12 });
    const small = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        program,
        fc.array(small, { minLength: 3, maxLength: 3 }),
        fc.array(small, { minLength: 1, maxLength: 1 }),
        fc.array(any, { minLength: 5, maxLength: 5 }),
        (lines, vector, scalar, w) => {
          expectGradient([vector, scalar], w, (parameters) => {
            const nodes: Operand[] = [...parameters];
            for (const [which, a, b] of lines) {
              nodes.push(smooth[which]!(nodes[a % nodes.length]!, nodes[b % nodes.length]!));
            }
            return nodes.at(-1)!.node();
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("a kink or an edge", () => {
  it.each([
    ["relu", (x: Parameter) => x.relu(), [0, 0, 1], [0, 0, 1]],
    ["abs", (x: Parameter) => x.abs(), [2, 0, 1], [-1, 0, 1]],
    ["pow 0", (x: Parameter) => x.pow(0), [1, 1, 1], [0, 0, 0]],
    ["pow 1", (x: Parameter) => x.pow(1), [-2, 0, 1], [1, 1, 1]],
  ])("%s, as torch has it", (_name, f, values, slopes) => {
    const x = new Parameter([-2, 0, 1]);
    expect(valuesOf(() => f(x))).toEqual(values);
    backward(() => f(x).sum());
    expect([...x.grad]).toEqual(slopes);
  });

  it("sigmoid does not overflow", () => {
    const x = new Parameter([-1000, 1000]);
    expect(valuesOf(() => x.sigmoid())).toEqual([0, 1]);
    backward(() => x.sigmoid().sum());
    expect([...x.grad]).toEqual([0, 0]);
  });

  it("NaN stays NaN", () => {
    const x = new Parameter(NaN);
    for (const f of [x.relu, x.abs, x.sigmoid]) expect(valuesOf(() => f.call(x))).toEqual([NaN]);
  });
});

describe("what a node says", () => {
  it("is its length, its number, and a copy of its numbers", () => {
    const [x, v] = [new Parameter(2), new Parameter([3, 4])];
    const tape = new Tape();
    const node = on(tape, () => v.mul(x));
    expect(node.length).toBe(2);
    const copy = node.toArray();
    expect(copy).toEqual(new Float64Array([6, 8]));
    copy[0] = 0;
    expect([...node.toArray()]).toEqual([6, 8]);
    expect(on(tape, () => x.add(1)).item()).toBe(3);
  });

  it("is one node for a parameter, however often it is named", () => {
    const x = new Parameter(2);
    const nodes: Var[] = [];
    on(new Tape(), () => {
      nodes.push(x.node(), x.add(1), x.node());
      return nodes[1]!;
    });
    expect(nodes[0]).toBe(nodes[2]);
    expect(nodes[0]).not.toBe(nodes[1]);
    expect(nodes[1]!.node()).toBe(nodes[1]);
  });
});

describe("the gradient", () => {
  it("takes the place of the last one", () => {
    const x = new Parameter([3, 4]);
    x.grad.fill(100);
    backward(() => x.mul(x).sum());
    expect([...x.grad]).toEqual([6, 8]);
    backward(() => x.mul(2).sum());
    expect([...x.grad]).toEqual([2, 2]);
  });

  it("of a parameter in float32 is rounded once", () => {
    const x = new Parameter(1, { dtype: "float32" });
    backward(() => x.mul(0.1).add(x.mul(0.2)));
    expect(x.grad).toEqual(new Float32Array([0.1 + 0.2]));
  });

  it("is 0 behind what the loss does not depend on", () => {
    const [a, b] = [new Parameter(2), new Parameter(3)];
    b.grad[0] = 7;
    backward(() => {
      b.exp();
      return a.mul(5);
    });
    expect(gradientsOf([a, b])).toEqual([[5], [0]]);
  });

  it("of a parameter itself is 1", () => {
    const x = new Parameter(2);
    expect(backward(() => x)).toBe(2);
    expect([...x.grad]).toEqual([1]);
  });
});

describe("memory", () => {
  it("grows with the number of nodes and of numbers, and nothing is lost", () => {
    const x = new Parameter(Float64Array.from({ length: 1000 }, (_, i) => i / 1000));
    const tape = new Tape();
    const deep = (depth: number): number =>
      backward(() => {
        let y: Operand = x;
        for (let i = 0; i < depth; i++) y = y.add(x);
        return y.sum();
      }, tape);
    for (const depth of [1, 63, 64, 500, 2]) {
      expect(deep(depth)).toBeCloseTo((depth + 1) * 499.5, 6);
      expect(x.grad).toEqual(new Float64Array(1000).fill(depth + 1));
    }
  });

  it("is used again: the same nodes at every step", () => {
    const x = new Parameter([1, 2]);
    const tape = new Tape();
    const f = (): Var => x.mul(3).exp().sum();
    const first = on(tape, f);
    const values: number[] = [];
    for (let step = 0; step < 1000; step++) {
      x.data[0] = step / 1000;
      const node = on(tape, f);
      expect(node).toBe(first);
      tape.backward(node);
      values.push(x.grad[0]! - 3 * Math.exp((3 * step) / 1000));
    }
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(1e-13);
  });

  it("begins with a number that is not trained", () => {
    const tape = new Tape();
    const cell = new Float64Array([3]);
    for (const [number, slope] of [
      [3, 6],
      [-5, -10],
    ] as const) {
      cell[0] = number;
      const start = tape.restart(cell);
      const square = start.mul(start);
      tape.backward(square);
      expect([start.item(), square.item(), tape.gradOf(start)]).toEqual([number, number ** 2, slope]);
    }
  });
});

describe("an error", () => {
  const [scalar, two, three] = [new Parameter(1), new Parameter([1, 2]), new Parameter([1, 2, 3])];

  it.each(["add", "sub", "mul", "div", "dot"] as const)(
    "when lengths do not go together: %s",
    (operation) => {
      expect(() => on(new Tape(), () => two[operation](three))).toThrow(ArgumentError);
      expect(() => on(new Tape(), () => two[operation](three))).toThrow(
        "Expected `operands` to be scalars or vectors of one length, got lengths 2 and 3",
      );
    },
  );

  it.each([3, -1, 0.5, NaN])("when there is no element %s", (index) => {
    expect(() => on(new Tape(), () => three.at(index))).toThrow(
      `Expected \`index\` to be an integer from 0 to 2, got ${index} (number)`,
    );
  });

  it("when a vector is asked for its number, or is to be the loss", () => {
    const tape = new Tape();
    const vector = on(tape, () => two.add(scalar));
    expect(() => vector.item()).toThrow("Expected `value` to be a scalar, got");
    expect(() => tape.backward(vector)).toThrow(ArgumentError);
    expect(() => tape.backward(vector)).toThrow("Expected `loss` to be a scalar, got");
  });

  it("when a parameter is computed with outside of a step", () => {
    for (const f of [
      () => currentTape(),
      () => scalar.add(1),
      () => scalar.node(),
      () => scalar.mul(two),
      () => two.sum(),
    ]) {
      expect(f).toThrow(NO_TAPE);
    }
  });
});
