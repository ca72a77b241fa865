// Min-max decimation: peaks stay, gaps stay, the result is never too long.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { minMax } from "../../src/math/min-max.js";

/** The result as pairs, for reading. */
function pairs(xs: ArrayLike<number>, ys: ArrayLike<number>, n: number): [number, number][] {
  const points = minMax(xs, ys, n);
  return Array.from(points.xs, (x, i) => [x, points.ys[i]!]);
}

describe("minMax", () => {
  it("returns a short series whole", () => {
    expect(pairs([1, 2, 3, 4, 5], [9, 8, 9, 7, 9], 5)).toEqual([
      [1, 9],
      [2, 8],
      [3, 9],
      [4, 7],
      [5, 9],
    ]);
    expect(pairs([], [], 5)).toEqual([]);
  });

  it("copies: the result does not follow its input", () => {
    const ys = new Float64Array([1, 2]);
    const points = minMax(new Float64Array([0, 1]), ys, 5);
    ys[0] = 7;
    expect([...points.ys]).toEqual([1, 2]);
  });

  it("keeps the first point, the last, and both extremes of every bucket in their order", () => {
    // 6 points: two buckets over x from 0 to 10, so [0, 5) and [5, 10].
    const xs = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const ys = [5, 6, 1, 9, 4, 3, 8, 2, 7, 5, 5];
    expect(pairs(xs, ys, 6)).toEqual([
      [0, 5],
      [2, 1],
      [3, 9],
      [6, 8],
      [7, 2],
      [10, 5],
    ]);
  });

  it("takes a point that is both extremes of its bucket once", () => {
    expect(pairs([0, 1, 9, 9.2, 9.4, 9.6, 10], [0, 5, 1, 2, 3, 2, 0], 6)).toEqual([
      [0, 0],
      [1, 5],
      [9, 1],
      [9.4, 3],
      [10, 0],
    ]);
  });

  it("makes the buckets equally wide in x, not equally full", () => {
    // Ten points in the first half of x, ten thousand in the second: the half with few keeps its shape.
    const xs = [
      ...Array.from({ length: 10 }, (_, i) => i / 10),
      ...Array.from({ length: 10_001 }, (_, i) => 1 + i / 10_000),
    ];
    const ys = xs.map((_, i) => i % 2);
    expect(minMax(xs, ys, 42).xs.filter((x) => x < 1)).toEqual(new Float64Array(xs.slice(0, 10)));
  });

  it("finds a spike of one point among a million", () => {
    const xs = Float64Array.from({ length: 1_000_000 }, (_, i) => i);
    const ys = xs.map((x) => Math.sin(x / 1e5));
    ys[654_321] = 50;
    const points = minMax(xs, ys, 1000);
    expect(points.xs.length).toBeLessThanOrEqual(1000);
    expect(points.xs.length).toBeGreaterThan(990);
    expect(points.xs[points.ys.indexOf(50)]).toBe(654_321);
    expect(Math.min(...points.ys)).toBe(
      Math.min(...Array.from({ length: 1000 }, (_, i) => Math.min(...ys.subarray(i * 1000, (i + 1) * 1000)))),
    );
  });

  it("turns infinities into gaps", () => {
    expect(pairs([0, 1, 2, NaN], [1, Infinity, -Infinity, 4], 5)).toEqual([
      [0, 1],
      [1, NaN],
      [2, NaN],
      [NaN, NaN],
    ]);
  });

  it("keeps a gap between a bucket's extremes, before them and after them", () => {
    // 8 points of which some are gaps: two buckets of three, [0, 5) and [5, 10].
    const xs = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(pairs(xs, [0, 1, NaN, 3, 2, NaN, 6, 7, 8, 9, 0], 8)).toEqual([
      [0, 0],
      [1, 1],
      [2, NaN],
      [3, 3],
      [5, NaN],
      [6, 6],
      [9, 9],
      [10, 0],
    ]);
    expect(pairs(xs, [0, 1, 2, 3, NaN, NaN, NaN, NaN, NaN, NaN, 0], 8)).toEqual([
      [0, 0],
      [1, 1],
      [3, 3],
      [4, NaN],
      [5, NaN],
      [10, 0],
    ]);
  });

  it("has no bucket of its own for a point at minus infinity", () => {
    const xs = [0, -Infinity, 1, 2, NaN, 3, 4, 5];
    expect(pairs(xs, [0, 1, 5, -5, 0, 1, 2, 9], 5)).toEqual([
      [0, 0],
      [-Infinity, NaN],
      [1, 5],
      [2, -5],
      [5, 9],
    ]);
  });

  it("takes buckets of equally many points where x goes back, as when a run starts again", () => {
    const xs = Array.from({ length: 1000 }, (_, i) => i % 500);
    const ys = Array.from({ length: 1000 }, (_, i) => i);
    expect(pairs(xs, ys, 6)).toEqual([
      [0, 0],
      [1, 1],
      [499, 499],
      [0, 500],
      [498, 998],
      [499, 999],
    ]);
  });

  // 100 points, decimated to 10: between the ends one bucket gives 2 points, a gap alone 1, four equal buckets 8.
  it.each([
    ["all the same: one bucket", () => 3, 4],
    ["none finite: gaps", () => NaN, 4],
    ["spanning more than a double holds: equal buckets", (i: number) => (i < 50 ? -1.7e308 : 1.7e308), 10],
    ["spanning less than a double divides: equal buckets", (i: number) => (i < 50 ? 0 : 5e-324), 10],
  ])("still has buckets where the xs are %s", (_, x, length) => {
    const xs = Array.from({ length: 100 }, (_x, i) => x(i));
    const ys = xs.map((_x, i) => (i === 30 ? 99 : i % 7));
    const points = minMax(xs, ys, 10);
    expect(points.xs).toHaveLength(length);
    expect(points.ys.includes(99)).toBe(Number.isFinite(xs[0]));
  });

  it.each([4, 5.5, NaN, Infinity])("refuses n = %s", (n) => {
    expect(() => minMax([1], [1], n)).toThrow(ArgumentError);
    expect(() => minMax([1], [1], n)).toThrow("`n`");
  });

  it("refuses columns of different lengths", () => {
    expect(() => minMax([1, 2], [1], 5)).toThrow("Expected `ys` to be as long as xs (2), got 1 (number)");
  });

  const value = fc.oneof(
    { weight: 8, arbitrary: fc.double({ noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
  );

  it("holds for any series: a subsequence, at most n, both ends and both extremes in it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { maxLength: 200 }),
        fc.boolean(),
        fc.integer({ min: 5, max: 50 }),
        (raw, sorted, n) => {
          const series = sorted ? raw.toSorted(([a], [b]) => a - b) : raw;
          const whole = series.map(([x, y]): [number, number] => [
            x,
            Number.isFinite(x) && Number.isFinite(y) ? y : NaN,
          ]);
          const got = pairs(
            series.map(([x]) => x),
            series.map(([, y]) => y),
            n,
          );
          expect(got.length).toBeLessThanOrEqual(n);
          expect(got.at(0)).toEqual(whole.at(0));
          expect(got.at(-1)).toEqual(whole.at(-1));
          let from = 0;
          for (const [x, y] of got) {
            while (from < whole.length && !(Object.is(whole[from]![0], x) && Object.is(whole[from]![1], y)))
              from++;
            expect(from++).toBeLessThan(whole.length);
          }
          const finite = (points: [number, number][]): number[] =>
            points.map(([, y]) => y).filter((y) => !Number.isNaN(y));
          expect(Math.min(...finite(got))).toBe(Math.min(...finite(whole)));
          expect(Math.max(...finite(got))).toBe(Math.max(...finite(whole)));
          expect(got.some(([, y]) => Number.isNaN(y))).toBe(whole.some(([, y]) => Number.isNaN(y)));
        },
      ),
    );
  });
});
