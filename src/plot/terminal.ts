// A figure as lines of text for a terminal.

import { ArgumentError } from "../errors.js";
import { minMax, type Points } from "../math/min-max.js";
import { xAxisOf, yAxisOf, ysOf } from "./axes.js";
import type { Axis } from "./axis.js";
import { BrailleCanvas, Dashes } from "./braille.js";
import { cells, cut, plain } from "./cells.js";
import type { Figure } from "./figure.js";
import { PALETTE_SIZE } from "./color.js";
import type { Series } from "./series.js";

export interface TerminalOptions {
  /** Width in characters, at least 24; default 80. */
  readonly columns?: number;
  /** Height in lines, at least 8; default 20. */
  readonly rows?: number;
  /** Whether to write escape sequences for colours; default false. */
  readonly color?: boolean;
  /** Whether lines that would look the same differ in their dashes: all without colours, else those behind the last colour; default false. */
  readonly dashes?: boolean;
  /** How many lines the legend may take, at most a third of `rows`; default 1. What has no room is left out, in a longer legend saying so. */
  readonly legendRows?: number;
}

/**
 * Draws a figure with braille dots: `rows` lines of at most `columns` characters, without a newline at the end.
 *
 * Each series is decimated to the minimum and the maximum of every column of dots. A point that is not finite is a gap.
 * The legend has each series's last value, which tells the lines apart where there are no colours.
 *
 * @throws {ArgumentError} columns or rows that are too few or not whole
 */
export function renderTerminal(figure: Figure, options: TerminalOptions = {}): string {
  const { columns = 80, rows = 20, color = false, dashes = false, legendRows = 1 } = options;
  if (!Number.isInteger(columns) || columns < 24)
    throw new ArgumentError("columns", "an integer of at least 24", columns);
  if (!Number.isInteger(rows) || rows < 8) throw new ArgumentError("rows", "an integer of at least 8", rows);
  const paint: Paint = color ? (text, sgr) => `\x1b[${sgr}m${text}\x1b[0m` : (text) => text;

  const style = (i: number): LineStyle =>
    dashes ? LINE_STYLES[(color ? Math.floor(i / PALETTE_SIZE) : i) % LINE_STYLES.length]! : LINE_STYLES[0]!;
  const points = figure.lines.map((line) => minMax(line.xs, ysOf(figure, line), 4 * columns));
  const legendRoom = Math.min(legendRows, Math.floor(rows / 3));
  const above = [...titleOf(figure, columns), ...legendOf(figure.lines, columns, legendRoom, style, paint)];
  const height = rows - above.length - 2 - (figure.xLabel === "" ? 0 : 1);
  const yAxis = yAxisOf(
    figure,
    points.map((each) => each.ys),
    [4 * height - 1, 0],
    Math.max(2, Math.round(height / 3)),
  );
  const margin = Math.max(...yAxis.ticks.map((tick) => tick.label.length)) + 1;
  const width = columns - margin - 1;
  const xAxis = xAxisOf(
    figure,
    points.map((each) => each.xs),
    [0, 2 * width - 1],
    Math.max(2, Math.round(width / 12)),
  );

  const canvas = new BrailleCanvas(width, height);
  points.forEach((each, pen) => drawLine(canvas, each, xAxis, yAxis, pen, style(pen).lengths));
  const penned = (text: string, pen: number): string => paint(text, figure.lines[pen]!.color.sgr);
  const yLabels = new Map(yAxis.ticks.map((tick) => [Math.round(yAxis.scale(tick.value)) >> 2, tick.label]));
  const body = Array.from({ length: height }, (_, row) => {
    const label = yLabels.get(row);
    const edge = `${(label ?? "").padStart(margin - 1)} ${label === undefined ? "│" : "┤"}`;
    return edge + canvas.text(row, penned).trimEnd();
  });
  return [...above, ...body, ...footer(figure, xAxis, width, margin)].join("\n");
}

type Paint = (text: string, sgr: string) => string;

/** How a line looks beside its colour: in the legend, and the lengths of its dashes in dots. */
interface LineStyle {
  readonly swatch: string;
  readonly lengths?: readonly number[];
}

const LINE_STYLES: readonly LineStyle[] = [
  { swatch: "──" },
  { swatch: "╌╌", lengths: [5, 4] },
  { swatch: "··", lengths: [1, 3] },
  { swatch: "─·", lengths: [8, 3, 1, 3] },
];

function drawLine(
  canvas: BrailleCanvas,
  points: Points,
  xAxis: Axis,
  yAxis: Axis,
  pen: number,
  lengths: readonly number[] | undefined,
): void {
  const dashes = lengths && new Dashes(lengths);
  let fromX = NaN;
  let fromY = NaN;
  for (let i = 0; i < points.xs.length; i++) {
    const x = Math.round(xAxis.scale(points.xs[i]!));
    const y = Number.isNaN(points.ys[i]) ? NaN : Math.round(yAxis.scale(points.ys[i]!));
    if (!Number.isNaN(y))
      canvas.line(Number.isNaN(fromY) ? x : fromX, Number.isNaN(fromY) ? y : fromY, x, y, pen, dashes);
    fromX = x;
    fromY = y;
  }
}

/** The y label over its axis, the title in the middle. */
function titleOf(figure: Figure, columns: number): string[] {
  const yLabel = plain(figure.yLabel);
  const title = plain(figure.title);
  const indent = Math.max(yLabel === "" ? 0 : 2, Math.floor((columns - cells(title)) / 2) - cells(yLabel));
  const first = title === "" ? yLabel : `${yLabel}${" ".repeat(indent)}${title}`;
  return first === "" ? [] : [cut(first, columns)];
}

/** The names side by side with their last values, in at most so many lines. */
function legendOf(
  lines: readonly Series[],
  columns: number,
  rows: number,
  style: (i: number) => LineStyle,
  paint: Paint,
): string[] {
  const out = [""];
  let room = columns;
  for (const [i, series] of lines.entries()) {
    const last = series.ys.at(-1);
    const value = last === undefined ? "" : ` ${Number(last.toPrecision(4))}`;
    const entry = ` ${plain(series.name)}${value}`;
    const left = lines.length - i;
    const more = rows > 1 && left > 1 ? `   and ${left} more` : "";
    if (out.at(-1) !== "" && rows > 1 && 5 + cells(entry) > room - (out.length < rows ? 0 : more.length)) {
      if (out.length === rows) {
        out[rows - 1] += cut(`   and ${left} more`, room);
        break;
      }
      out.push("");
      room = columns;
    }
    const start = out.at(-1) === "" ? "" : "   ";
    const text = cut(entry, room - start.length - 2);
    if (text === "") break;
    out[out.length - 1] += `${start}${paint(style(i).swatch, series.color.sgr)}${text}`;
    room -= start.length + 2 + cells(text);
  }
  return out;
}

/** The x axis with its labels, and the x label under its middle. */
function footer(figure: Figure, axis: Axis, width: number, margin: number): string[] {
  const line = Array.from({ length: width }, () => "─");
  let labels = "";
  for (const { value, label } of axis.ticks) {
    const at = Math.round(axis.scale(value)) >> 1;
    line[at] = "┬";
    const start = Math.max(0, Math.min(at - Math.floor(label.length / 2), width - label.length));
    if (labels === "" || start > labels.length) labels = labels.padEnd(start) + label;
  }
  const out = [`${" ".repeat(margin)}└${line.join("")}`, " ".repeat(margin + 1) + labels];
  if (figure.xLabel !== "") {
    const text = cut(plain(figure.xLabel), width);
    out.push(" ".repeat(margin + 1 + Math.floor((width - cells(text)) / 2)) + text);
  }
  return out;
}
