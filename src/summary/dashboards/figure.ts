// Logging figures: drawings in the Images dashboard.

import { ArgumentError } from "../../errors.js";
import type { EventSink } from "../../events/event-sink.js";
import { encodeImage } from "../image.js";
import { rasterizeSvg, type RasterOptions } from "../rasterize.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/** Options of `addFigure`. */
export interface SvgFigureOptions extends DashboardOptions, RasterOptions {}

/**
 * Logs a figure, an SVG document such as `renderSvg` of this package, d3 or Observable Plot draw it, as a picture; or a list of them as
 * several pictures of the tag. It needs the optional package `@resvg/resvg-js`, which is loaded at the first figure. It is synchronous as
 * all that logs, and takes some 20 to 60 milliseconds. After torch's `add_figure(tag, figure, global_step)`.
 *
 * Throws a `MissingPackageError`, an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addFigure(
  sink: EventSink,
  tag: string,
  figure: string | readonly string[],
  step: number,
  options: SvgFigureOptions = {},
): void {
  checkCall(tag, step, options);
  const figures = typeof figure === "string" ? [figure] : figure;
  if (!Array.isArray(figures) || figures.length === 0)
    throw new ArgumentError("figure", "an SVG document, a string, or a list of them", figure);
  const images = Array.from(figures, (svg: string, i) =>
    rasterizeSvg(svg, options, typeof figure === "string" ? "figure" : `figure[${i}]`),
  );
  writeValues(sink, [encodeImage(tag, images, options)], step, options.wallTime);
}
