// What a parameter holds.
import { describe, expect, expectTypeOf, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { Parameter, type Vec } from "../../src/engine/index.js";

describe("Parameter", () => {
  it("is a scalar or a vector, in float64 unless told, with a gradient of 0", () => {
    expect(new Parameter(3).data).toEqual(new Float64Array([3]));
    expect(new Parameter([1, 2]).data).toEqual(new Float64Array([1, 2]));
    const single = new Parameter(0.1, { dtype: "float32" });
    expect(single.data).toEqual(new Float32Array([0.1]));
    expect(single.grad).toEqual(new Float32Array([0]));
    expect(new Parameter([1, 2]).grad).toEqual(new Float64Array(2));
    expectTypeOf(single.data).toEqualTypeOf<Vec>();
  });

  it("copies what it is made from", () => {
    const values = new Float64Array([1, 2]);
    const parameter = new Parameter(values);
    values[0] = 9;
    expect([...parameter.data]).toEqual([1, 2]);
  });

  it("gives the number of a scalar", () => {
    expect(new Parameter(3).item()).toBe(3);
    expect(new Parameter(0.1, { dtype: "float32" }).item()).toBe(Math.fround(0.1));
    expect(() => new Parameter([1, 2]).item()).toThrow(ArgumentError);
    expect(() => new Parameter([1, 2]).item()).toThrow("Expected `parameter` to be of length 1");
  });

  it("holds at least one number", () => {
    expect(() => new Parameter([])).toThrow("Expected `value` to be at least one number, got an array");
  });

  it.each(["float16", ""])("refuses the dtype %j", (dtype) => {
    expect(() => new Parameter(1, { dtype: dtype as "float32" })).toThrow(
      `Expected \`dtype\` to be "float64" or "float32", got "${dtype}" (string)`,
    );
  });
});
