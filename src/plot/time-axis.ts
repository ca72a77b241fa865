// An axis of dates and times.

import { scaleTime } from "d3-scale";
import { extentOf, type Axis } from "./axis.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The years from 1 to 9999: nearer to the ends of what a Date can be, there is no end of ticks. */
const EARLIEST_MS = -62_135_596_800_000;
const LATEST_MS = 253_402_300_799_999;

/**
 * Makes the axis that shows all finite numbers of `columns`, milliseconds since 1970; without one, the first minute of 1970. Ticks are round local times.
 * `range` and `count` as in {@link linearAxis}.
 */
export function timeAxis(
  columns: readonly ArrayLike<number>[],
  range: readonly [number, number],
  count: number,
): Axis {
  const [low, high] = domainOf(columns);
  const scale = scaleTime().domain([low, high]).range(range).clamp(true);
  const label = labelOf(high - low);
  const dates = scale.ticks(count);
  // Within a millisecond there is no round one.
  if (dates.length === 0) dates.push(new Date(low));
  const ticks = dates.map((date) => ({ value: date.getTime(), label: label(date) }));
  return { scale: (value) => scale(value), ticks };
}

function domainOf(columns: readonly ArrayLike<number>[]): [number, number] {
  const [first, last] = extentOf(columns);
  if (first > last) return [0, MINUTE_MS];
  const [low, high] = [first, last].map((time) => Math.max(EARLIEST_MS, Math.min(time, LATEST_MS))) as [
    number,
    number,
  ];
  // Dates have whole milliseconds.
  return high - low < 2 ? [low - MINUTE_MS / 2, high + MINUTE_MS / 2] : [low, high];
}

function labelOf(span: number): (date: Date) => string {
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = (date: Date): string => `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = (date: Date): string => `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (span > 300 * DAY_MS) return (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}`;
  if (span > 5 * DAY_MS) return day;
  if (span > DAY_MS) return (date) => `${day(date)} ${time(date)}`;
  if (span > 10 * MINUTE_MS) return time;
  const seconds = (date: Date): string => `${time(date)}:${two(date.getSeconds())}`;
  if (span > 10_000) return seconds;
  return (date) => `${seconds(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
