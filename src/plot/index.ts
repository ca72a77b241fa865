// Figures of lines: drawn as SVG, in a terminal, and live during training.

export { Figure, type FigureOptions } from "./figure.js";
export { Series } from "./series.js";
export type { Color } from "./color.js";
export { renderSvg, renderSvgs, type SvgOptions } from "./svg.js";
export { smoothed } from "./smoothing.js";
export { saveSvg } from "./save-svg.js";
export { renderTerminal, type TerminalOptions } from "./terminal.js";
export { Plotter, type MakePlotterOptions, type PlotterOptions } from "./plotter.js";
