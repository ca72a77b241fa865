// Axes: round ticks, readable labels, and no range that breaks them.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearAxis } from "../../src/plot/axis.js";

function labels(values: number[], count = 4, ends: "round" | "loose" = "round"): string[] {
  return linearAxis([values], [0, 100], count, ends).ticks.map((tick) => tick.label);
}

describe("linearAxis", () => {
  it("ends at round values, or a little beyond the values", () => {
    expect(linearAxis([[3, 97]], [0, 100], 4, "round").scale.domain()).toEqual([0, 100]);
    expect(linearAxis([[-1, 1]], [0, 100], 4, "loose").scale.domain()).toEqual([-1.08, 1.08]);
  });

  it("places a value in its range, and never outside", () => {
    const { scale } = linearAxis([[0, 10]], [200, 100], 5, "round");
    expect([0, 5, 10, 99, -Infinity].map((value) => scale(value))).toEqual([200, 150, 100, 100, 200]);
  });

  it.each([
    ["everyday values with equally many digits", [-1, 1], ["−1.0", "−0.5", "0", "0.5", "1.0"]],
    ["thousands", [0, 20_000], ["0", "5,000", "10,000", "15,000", "20,000"]],
    ["millions", [0, 5_999_900], ["0", "2M", "4M", "6M"]],
    [
      "a narrow range far from 0",
      [1_000_000, 1_000_001],
      ["1M", "1.0000002M", "1.0000004M", "1.0000006M", "1.0000008M", "1.000001M"],
    ],
    ["small values", [0, 2e-5], ["0", "5e-6", "1e-5", "1.5e-5", "2e-5"]],
    ["huge values", [0, 2e20], ["0", "5e+19", "1e+20", "1.5e+20", "2e+20"]],
    ["negative values with exponents", [-1.5e216, 0], ["−1.5e+216", "−1e+216", "−5e+215", "0"]],
    ["no values", [], ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
    ["no finite values", [NaN, Infinity, -Infinity], ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
  ])("labels %s", (_, values, expected) => {
    expect(labels(values)).toEqual(expected);
  });

  it("leaves infinities and NaN out, over all columns", () => {
    const { scale } = linearAxis([[NaN, 2, Infinity], [], [-4, -Infinity]], [0, 1], 4, "round");
    expect(scale.domain()).toEqual([-4, 2]);
  });

  it("widens a constant around itself", () => {
    expect(linearAxis([[5, 5]], [0, 1], 4, "loose").scale(5)).toBeCloseTo(0.5, 12);
    expect(linearAxis([[0]], [0, 1], 4, "loose").scale(0)).toBeCloseTo(0.5, 12);
  });

  it("has increasing ticks within its range and different labels, whatever the values", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double(), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 2, max: 12 }),
        fc.constantFrom("round" as const, "loose" as const),
        (values, count, ends) => {
          const { scale, ticks } = linearAxis([values], [0, 100], count, ends);
          for (const value of values.filter(Number.isFinite)) {
            expect(scale(value)).toBeGreaterThanOrEqual(0);
            expect(scale(value)).toBeLessThanOrEqual(100);
          }
          expect(ticks.length).toBeGreaterThan(0);
          expect(ticks.length).toBeLessThan(40);
          expect(new Set(ticks.map((tick) => tick.label)).size).toBe(ticks.length);
          expect(ticks.map((tick) => tick.value)).toEqual(
            ticks.map((tick) => tick.value).toSorted((a, b) => a - b),
          );
          for (const { label } of ticks) expect(label).not.toMatch(/NaN|Infinity|undefined/);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
