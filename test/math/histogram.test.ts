// Counting into buckets, against literal counts, numpy's floor and a count that is as simple as can be.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countInBuckets } from "../../src/math/histogram.js";

describe("countInBuckets", () => {
  it.each<[string, number[], number, number[], number[], number]>([
    ["values between edges", [0, 0.5, 1.5, 2.5, 3], 3, [0, 1, 2, 3], [2, 1, 2], 0],
    ["values at edges: to the right, the last to the left", [0, 1, 2, 3], 3, [0, 1, 2, 3], [1, 1, 2], 0],
    ["negative values", [-4, -3, 0], 2, [-4, -2, 0], [2, 1], 0],
    ["one bucket", [5, 7, 6], 1, [5, 7], [3], 0],
    ["one value", [5], 3, [5, 5, 5, 5], [0, 0, 1], 0],
    ["equal values", [2, 2, 2], 2, [2, 2, 2], [0, 3], 0],
    ["both zeros", [0, -0], 1, [0, 0], [2], 0],
    ["no value", [], 2, [0, 0, 0], [0, 0], 0],
    [
      "NaN and infinities, which are left out",
      [1, Number.NaN, 2, Infinity, -Infinity],
      2,
      [1, 1.5, 2],
      [1, 1],
      3,
    ],
    ["NaN first and last", [Number.NaN, 1, 2, Number.NaN], 1, [1, 2], [2], 2],
    ["NaN alone, even or odd", [Number.NaN, Number.NaN, Number.NaN], 1, [0, 0], [0], 3],
    ["infinities alone", [Infinity, -Infinity], 1, [0, 0], [0], 2],
    ["equal values beside NaN and an infinity", [3, Number.NaN, 3, Infinity], 1, [3, 3], [2], 2],
    ["a range beyond the largest double", [-1.5e308, 0, 1.5e308], 2, [-1.5e308, 0, 1.5e308], [1, 2], 0],
    [
      "a range below the smallest normal double",
      [0, 1e-310, 3e-310],
      3,
      [0, 1e-310, 2e-310, 3e-310],
      [1, 1, 1],
      0,
    ],
    ["buckets narrower than the smallest double", [0, 5e-324], 4, [0, 0, 0, 5e-324, 5e-324], [1, 0, 0, 1], 0],
  ])("counts %s", (_, values, bins, edges, counts, skipped) => {
    const counted = countInBuckets(values, bins);
    expect([...counted.counts]).toEqual(counts);
    expect([...counted.edges].map((edge) => edge + 0)).toEqual(edges);
    expect(counted.skipped).toBe(skipped);
  });

  // As histogram_pb of tensorboard 2.21.0 counts: 0.3 / 0.1 is below 3, though 0.3 is an edge.
  it("puts values at edges where TensorBoard's division puts them", () => {
    const values = Array.from({ length: 11 }, (_, k) => k / 10);
    expect([...countInBuckets(values, 10).counts]).toEqual([1, 1, 2, 0, 1, 2, 1, 0, 1, 2]);
  });

  const numbers = fc.oneof(
    fc.double(),
    fc.double({ min: -1, max: 1 }),
    fc.integer({ min: -20, max: 20 }).map((k) => k / 10),
  );

  it("counts as one value after the other does, whatever the values and their type", () => {
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (values, bins) => {
        const { counts, edges, skipped } = countInBuckets(values, bins);
        const finite = values.filter(Number.isFinite);
        const [min, max] = finite.length === 0 ? [0, 0] : [Math.min(...finite), Math.max(...finite)];
        expect(skipped).toBe(values.length - finite.length);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(finite.length);
        // Which of the two zeros does not matter.
        expect([edges[0]! + 0, edges[bins]! + 0]).toEqual([min + 0, max + 0]);
        expect(edges.toSorted()).toEqual(edges);
        const width = (max - min) / bins;
        const isSimple = width >= 2 ** -1022 && width < Infinity;
        expect([...counts]).toEqual(isSimple ? simple(finite, bins) : [...counts]);
        expect(countInBuckets(Float64Array.from(values), bins)).toEqual({ counts, edges, skipped });
      }),
      {
        examples: [
          [[0, -0, 5e-324], 3],
          [[1.7e308, -1.7e308, Number.NaN], 4],
        ],
      },
    );
  });

  it("counts a float32 as the double that it is", () => {
    const values = Float32Array.of(0.1, 0.2, 0.3);
    expect(countInBuckets(values, 7)).toEqual(countInBuckets([...values], 7));
  });
});

/** The definition: TensorBoard's floor of a division, clamped. */
function simple(values: readonly number[], bins: number): number[] {
  const min = Math.min(...values);
  const width = (Math.max(...values) - min) / bins;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) counts[Math.min(Math.floor((value - min) / width), bins - 1)]!++;
  return counts;
}
