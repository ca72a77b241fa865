// Which values restarts leave, in streams of any division into blocks: the same as the data server's rule over a list of all of them.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockOf, Rewinds, standing, type Point } from "../../../src/events/reading/restarts.js";
import type { Event } from "../../../src/wire/event.js";
import { byBothRules, byRustRule, type Curves } from "../../helpers/loader-rules.js";

interface Step {
  readonly tag: string | undefined;
  readonly step: number;
  readonly blocksOn: number;
}

type Numbered = Point & { readonly number: number };

/** Few tags and few steps, so that they meet; `undefined` is a START. */
const steps = (tags: readonly (string | undefined)[]) =>
  fc.array(
    fc.record({
      tag: fc.constantFrom(...tags),
      step: fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constant(0)),
      blocksOn: fc.constantFrom(0, 0, 0, 1, 1, 5),
    }),
    { maxLength: 60 },
  );

function pointsOf(list: readonly Step[]): Numbered[] {
  let block = 0;
  return list.map(({ tag, step, blocksOn }, number) => ({ tag, step, number, block: (block += blocksOn) }));
}

function streamed(points: readonly Numbered[]): Numbered[] {
  const rewinds = new Rewinds();
  for (const point of points) rewinds.add(point.tag, point.step, point.block);
  return [...standing(points, rewinds)];
}

function isNeeded(points: readonly Numbered[]): boolean {
  const rewinds = new Rewinds();
  for (const { tag, step, block } of points) rewinds.add(tag, step, block);
  return rewinds.isNeeded;
}

const curvesOf = (points: readonly Numbered[]): Curves => {
  const curves: Record<string, { step: number; value: number }[]> = {};
  for (const { tag, step, number } of points)
    (curves[tag!] ??= []).push({ step: Number(step), value: number });
  return curves;
};

const eventsOf = (points: readonly Numbered[]): Event[] =>
  points.map(({ tag, step, number }) => {
    const event = { wallTime: 0, step };
    if (tag === undefined) return { ...event, sessionLog: { status: 1 } };
    return { ...event, summary: [{ tag, simpleValue: number }] };
  });

describe("what restarts leave", () => {
  it("is what the data server keeps", () => {
    fc.assert(
      fc.property(steps(["a", "b", "c"]), (list) => {
        const points = pointsOf(list);
        const left = streamed(points);
        expect(isNeeded(points)).toBe(left.length < points.length);
        expect(curvesOf(left)).toEqual(byRustRule([eventsOf(points)]));
        expect(left.map(({ number }) => number)).toEqual(
          left.map(({ number }) => number).toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("is what STARTs and points keep together", () => {
    fc.assert(
      fc.property(steps(["a", "b", undefined]), (list) => {
        const points = pointsOf(list);
        expect(curvesOf(streamed(points))).toEqual(byBothRules([eventsOf(points)]));
      }),
      { numRuns: 2000 },
    );
  });

  it("does not depend on the blocks", () => {
    fc.assert(
      fc.property(steps(["a", "b", undefined]), (list) => {
        const numbers = (points: readonly Numbered[]) => streamed(points).map(({ number }) => number);
        const points = pointsOf(list);
        const together = points.map((point) => ({ ...point, block: 0 }));
        const apart = points.map((point, block) => ({ ...point, block }));
        expect(numbers(points)).toEqual(numbers(together));
        expect(numbers(apart)).toEqual(numbers(together));
      }),
    );
  });

  it("goes by steps beyond 2^53 exactly", () => {
    const at = (step: number | bigint, number: number, block: number) => ({ tag: "a", step, number, block });
    const points = [
      at(2n ** 62n, 0, 0),
      at(2n ** 62n + 1n, 1, 0),
      at(2n ** 62n + 1n, 2, 1),
      at(5, 3, 2),
      at(2n ** 62n, 4, 2),
    ];
    expect(streamed(points).map(({ number }) => number)).toEqual([3, 4]);
    expect(streamed(points.slice(0, 3)).map(({ number }) => number)).toEqual([0, 2]);
  });
});

describe("what has to be remembered", () => {
  const sizeOf = (points: Iterable<Point>): number => {
    const rewinds = new Rewinds();
    for (const point of points) rewinds.add(point.tag, point.step, point.block);
    return rewinds.size;
  };
  const BLOCKS = 50;
  function* curve(stepOf: (i: number) => number, perBlock = 1000): Iterable<Point> {
    for (let i = 0; i < BLOCKS * perBlock; i++)
      yield { tag: "a", step: stepOf(i), block: Math.floor(i / perBlock) };
  }

  it("is nothing for a curve that goes on", () => {
    expect(sizeOf(curve((i) => i))).toBe(0);
  });

  it("is one place when every value has step 0", () => {
    expect(sizeOf(curve(() => 0))).toBe(1);
  });

  it("is at most one place a block when each step is logged twice", () => {
    expect(sizeOf(curve((i) => Math.floor(i / 2), 999))).toBeLessThanOrEqual(BLOCKS);
    expect(sizeOf(curve((i) => Math.floor(i / 2), 1000))).toBe(0);
  });

  it("is a place for each restart that no later one goes behind", () => {
    const restarts = [30, 20, 40, 35];
    const points: Point[] = restarts.flatMap((from, i) =>
      Array.from({ length: 50 }, (_, step) => ({ tag: "a", step: from + step, block: i })),
    );
    // The second makes the first's void, the fourth the third's; the first goes back behind nothing.
    expect(sizeOf(points)).toBe(3 - 1);
  });
});

describe("the number of a block", () => {
  it("rises with the bytes and with the files", () => {
    const size = 256 * 1024;
    expect(blockOf(0, 0)).toBe(0);
    expect(blockOf(0, size - 1)).toBe(0);
    expect(blockOf(0, size)).toBe(1);
    expect(blockOf(1, 0)).toBeGreaterThan(blockOf(0, 2 ** 49));
    expect(Number.isSafeInteger(blockOf(2 ** 20, 2 ** 49))).toBe(true);
  });
});
