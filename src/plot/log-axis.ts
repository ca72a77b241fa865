// A logarithmic axis.

import { scaleLinear } from "d3-scale";
import { exponential, extentOf, type Axis, type Tick } from "./axis.js";

/** With fewer powers of ten between the ends, ticks stand at round values. */
const LEAST_DECADES = 1.5;
/** Nearer to the ends of what numbers can say, there are no round ones, or no end of them. */
const MOST_DECADES = 300;
/** Beyond the values, so that no line lies on the frame. */
const MARGIN = 0.04;

/**
 * Makes the logarithmic axis that shows all positive finite numbers of `columns`; without one, it runs from 1 to 10. Ticks are powers of ten, or
 * round values where there are few of those. `range` and `count` as in {@link linearAxis}.
 */
export function logAxis(
  columns: readonly ArrayLike<number>[],
  range: readonly [number, number],
  count: number,
): Axis {
  const [low, high] = domainOf(columns);
  const margin = (high - low) * MARGIN;
  const scale = scaleLinear()
    .domain([low - margin, high + margin])
    .range(range)
    .clamp(true);
  const ticks = high - low >= LEAST_DECADES ? powers(low, high, count) : roundValues(low, high, count);
  return { scale: (value) => scale(Math.log10(value)), ticks: ticks.map(tickOf) };
}

// Of the logarithms.
function domainOf(columns: readonly ArrayLike<number>[]): [number, number] {
  const positive = columns.map((column) => Array.from(column, (value) => (value > 0 ? value : NaN)));
  const [low, high] = extentOf(positive);
  if (low > high) return [0, 1];
  const [from, to] = [low, high].map((value) =>
    Math.max(-MOST_DECADES, Math.min(Math.log10(value), MOST_DECADES)),
  ) as [number, number];
  // A constant: in the middle of its decade.
  return to - from < 1e-9 ? [from - 0.5, to + 0.5] : [from, to];
}

function powers(low: number, high: number, count: number): number[] {
  const step = Math.max(1, Math.ceil((high - low) / count));
  const first = Math.ceil(low / step) * step;
  const exponents = Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, i) => first + i * step);
  return exponents.map((exponent) => Number(`1e${exponent}`));
}

function roundValues(low: number, high: number, count: number): number[] {
  return scaleLinear()
    .domain([10 ** low, 10 ** high])
    .ticks(count)
    .filter((value) => value > 0);
}

function tickOf(value: number): Tick {
  const isPlain = value >= 1e-3 && value < 1e5;
  return { value, label: isPlain ? String(Number(value.toPrecision(12))) : exponential(value) };
}
