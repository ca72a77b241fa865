// Axes: from the values' extent to a scale with labelled ticks.

import { scaleLinear, type ScaleLinear } from "d3-scale";

/** A mark on an axis: a round value and its label. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** An axis with ticks. */
export interface Axis {
  /** From a value to its place in the axis's range, never outside it. */
  readonly scale: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** A linear axis with round ticks. */
export interface LinearAxis extends Axis {
  readonly scale: ScaleLinear<number, number>;
}

/** Beyond this, twice a value, or the span of two, could overflow. */
const LARGEST = 1e300;

/**
 * Makes the axis that shows all finite numbers of `columns`.
 *
 * @param columns the values, in any order; without a finite one, the axis runs from 0 to 1
 * @param range where the axis begins and ends, e.g. in pixels
 * @param count about how many ticks there are
 * @param ends `round`: at the next round values; `loose`: a little beyond the values, so that no line lies on the frame
 */
export function linearAxis(
  columns: Iterable<ArrayLike<number>>,
  range: readonly [number, number],
  count: number,
  ends: "round" | "loose",
): LinearAxis {
  const [low, high] = domainOf(columns);
  const margin = ends === "loose" ? (high - low) * 0.04 : 0;
  const scale = scaleLinear()
    .domain([low - margin, high + margin])
    .range(range)
    .clamp(true);
  if (ends === "round") scale.nice(count);
  const format = tickFormat(scale, count);
  return {
    scale,
    ticks: scale.ticks(count).map((value) => ({ value, label: value === 0 ? "0" : format(value) })),
  };
}

/** The least and the greatest finite number; the first is greater than the second where there is none. */
export function extentOf(columns: Iterable<ArrayLike<number>>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i]!;
      if (value - value !== 0) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

function domainOf(columns: Iterable<ArrayLike<number>>): [number, number] {
  let [low, high] = extentOf(columns);
  if (low > high) return [0, 1];
  low = Math.max(-LARGEST, Math.min(low, LARGEST));
  high = Math.max(-LARGEST, Math.min(high, LARGEST));
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Too narrow for round ticks, such as a constant: widened around its middle.
  if (high - low > size * 1e-9 && high - low > 1e-300) return [low, high];
  const margin = size > 1e-290 ? size / 10 : 1;
  return [low - margin, high + margin];
}

/** Zeros as plain digits in the everyday range, `1.5M` above it, exponents where neither is readable. */
function tickFormat(scale: ScaleLinear<number, number>, count: number): (value: number) => string {
  const size = Math.max(...scale.domain().map(Math.abs));
  if (size >= 1e15 || size < 1e-3) return exponential;
  if (size >= 1e5) return scale.tickFormat(count, "~s");
  return scale.tickFormat(count);
}

/** Not d3's own, whose number of digits is one too few for some steps: two ticks would have one label. */
export function exponential(value: number): string {
  return Number(value.toPrecision(12)).toExponential().replace(/^-/, "\u2212");
}
