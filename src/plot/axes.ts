// The axes that a figure asks for.

import { linearAxis, type Axis } from "./axis.js";
import type { Figure } from "./figure.js";
import { logAxis } from "./log-axis.js";
import type { Series } from "./series.js";
import { timeAxis } from "./time-axis.js";

/** The y of a series as they are drawn: on a logarithmic axis what is not positive has no place. */
export function ysOf(figure: Figure, series: Series): Float64Array {
  return figure.yScale === "log" ? series.ys.map((y) => (y > 0 ? y : NaN)) : series.ys;
}

/** The axis for x; `range` and `count` as in {@link linearAxis}. */
export function xAxisOf(
  figure: Figure,
  columns: readonly Float64Array[],
  range: readonly [number, number],
  count: number,
): Axis {
  return figure.xScale === "time"
    ? timeAxis(columns, range, count)
    : linearAxis(columns, range, count, "round");
}

/** The axis for y; `range` and `count` as in {@link linearAxis}. */
export function yAxisOf(
  figure: Figure,
  columns: readonly Float64Array[],
  range: readonly [number, number],
  count: number,
): Axis {
  return figure.yScale === "log"
    ? logAxis(columns, range, count)
    : linearAxis(columns, range, count, "loose");
}
