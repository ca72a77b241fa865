// One chart a tag, with a line for each run that has it.

import type { ScalarColumns } from "../events/reading/scalar-columns.js";
import { minMax } from "../math/min-max.js";
import { Figure } from "../plot/figure.js";
import { smoothed } from "../plot/smoothing.js";

/** What the horizontal axis shows. */
export type XAxis = "step" | "wall" | "relative";

/** What is kept of a line: more points than a screen or a picture has columns. */
const MOST_POINTS = 8192;

/** Units of time, in seconds, each for spans from so many seconds on. */
const UNITS = [
  { name: "days", seconds: 86_400, from: 2 * 86_400 },
  { name: "hours", seconds: 3600, from: 2 * 3600 },
  { name: "minutes", seconds: 60, from: 120 },
  { name: "seconds", seconds: 1, from: -Infinity },
] as const;

/** How curves are drawn. */
export interface ChartOptions {
  readonly x: XAxis;
  /** TensorBoard's smoothing, from 0 to less than 1. */
  readonly smooth: number;
  /** Whether the vertical axis is logarithmic. */
  readonly isLog: boolean;
}

interface Line {
  readonly run: string;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

/** Takes one run after another; of each curve it keeps a few thousand points, with all peaks. */
export class Charts {
  readonly #options: ChartOptions;
  readonly #lines = new Map<string, Line[]>();

  constructor(options: ChartOptions) {
    this.#options = options;
  }

  /** Adds the curves of a run, by tag. */
  add(run: string, columns: ReadonlyMap<string, ScalarColumns>): void {
    for (const [tag, column] of columns) {
      const { smooth } = this.#options;
      const ys = smooth > 0 ? smoothed(column.values, smooth) : column.values;
      // What has no logarithm would be taken for the lowest point of its column.
      const drawn = this.#options.isLog ? ys.map((y) => (y > 0 ? y : NaN)) : ys;
      const points = minMax(this.#xsOf(column), drawn, MOST_POINTS);
      const lines = this.#lines.get(tag);
      if (lines === undefined) this.#lines.set(tag, [{ run, ...points }]);
      else lines.push({ run, ...points });
    }
  }

  /** By tag. */
  figures(): Figure[] {
    const tags = [...this.#lines.keys()].toSorted();
    return tags.map((tag) => this.#figure(tag, this.#lines.get(tag)!));
  }

  #xsOf({ steps, wallTimes }: ScalarColumns): Float64Array {
    const { x } = this.#options;
    if (x === "step") return steps;
    const first = x === "wall" ? 0 : (wallTimes[0] ?? 0);
    // Dates are in milliseconds.
    const factor = x === "wall" ? 1000 : 1;
    return wallTimes.map((time) => (time - first) * factor);
  }

  #figure(tag: string, lines: readonly Line[]): Figure {
    const { x, isLog } = this.#options;
    const unit = x === "relative" ? unitFor(lines) : undefined;
    const xLabel =
      x === "step" ? "step" : x === "wall" ? "local time" : `${unit!.name} since the first point`;
    const figure = new Figure({
      title: tag,
      xLabel,
      xScale: x === "wall" ? "time" : "linear",
      yScale: isLog ? "log" : "linear",
    });
    for (const { run, xs, ys } of lines) {
      const series = figure.series(run);
      const size = unit?.seconds ?? 1;
      for (let i = 0; i < xs.length; i++) series.push(xs[i]! / size, ys[i]!);
    }
    return figure;
  }
}

function unitFor(lines: readonly Line[]): (typeof UNITS)[number] {
  let longest = 0;
  for (const { xs } of lines) for (const x of xs) if (x > longest && x < Infinity) longest = x;
  return UNITS.find(({ from }) => longest >= from)!;
}
