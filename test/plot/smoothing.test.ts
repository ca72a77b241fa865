// Smoothing, on numbers worked out by hand; beside TensorBoard's own: test/tensorboard/smoothing.test.ts.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { smoothed } from "../../src/plot/smoothing.js";

describe("smoothed", () => {
  it("is the mean of what was there, by 0.5 for each step of age", () => {
    // (8), (0.5 * 8 + 0) / 1.5, (0.25 * 8 + 0 + 14) / 1.75
    expect([...smoothed([8, 0, 14], 0.5)]).toEqual([8, 4 / 1.5, 16 / 1.75]);
  });

  it("passes over what is not finite, and leaves it where it is", () => {
    expect([...smoothed([NaN, 8, Infinity, 0], 0.5)]).toEqual([NaN, 8, Infinity, 4 / 1.5]);
  });

  it("changes nothing with a weight of 0, nor equal numbers, nor what it is given", () => {
    const ys = Float64Array.of(1, 5, -3);
    expect([...smoothed(ys, 0)]).toEqual([1, 5, -3]);
    expect([...smoothed([0.1, 0.1, 0.1], 0.9)]).toEqual([0.1, 0.1, 0.1]);
    smoothed(ys, 0.9);
    expect([...ys]).toEqual([1, 5, -3]);
    expect([...smoothed([], 0.9)]).toEqual([]);
  });

  it.each([-0.1, 1, 2, NaN])("refuses a weight of %d", (weight) => {
    expect(() => smoothed([1], weight)).toThrow(ArgumentError);
    expect(() => smoothed([1], weight)).toThrow("`weight` to be a number from 0 to less than 1");
  });
});
