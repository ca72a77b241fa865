// A figure as lines of text for a terminal.

import { ArgumentError } from "../errors.js";
import { minMax, type Points } from "../math/min-max.js";
import { linearAxis, type Axis } from "./axis.js";
import { BrailleCanvas } from "./braille.js";
import { cells, cut, plain } from "./cells.js";
import type { Figure } from "./figure.js";
import type { Series } from "./series.js";

export interface TerminalOptions {
  /** Width in characters, at least 24; default 80. */
  readonly columns?: number;
  /** Height in lines, at least 8; default 20. */
  readonly rows?: number;
  /** Whether to write escape sequences for colours; default false. */
  readonly color?: boolean;
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
  const { columns = 80, rows = 20, color = false } = options;
  if (!Number.isInteger(columns) || columns < 24)
    throw new ArgumentError("columns", "an integer of at least 24", columns);
  if (!Number.isInteger(rows) || rows < 8) throw new ArgumentError("rows", "an integer of at least 8", rows);
  const paint: Paint = color ? (text, sgr) => `\x1b[${sgr}m${text}\x1b[0m` : (text) => text;

  const points = figure.lines.map((line) => minMax(line.xs, line.ys, 4 * columns));
  const above = header(figure, columns, paint);
  const height = rows - above.length - 2 - (figure.xLabel === "" ? 0 : 1);
  const yAxis = linearAxis(
    points.map((each) => each.ys),
    [4 * height - 1, 0],
    Math.max(2, Math.round(height / 3)),
    "loose",
  );
  const margin = Math.max(...yAxis.ticks.map((tick) => tick.label.length)) + 1;
  const width = columns - margin - 1;
  const xAxis = linearAxis(
    points.map((each) => each.xs),
    [0, 2 * width - 1],
    Math.max(2, Math.round(width / 12)),
    "round",
  );

  const canvas = new BrailleCanvas(width, height);
  points.forEach((each, pen) => drawLine(canvas, each, xAxis, yAxis, pen));
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

function drawLine(canvas: BrailleCanvas, points: Points, xAxis: Axis, yAxis: Axis, pen: number): void {
  let fromX = NaN;
  let fromY = NaN;
  for (let i = 0; i < points.xs.length; i++) {
    const x = Math.round(xAxis.scale(points.xs[i]!));
    const y = Number.isNaN(points.ys[i]) ? NaN : Math.round(yAxis.scale(points.ys[i]!));
    if (!Number.isNaN(y))
      canvas.line(Number.isNaN(fromY) ? x : fromX, Number.isNaN(fromY) ? y : fromY, x, y, pen);
    fromX = x;
    fromY = y;
  }
}

/** The y label over its axis, the title in the middle; below them, the legend. */
function header(figure: Figure, columns: number, paint: Paint): string[] {
  const yLabel = plain(figure.yLabel);
  const title = plain(figure.title);
  const indent = Math.max(yLabel === "" ? 0 : 2, Math.floor((columns - cells(title)) / 2) - cells(yLabel));
  const first = title === "" ? yLabel : `${yLabel}${" ".repeat(indent)}${title}`;
  return [...(first === "" ? [] : [cut(first, columns)]), legend(figure.lines, columns, paint)];
}

function legend(lines: readonly Series[], columns: number, paint: Paint): string {
  let out = "";
  let room = columns;
  for (const series of lines) {
    const start = out === "" ? "" : "   ";
    const last = series.ys.at(-1);
    const value = last === undefined ? "" : ` ${Number(last.toPrecision(4))}`;
    const text = cut(` ${plain(series.name)}${value}`, room - start.length - 2);
    if (text === "") break;
    out += `${start}${paint("──", series.color.sgr)}${text}`;
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
