// Parameters in groups, and optimizers made of rules.
import { describe, expect, expectTypeOf, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  Adam,
  chain,
  momentum,
  negate,
  optimizer,
  Parameter,
  scaleByLearningRate,
  SGD,
  type ParamGroup,
  type Rule,
  type Vec,
} from "../../../src/engine/index.js";

describe("parameter groups", () => {
  it("are one for a list of parameters", () => {
    const [a, b] = [new Parameter(1), new Parameter([2, 3])];
    const { paramGroups } = SGD([a, b], { lr: 0.5 });
    const options = { lr: 0.5, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0, maximize: false };
    expect(paramGroups).toEqual([{ params: [a, b], lr: 0.5, options }]);
    expect(paramGroups[0]!.params[1]).toBe(b);
  });

  it("take what they do not say from the common options", () => {
    const [a, b, c] = [new Parameter(0), new Parameter(0), new Parameter(0)];
    const made = SGD(
      [
        { params: [a], lr: 0.5 },
        { params: new Set([b, c]), momentum: 0 },
      ],
      { lr: 0.25, momentum: 0.5 },
    );
    expect(made.paramGroups.map(({ lr }) => lr)).toEqual([0.5, 0.25]);
    for (let step = 0; step < 2; step++) {
      for (const { grad } of [a, b, c]) grad[0] = 1;
      made.step();
    }
    expect([a, b, c].map((parameter) => parameter.item())).toEqual([-1.25, -0.5, -0.5]);
    expect(made.state.map((state) => Object.keys(state))).toEqual([["momentumBuffer", "started"], [], []]);
  });

  it("take any iterable, read once", () => {
    const a = new Parameter(0);
    const made = SGD(
      (function* () {
        yield { params: [a].values() };
      })(),
      { lr: 1 },
    );
    a.grad[0] = 2;
    made.step();
    expect(a.item()).toBe(-2);
  });

  it("can be given another learning rate between steps", () => {
    const [a, b] = [new Parameter(0), new Parameter(0)];
    const made = SGD([{ params: [a] }, { params: [b] }], { lr: 1 });
    made.paramGroups[1]!.lr = 3;
    a.grad[0] = b.grad[0] = 1;
    made.step();
    expect([a.item(), b.item()]).toEqual([-1, -3]);
  });

  it.each([
    ["none", []],
    ["an empty group", [{ params: [] }]],
  ])("hold at least one parameter: %s", (_name, params) => {
    expect(() => SGD(params)).toThrow(ArgumentError);
    expect(() => SGD(params)).toThrow("Expected `params` to be at least one parameter");
  });

  it("name a parameter once", () => {
    const a = new Parameter(0);
    expect(() => SGD([a, a])).toThrow("Expected `params` to be parameters that are each named once");
    expect(() => SGD([{ params: [a] }, { params: [a] }])).toThrow(ArgumentError);
  });
});

describe("step", () => {
  it("leaves the gradient as it is, and zeroGrad clears it", () => {
    const a = new Parameter([1, 2]);
    const made = Adam([a], { weightDecay: 0.5, maximize: true });
    a.grad.set([3, 4]);
    made.step();
    expect([...a.grad]).toEqual([3, 4]);
    made.zeroGrad();
    expect([...a.grad]).toEqual([0, 0]);
    expect([...a.data]).not.toEqual([1, 2]);
  });

  it("rounds to float32 where the parameter is stored so", () => {
    const a = new Parameter(1, { dtype: "float32" });
    const made = SGD([a], { lr: 0.1 });
    a.grad[0] = 1e-9;
    made.step();
    expect(a.item()).toBe(1);
    a.grad[0] = 1;
    made.step();
    expect(a.item()).toBe(Math.fround(1 - Math.fround(0.1)));
  });
});

describe("optimizer", () => {
  it("is made of rules, one chain a parameter, called in order with the gradient and the parameter", () => {
    const calls: [string, number[], number[]][] = [];
    const add = (label: string, amount: number): Rule => ({
      state: {},
      init() {},
      update(u: Vec, x: Vec) {
        calls.push([label, [...u], [...x]]);
        for (let i = 0; i < u.length; i++) u[i]! += amount;
      },
    });
    const [a, b] = [new Parameter([1, 2]), new Parameter(10)];
    const groups: ParamGroup[] = [];
    const made = optimizer(
      "Mine",
      [{ params: [a], bonus: 2 }, { params: [b] }],
      { lr: 0.5, bonus: 1 },
      (group, { bonus }) => {
        groups.push(group);
        return chain(add("first", bonus), chain(negate(), add("second", 100)));
      },
    );
    expectTypeOf(made.paramGroups[0]!.lr).toEqualTypeOf<number>();
    expect(made.name).toBe("Mine");
    expect(groups).toEqual(made.paramGroups);
    a.grad.set([5, 6]);
    b.grad.set([7]);
    made.step();
    expect(calls).toEqual([
      ["first", [5, 6], [1, 2]],
      ["second", [-7, -8], [1, 2]],
      ["first", [7], [10]],
      ["second", [-8], [10]],
    ]);
    expect([...a.data, ...b.data]).toEqual([94, 94, 102]);
  });

  it("makes what Adam and SGD are made of", () => {
    const [a, b] = [new Parameter([1, -2]), new Parameter([1, -2])];
    const options = { momentum: 0.9, dampening: 0.2, nesterov: false };
    const ours = optimizer("SGD", [a], { lr: 0.1 }, (group) =>
      chain(momentum(options), scaleByLearningRate(group)),
    );
    const theirs = SGD([b], { lr: 0.1, ...options });
    for (const g of [1, -3, 0.1]) {
      a.grad.fill(g);
      b.grad.fill(g);
      ours.step();
      theirs.step();
    }
    expect(a.data).toEqual(b.data);
    expect(a.data[0]).not.toBe(1);
    expect(ours.state).toEqual(theirs.state);
  });

  it("shows each rule's state, so that a checkpoint can put it back", () => {
    const x = new Parameter(1);
    const run = (steps: number, made: ReturnType<typeof Adam>): void => {
      for (let i = 0; i < steps; i++) {
        x.grad[0] = Math.sin(i) * x.item();
        made.step();
      }
    };
    const first = Adam([x], { lr: 0.1, amsgrad: true });
    run(5, first);
    const saved = { x: x.item(), state: first.state.map((state) => structuredClone(state)) };
    run(5, first);
    const expected = x.item();

    const second = Adam([x], { lr: 0.1, amsgrad: true });
    x.data[0] = saved.x;
    for (const [i, state] of saved.state.entries()) {
      for (const [name, values] of Object.entries(state)) second.state[i]![name]!.set(values);
    }
    run(5, second);
    expect(x.item()).toBe(expected);
    expect(expected).not.toBe(saved.x);
  });
});
