// A figure: what is drawn, without how.

import { ArgumentError } from "../errors.js";
import { paletteColor, parseColor } from "./color.js";
import { Series } from "./series.js";

export interface FigureOptions {
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** `time`: x is in milliseconds since 1970, and the axis has local dates and times; `linear` unless given. */
  readonly xScale?: "linear" | "time";
  /** `log`: equal ratios are equally long, and what is not positive is a gap; `linear` unless given. */
  readonly yScale?: "linear" | "log";
}

/** Several lines over the same axes. {@link renderSvg} and {@link renderTerminal} draw it. */
export class Figure {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xScale: "linear" | "time";
  readonly yScale: "linear" | "log";
  readonly #lines: Series[] = [];

  constructor(options: FigureOptions = {}) {
    this.title = options.title ?? "";
    this.xLabel = options.xLabel ?? "";
    this.yLabel = options.yLabel ?? "";
    this.xScale = options.xScale ?? "linear";
    this.yScale = options.yScale ?? "linear";
  }

  /** The figure's series, in the order they were added; later ones are drawn over earlier ones. */
  get lines(): readonly Series[] {
    return this.#lines;
  }

  /**
   * Adds an empty series.
   *
   * @param name its name in the legend, which no other series of the figure has
   * @param options.color a colour's name, `#rgb` or `#rrggbb`; without one, the next of a palette
   * @throws {ArgumentError} a name that is taken
   * @throws {UnknownNameError} a colour that is not known
   */
  series(name: string, options: { readonly color?: string } = {}): Series {
    if (this.#lines.some((line) => line.name === name)) {
      throw new ArgumentError("name", "a name that no series of this figure has yet", name);
    }
    const color = options.color === undefined ? paletteColor(this.#lines.length) : parseColor(options.color);
    const line = new Series(name, color);
    this.#lines.push(line);
    return line;
  }
}
