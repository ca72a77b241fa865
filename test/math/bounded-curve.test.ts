// The bounded curve: its size, its peaks, its order, and that it goes on as it was when read back.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedCurve } from "../../src/math/bounded-curve.js";

type Point = [step: number, value: number];

function pointsOf(curve: BoundedCurve): Point[] {
  return Array.from({ length: curve.length }, (_, i) => [curve.steps[i]!, curve.values[i]!]);
}

function curveOf(limit: number, points: readonly Point[]): BoundedCurve {
  const curve = new BoundedCurve(limit);
  for (const [step, value] of points) curve.add(step, step / 10, value);
  return curve;
}

describe("a bounded curve", () => {
  it("has every point while there are few", () => {
    const curve = curveOf(10, [
      [0, 1],
      [1, 3],
      [5, 2],
    ]);
    expect(pointsOf(curve)).toEqual([
      [0, 1],
      [1, 3],
    ]);
    expect(curve.isOpen).toBe(true);
    curve.finish();
    expect(pointsOf(curve)).toEqual([
      [0, 1],
      [1, 3],
      [5, 2],
    ]);
    expect(Array.from(curve.wallTimes.subarray(0, 3))).toEqual([0, 0.1, 0.5]);
  });

  it("doubles its stride when it is full, and has the lowest and the highest of each, at their own steps", () => {
    const curve = curveOf(8, [
      [0, 5],
      [1, 1],
      [2, 9],
      [3, 4],
      [4, 0],
      [5, 7],
      [6, 3],
    ]);
    expect(pointsOf(curve)).toEqual([
      [0, 5],
      [1, 1],
      [2, 9],
      [3, 4],
      [4, 0],
      [5, 7],
    ]);
    // With up to three more there would be nine. Four must do: strides of 2 leave six, of 4 five, one of 8 three.
    curve.finish();
    expect(pointsOf(curve)).toEqual([
      [0, 5],
      [2, 9],
      [4, 0],
      [6, 3],
    ]);
  });

  it("ends with the last point, also when its stride was finished before and the point was no peak of it", () => {
    const wide = new BoundedCurve(8);
    // Strides of 8.
    for (let step = 0; step < 32; step++) wide.add(step, 0, 0);
    for (const value of [3, 9, 1, 5]) wide.add(wide.lastStep + 1, 0, value);
    wide.closeStride();
    expect(pointsOf(wide).at(-1)).toEqual([34, 1]);
    wide.finish();
    expect(pointsOf(wide).at(-1)).toEqual([35, 5]);
    expect(wide.length).toBeLessThanOrEqual(8);
    wide.finish();
    expect(pointsOf(wide).slice(-2)).toEqual([
      [34, 1],
      [35, 5],
    ]);
  });

  it("doubles its stride no more often when strides are finished early again and again", () => {
    const early = new BoundedCurve(100);
    const late = new BoundedCurve(100);
    for (let step = 0; step < 10_000; step++) {
      const value = Math.sin(step);
      early.add(step, 0, value);
      early.finish();
      late.add(step, 0, value);
    }
    early.compact();
    late.compact();
    // Strides of 512: 20 of them, with two points each, and the first one.
    const gaps = (curve: BoundedCurve): number[] =>
      Array.from(curve.steps.subarray(1, curve.length), (step, i) => step - curve.steps[i]!);
    expect(early.length).toBeGreaterThan(25);
    expect(Math.max(...gaps(early))).toBeLessThanOrEqual(1024);
    expect(Math.max(...gaps(late))).toBeLessThanOrEqual(1024);
  });

  it("keeps a NaN beside the numbers of its stride, and infinities as numbers", () => {
    const curve = curveOf(8, [
      [0, 0],
      [1, NaN],
      [2, 1],
      [3, -Infinity],
      [4, NaN],
      [5, NaN],
      [6, NaN],
      [7, NaN],
      [8, 2],
    ]);
    curve.finish();
    const points = pointsOf(curve);
    expect(points.filter(([, value]) => Number.isNaN(value)).length).toBeGreaterThan(0);
    expect(points.map(([, value]) => value)).toContain(-Infinity);
    expect(points.at(-1)).toEqual([8, 2]);
    expect(
      pointsOf(
        curveOf(8, [
          [0, NaN],
          [1, NaN],
        ]),
      ),
    ).toEqual([[0, NaN]]);
  });

  it("goes on from a step that went back, as if what followed it had not been", () => {
    const curve = curveOf(100, [
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
      [1, 10],
      [2, 20],
    ]);
    curve.finish();
    expect(pointsOf(curve)).toEqual([
      [0, 0],
      [1, 10],
      [2, 20],
    ]);
    expect(curve.rewinds).toBe(1);
    curve.voidFrom(2);
    expect(pointsOf(curve)).toEqual([
      [0, 0],
      [1, 10],
    ]);
    curve.voidFrom(-5);
    expect(pointsOf(curve)).toEqual([]);
    expect(curve.lastStep).toBe(-Infinity);
  });

  it("that begins all over again has its first point, as a new one has", () => {
    const curve = curveOf(
      8,
      Array.from({ length: 100 }, (_, i): Point => [1000 * i, i % 3]),
    );
    curve.voidFrom(0);
    for (const [step, value] of [
      [0, 0],
      [1000, -1],
      [2000, 1],
      [3000, 0],
    ] as Point[]) {
      curve.add(step, 0, value);
    }
    curve.finish();
    expect(pointsOf(curve)).toEqual([
      [0, 0],
      [1000, -1],
      [2000, 1],
      [3000, 0],
    ]);
  });

  it("ends with a point that was added, after a step that went back and strides that doubled", () => {
    // At 29 neither the lowest nor the highest of its stride.
    const points = Array.from({ length: 40 }, (_, i): Point => [i, i === 29 ? 0 : i % 2 === 0 ? -i : i]);
    const curve = curveOf(64, points);
    curve.voidFrom(30);
    curve.compact(8);
    curve.finish();
    expect(pointsOf(curve).at(-1)).toEqual([29, 0]);
    expect(curve.wallTimes[curve.length - 1]).toBe(2.9);
  });

  it("of equal steps, which no stride parts, has the lowest and the highest", () => {
    const curve = curveOf(
      8,
      Array.from({ length: 1000 }, (_, i): Point => [0, (i * 37) % 1000]),
    );
    curve.finish();
    expect(pointsOf(curve).map(([, value]) => value)).toEqual([0, 999]);
  });

  it("takes steps of any size", () => {
    const steps = [-(2 ** 53) + 1, -7, 0, 1, 10, 1e3, 1e6, 1e9, 1e12, 2 ** 52, 2 ** 53 - 1];
    const curve = curveOf(
      8,
      steps.map((step, i): Point => [step, i]),
    );
    curve.finish();
    expect(curve.length).toBeLessThanOrEqual(8);
    expect(pointsOf(curve)[0]).toEqual([-(2 ** 53) + 1, 0]);
    expect(pointsOf(curve).at(-1)).toEqual([2 ** 53 - 1, 10]);
    for (let i = 0; i < 70; i++) curve.compact();
    expect(pointsOf(curve)[0]).toEqual([-(2 ** 53) + 1, 0]);
    expect(pointsOf(curve).at(-1)).toEqual([2 ** 53 - 1, 10]);
  });

  it("has nothing to compact, and nothing to finish, while it is empty", () => {
    const curve = new BoundedCurve(8);
    curve.compact();
    curve.finish();
    expect([curve.length, curve.isOpen, curve.lastStep]).toEqual([0, false, -Infinity]);
  });
});

describe("any curve", () => {
  const gaps = fc.array(fc.tuple(fc.constantFrom(0, 1, 1, 1, 2, 10, 1000), fc.float({ noNaN: true })), {
    minLength: 1,
    maxLength: 400,
  });
  const toPoints = (pairs: [number, number][], first: number): Point[] => {
    let step = first;
    return pairs.map(([gap, value]) => [(step += gap), value]);
  };

  it("stays within its limit, in order, with points that were added, first, last, lowest and highest among them", () => {
    fc.assert(
      fc.property(
        gaps,
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: 8, max: 60 }),
        (pairs, first, limit) => {
          const added = toPoints(pairs, first);
          const curve = new BoundedCurve(limit);
          for (const [step, value] of added) {
            curve.add(step, 0, value);
            expect(curve.length).toBeLessThanOrEqual(limit);
          }
          curve.finish();
          expect(curve.length).toBeLessThanOrEqual(limit);
          const kept = pointsOf(curve);
          const all = new Set(added.map(String));
          expect(kept.filter((point) => !all.has(String(point)))).toEqual([]);
          expect(kept.every(([step], i) => i === 0 || kept[i - 1]![0] <= step)).toBe(true);
          expect(kept[0]![0]).toBe(added[0]![0]);
          expect(kept.at(-1)![0]).toBe(added.at(-1)![0]);
          const values = (points: readonly Point[]): number[] => points.map(([, value]) => value);
          expect(Math.min(...values(kept))).toBe(Math.min(...values(added)));
          expect(Math.max(...values(kept))).toBe(Math.max(...values(added)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is as good after it was stored and read back, at any place", () => {
    fc.assert(
      fc.property(gaps, fc.nat(400), (pairs, cut) => {
        const added = toPoints(pairs, 0);
        const first = curveOf(12, added.slice(0, cut));
        first.finish();
        const second = new BoundedCurve(12);
        for (const [step, value] of [...pointsOf(first), ...added.slice(cut)]) second.add(step, 0, value);
        second.finish();
        const values = (points: readonly Point[]): number[] => points.map(([, value]) => value);
        expect(second.length).toBeLessThanOrEqual(12);
        expect(Math.min(...values(pointsOf(second)))).toBe(Math.min(...values(added)));
        expect(Math.max(...values(pointsOf(second)))).toBe(Math.max(...values(added)));
      }),
      { numRuns: 200 },
    );
  });

  it("has every spike of a long one, wherever it is", () => {
    for (let spike = 0; spike < 100_000; spike += 997) {
      const curve = new BoundedCurve(1000);
      for (let step = 0; step < 100_000; step++) curve.add(step, 0, step === spike ? 1e6 : Math.sin(step));
      curve.finish();
      expect(pointsOf(curve)).toContainEqual([spike, 1e6]);
    }
  });

  it("has points everywhere, not most of them at its end", () => {
    const curve = new BoundedCurve(1000);
    for (let step = 0; step < 1_000_000; step++) curve.add(step, 0, Math.random());
    const gapsBetween = Array.from(
      curve.steps.subarray(1, curve.length),
      (step, i) => step - curve.steps[i]!,
    );
    expect(curve.length).toBeGreaterThan(400);
    expect(Math.max(...gapsBetween)).toBeLessThan(2 * (1_000_000 / 250));
  });
});
