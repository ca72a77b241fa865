// Axes of dates and times: local ones.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeAxis } from "../../src/plot/time-axis.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Noon, here. */
const NOON = new Date(2026, 10, 25, 12).getTime();

describe("timeAxis", () => {
  it.each([
    ["seconds", [NOON, NOON + 40_000], ["12:00:00", "12:00:15", "12:00:30"]],
    ["minutes", [NOON, NOON + HOUR], ["12:00", "12:15", "12:30", "12:45", "13:00"]],
    [
      "hours of two days",
      [NOON, NOON + 2 * DAY],
      ["11-25 12:00", "11-26 00:00", "11-26 12:00", "11-27 00:00", "11-27 12:00"],
    ],
    ["days", [NOON, NOON + 8 * DAY], ["11-27", "11-29", "12-01", "12-03"]],
    ["months", [NOON, NOON + 500 * DAY], ["2027-01", "2027-04", "2027-07", "2027-10", "2028-01", "2028-04"]],
    [
      "parts of a second",
      [NOON, NOON + 100],
      ["12:00:00.000", "12:00:00.020", "12:00:00.040", "12:00:00.060", "12:00:00.080", "12:00:00.100"],
    ],
  ])("labels %s", (_, values, expected) => {
    const labels = timeAxis([values], [0, 100], 4).ticks.map(({ label }) => label);
    expect(labels).toEqual(expected);
  });

  it("has a minute for nothing", () => {
    const values = timeAxis([], [0, 100], 4).ticks.map(({ value }) => value);
    expect(values).toEqual([0, 15_000, 30_000, 45_000, 60_000]);
  });

  it("puts one moment in the middle", () => {
    expect(timeAxis([[NOON, NOON]], [0, 100], 4).scale(NOON)).toBeCloseTo(50, 6);
  });

  it("has ticks, and every value in its range, whatever the values", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double(), { maxLength: 4 }),
        fc.integer({ min: 2, max: 12 }),
        (values, count) => {
          const { scale, ticks } = timeAxis([values], [0, 100], count);
          const places = [...values.filter(Number.isFinite), ...ticks.map((tick) => tick.value)].map(scale);
          expect(places.every((place) => place >= 0 && place <= 100)).toBe(true);
          expect(ticks.length).toBeGreaterThan(0);
          expect(ticks.map(({ label }) => label).join("")).not.toContain("NaN");
        },
      ),
      { numRuns: 300 },
    );
  });
});
