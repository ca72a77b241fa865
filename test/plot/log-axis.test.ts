// Logarithmic axes: equal ratios are equally long, ticks are round.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logAxis } from "../../src/plot/log-axis.js";

describe("logAxis", () => {
  it.each([
    ["powers of ten", [0.001, 1000], 6, ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]],
    ["every so many powers", [1e-9, 1e9], 4, ["1e-5", "1", "1e+5"]],
    ["round values within a decade", [2, 9], 4, ["2", "4", "6", "8"]],
    ["round values in a narrow range", [0.5001, 0.5004], 3, ["0.5001", "0.5002", "0.5003", "0.5004"]],
    ["a constant in its decade", [5, 5], 3, ["5", "10", "15"]],
    ["nothing", [], 3, ["2", "4", "6", "8", "10"]],
    ["nothing that has a logarithm", [-1, 0, NaN, Infinity], 3, ["2", "4", "6", "8", "10"]],
  ])("labels %s", (_, values, count, expected) => {
    expect(logAxis([values], [0, 100], count).ticks.map(({ label }) => label)).toEqual(expected);
  });

  it("puts the middle of a ratio in the middle", () => {
    const { scale } = logAxis([[0.01, 100]], [0, 100], 4);
    expect(scale(1)).toBeCloseTo(50, 12);
    expect(scale(10) - scale(1)).toBeCloseTo(scale(1) - scale(0.1), 12);
    // A little room at both ends.
    expect(scale(0.01)).toBeCloseTo((100 * 0.04) / 1.08, 12);
    expect([scale(1e300), scale(1e-300)]).toEqual([100, 0]);
  });

  it("has increasing ticks in its range and every value in it, whatever the values", () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(Number.MIN_VALUE, Number.MAX_VALUE, 1));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), fc.integer({ min: 2, max: 12 }), (values, count) => {
        const { scale, ticks } = logAxis([values], [0, 100], count);
        const places = [...values.filter((one) => one > 0), ...ticks.map((tick) => tick.value)].map(scale);
        expect(places.every((place) => place >= 0 && place <= 100)).toBe(true);
        expect(ticks.length).toBeGreaterThan(0);
        expect(ticks.length).toBeLessThan(40);
        const order = ticks.map((tick) => tick.value);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
      }),
      { numRuns: 500 },
    );
  });
});
