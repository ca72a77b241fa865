// SGD: defaults, state, what it refuses. Its steps are held against torch's in torch.test.ts.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { Parameter, SGD, type SGDOptions } from "../../../src/engine/index.js";

describe("SGD", () => {
  it("has torch's name and default learning rate", () => {
    const x = new Parameter(1);
    const optimizer = SGD([x]);
    expect(optimizer.name).toBe("SGD");
    x.grad[0] = 16;
    optimizer.step();
    expect(x.item()).toBe(1 - 0.016);
    expect(optimizer.state).toEqual([{}]);
  });

  it("takes the first gradient whole as its momentum, whatever the dampening", () => {
    const x = new Parameter([1, 2]);
    const optimizer = SGD([x], { lr: 0.5, momentum: 0.5, dampening: 0.75 });
    x.grad.set([4, -8]);
    optimizer.step();
    expect([...x.data]).toEqual([-1, 6]);
    expect(optimizer.state).toEqual([
      { momentumBuffer: new Float64Array([4, -8]), started: new Float64Array([1]) },
    ]);
    x.grad.set([8, 8]);
    optimizer.step();
    // 0.5 · 4 + 0.25 · 8 = 4 and 0.5 · -8 + 0.25 · 8 = -2.
    expect([...x.data]).toEqual([-3, 7]);
  });

  it("looks ahead with nesterov", () => {
    const x = new Parameter(0);
    const optimizer = SGD([x], { lr: 1, momentum: 0.5, nesterov: true });
    x.grad[0] = 4;
    optimizer.step();
    expect(x.item()).toBe(-6);
  });

  it.each([
    [{ lr: -1 }, "`lr`"],
    [{ momentum: -0.1 }, "Expected `momentum` to be a number from 0, got -0.1 (number)"],
    [{ momentum: NaN }, "`momentum`"],
    [{ weightDecay: -1 }, "`weightDecay`"],
    [
      { nesterov: true },
      "Expected `nesterov` to be used with a momentum above 0 and a dampening of 0, got true (boolean)",
    ],
    [{ nesterov: true, momentum: 0.9, dampening: 0.1 }, "`nesterov`"],
  ] satisfies [SGDOptions, string][])("refuses %j", (options, message) => {
    expect(() => SGD([new Parameter(1)], options)).toThrow(ArgumentError);
    expect(() => SGD([new Parameter(1)], options)).toThrow(message);
  });
});
