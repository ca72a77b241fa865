// Projections: the nearest point, against optax's (scripts/generate-optimizer-fixtures.py) and against every candidate there is.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { projectBox, projectL2Ball, projectSimplex, type Projection } from "../../../src/engine/index.js";
import fixture from "../../fixtures/optimizer-dialects.json" with { type: "json" };

/** The projected copy of `x`. */
function projected(projection: Projection, x: readonly number[]): number[] {
  const vector = Float64Array.from(x);
  projection(vector);
  return [...vector];
}

const sum = (x: readonly number[]): number => x.reduce((total, value) => total + value, 0);
const squaredDistance = (x: readonly number[], y: readonly number[]): number =>
  sum(x.map((value, i) => (value - y[i]!) ** 2));

const numbers = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const vectors = fc.array(numbers, { minLength: 1, maxLength: 7 });
const sizes = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

describe("are optax's", () => {
  it.each(["box", "l2Ball", "simplex"] as const)("%s", (name) => {
    expect(fixture.projections).toHaveLength(60);
    for (const { x, size, ...expected } of fixture.projections) {
      const ours = {
        box: projected((vector) => projectBox(vector, -size, 2 * size), x),
        l2Ball: projected((vector) => projectL2Ball(vector, size), x),
        simplex: projected((vector) => projectSimplex(vector, size), x),
      }[name];
      for (const [i, value] of expected[name].entries()) expect(ours[i]).toBeCloseTo(value, 13);
    }
  });
});

describe("projectSimplex", () => {
  /** Of all sets of numbers that may be above 0, the one whose point is the nearest: 2ⁿ - 1 candidates. */
  function bruteForce(x: readonly number[], total: number): number[] {
    let nearest: number[] = [];
    let least = Infinity;
    for (let set = 1; set < 2 ** x.length; set++) {
      const isIn = (i: number): boolean => (set & (1 << i)) !== 0;
      const inside = x.filter((_, i) => isIn(i));
      const theta = (sum(inside) - total) / inside.length;
      const point = x.map((value, i) => (isIn(i) ? value - theta : 0));
      const distance = squaredDistance(x, point);
      if (point.every((value) => value >= 0) && distance < least) [nearest, least] = [point, distance];
    }
    return nearest;
  }

  it("is the nearest of all candidates", () => {
    fc.assert(
      fc.property(vectors, sizes, (x, total) => {
        const ours = projected((vector) => projectSimplex(vector, total), x);
        const expected = bruteForce(x, total);
        for (const [i, value] of expected.entries()) expect(Math.abs(ours[i]! - value)).toBeLessThan(1e-11);
        expect(Math.min(...ours)).toBeGreaterThanOrEqual(0);
        expect(sum(ours) / total).toBeCloseTo(1, 10);
      }),
    );
  });

  it("leaves a point of the simplex, and tells so", () => {
    const x = new Float64Array([0.25, 0.5, 0, 0.25]);
    expect(projectSimplex(x)).toBe(false);
    expect([...x]).toEqual([0.25, 0.5, 0, 0.25]);
    expect(projectSimplex(x, 2)).toBe(true);
    expect([...x]).toEqual([0.5, 0.75, 0.25, 0.5]);
  });

  it("keeps all digits beside large numbers, and ends with many", () => {
    expect(projected(projectSimplex, [1e17, 1e17, -1e17])).toEqual([0.5, 0.5, 0]);
    expect(projected(projectSimplex, [1.7e308, -1.7e308])).toEqual([1, 0]);
    const many = Float64Array.from({ length: 10_000 }, (_, i) => 1 / (i + 1));
    projectSimplex(many);
    expect(sum([...many])).toBeCloseTo(1, 12);
    // θ is the largest with Σ max(1/i - θ, 0) = 1: two numbers, 1 and 1/2, are above 1/4; and (1 + 1/2 - 1) / 2 = 1/4, below 1/3.
    expect([...many.subarray(0, 4)].map((value) => value.toFixed(12))).toEqual(
      [1 - 5 / 18, 1 / 2 - 5 / 18, 1 / 3 - 5 / 18, 0].map((value) => value.toFixed(12)),
    );
  });

  it("adds up in float32 too", () => {
    const x = new Float32Array([0.1, 0.7, -3, 0.9]);
    expect(projectSimplex(x)).toBe(true);
    expect(sum([...x])).toBeCloseTo(1, 6);
  });

  it.each([0, -1, NaN, Infinity])("refuses a sum of %s", (total) => {
    expect(() => projectSimplex(new Float64Array(1), total)).toThrow(ArgumentError);
    expect(() => projectSimplex(new Float64Array(1), total)).toThrow(
      `Expected \`total\` to be a finite number above 0, got ${total}`,
    );
  });
});

describe("projectL2Ball", () => {
  it("is in the ball, and no point of the ball is nearer", () => {
    const directions = fc.array(numbers, { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(
        vectors,
        sizes,
        directions,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (x, radius, d, share) => {
          const ours = projected((vector) => projectL2Ball(vector, radius), x);
          expect(Math.hypot(...ours)).toBeLessThanOrEqual(radius * (1 + 1e-14));
          const direction = d.slice(0, x.length);
          const length = Math.hypot(...direction);
          fc.pre(length > 0);
          const other = direction.map((value) => (value / length) * radius * share);
          const least = squaredDistance(x, ours);
          expect(squaredDistance(x, other)).toBeGreaterThanOrEqual(least * (1 - 1e-12));
        },
      ),
    );
  });

  it("keeps the direction", () => {
    expect(projected((x) => projectL2Ball(x, 1), [3, 0, -4])).toEqual([0.75, 0, -1].map((x) => x * 0.8));
    expect(projected((x) => projectL2Ball(x, 10), [3, 0, -4])).toEqual([3, 0, -4]);
    expect(projected((x) => projectL2Ball(x, 0), [3, -4]).map(Math.abs)).toEqual([0, 0]);
    expect(projected((x) => projectL2Ball(x, 0), [0, 0])).toEqual([0, 0]);
  });

  it("tells whether it changed anything, also where squares are too large or too small", () => {
    const ball = (x: number[], radius: number): boolean => projectL2Ball(Float64Array.from(x), radius);
    expect([ball([3, 4], 5), ball([3, 4], 4.99), ball([0], 0), ball([0], 1)]).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect([ball([1e200, 1e200], 1e300), ball([1e200, 1e200], 1)]).toEqual([false, true]);
    expect([ball([3e-200, 4e-200], 6e-200), ball([3e-200, 4e-200], 1e-200)]).toEqual([false, true]);
    expect(projected((x) => projectL2Ball(x, 1e-200), [3e-200, 4e-200])[1]).toBeCloseTo(0.8e-200, 210);
    expect(projected((x) => projectL2Ball(x, 5), [3e200, 4e200])).toEqual([3, 4]);
  });

  it.each([-1, NaN])("refuses a radius of %s", (radius) => {
    expect(() => projectL2Ball(new Float64Array(1), radius)).toThrow(
      `Expected \`radius\` to be a number from 0, got ${radius}`,
    );
  });
});

describe("projectBox", () => {
  it("is the nearest of all candidates: low, high and the number itself", () => {
    fc.assert(
      fc.property(vectors, numbers, sizes, (x, low, width) => {
        const high = low + width;
        const expected = x.map((value) => {
          const inside = [low, high, value].filter((candidate) => candidate >= low && candidate <= high);
          return inside.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value))[0]!;
        });
        const vector = Float64Array.from(x);
        expect(projectBox(vector, low, high)).toBe(x.some((value) => value < low || value > high));
        expect([...vector]).toEqual(expected);
      }),
    );
  });

  it("takes infinite bounds, and refuses none", () => {
    expect(projected((x) => projectBox(x, 0, Infinity), [-1, 2, Infinity])).toEqual([0, 2, Infinity]);
    expect(() => projectBox(new Float64Array(1), 1, 0)).toThrow(
      "Expected `high` to be a number from low (1), got 0",
    );
  });
});

describe("a number that is none stays to be seen", () => {
  it.each<[string, Projection]>([
    ["projectBox", (x) => projectBox(x, -1, 1)],
    ["projectL2Ball", (x) => projectL2Ball(x, 1)],
    ["projectSimplex", (x) => projectSimplex(x)],
  ])("%s", (_name, projection) => {
    for (const x of [[NaN], [0.5, NaN], [NaN, 0.5]]) {
      const vector = Float64Array.from(x);
      expect(projection(vector)).toBe(false);
      expect([...vector]).toEqual(x);
    }
    expect(projected(projectSimplex, [Infinity, 1])).toEqual([Infinity, 1]);
    expect(projected((x) => projectL2Ball(x, 1), [-Infinity, 1])).toEqual([-Infinity, 1]);
  });
});
