// An axis of dates and times.

import { scaleTime } from "d3-scale";
import { extentOf, type Axis } from "./axis.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The last moment that a Date can be. */
const LATEST_MS = 8.64e15;

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
  const [low, high] = extentOf(columns).map((time) => Math.max(-LATEST_MS, Math.min(time, LATEST_MS)));
  if (low! > high!) return [0, MINUTE_MS];
  return low === high ? [low! - MINUTE_MS / 2, high! + MINUTE_MS / 2] : [low!, high!];
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
