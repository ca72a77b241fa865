// A figure as an SVG document.

import { line as d3Line } from "d3-shape";
import { ArgumentError } from "../errors.js";
import { minMax, type Points } from "../math/min-max.js";
import { xAxisOf, yAxisOf, ysOf } from "./axes.js";
import type { Axis } from "./axis.js";
import { PALETTE_SIZE } from "./color.js";
import type { Figure } from "./figure.js";
import type { Series } from "./series.js";

export interface SvgOptions {
  /** In pixels, at least 200; default 640. */
  readonly width?: number;
  /** In pixels, at least 150; default 420. */
  readonly height?: number;
}

/**
 * Draws a figure as an SVG document, a string that is a whole file.
 *
 * Each series is decimated to the minimum and the maximum of every pixel column ({@link minMax}), so its size does not
 * grow with the number of points. A point that is not finite is a gap. All text is escaped.
 *
 * @throws {ArgumentError} a width or height that is too small or not finite
 */
export function renderSvg(figure: Figure, options: SvgOptions = {}): string {
  const { width = 640, height = 420 } = options;
  if (!(width >= 200 && width < Infinity))
    throw new ArgumentError("width", "a number of pixels of at least 200", width);
  if (!(height >= 150 && height < Infinity))
    throw new ArgumentError("height", "a number of pixels of at least 150", height);

  const lines = figure.lines.map((series) => ({
    series,
    points: minMax(series.xs, ysOf(figure, series), 2 * Math.round(width)),
  }));
  const legend = layLegend(figure.lines, width - 2 * EDGE);

  const titleHeight = figure.title === "" ? 0 : 30;
  const top = 14 + titleHeight + legend.height;
  const bottom = height - (figure.xLabel === "" ? 32 : 52);
  const yAxis = yAxisOf(
    figure,
    lines.map((line) => line.points.ys),
    [bottom, top],
    Math.max(2, Math.round((bottom - top) / 50)),
  );
  const labelWidth = Math.max(...yAxis.ticks.map((tick) => textWidth(tick.label)));
  const left = EDGE + (figure.yLabel === "" ? 0 : 22) + labelWidth;
  const right = width - EDGE - 8;
  const xAxis = xAxisOf(
    figure,
    lines.map((line) => line.points.xs),
    [left, right],
    Math.max(2, Math.round((right - left) / 80)),
  );

  const middle = round((left + right) / 2);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"` +
      ` font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="${FONT}" fill="${INK}">`,
    `<title>${escapeXml(figure.title === "" ? "Figure" : figure.title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    figure.title === ""
      ? ""
      : `<text x="${middle}" y="28" text-anchor="middle" font-size="16" font-weight="600">${escapeXml(figure.title)}</text>`,
    drawLegend(legend, (left + right) / 2, 14 + titleHeight),
    drawGrid(xAxis, yAxis, { left, right, top, bottom }),
    ...lines.map((line, i) => drawLine(line.series, line.points, xAxis, yAxis, dashOf(i))),
    figure.xLabel === ""
      ? ""
      : `<text x="${middle}" y="${height - 14}" text-anchor="middle">${escapeXml(figure.xLabel)}</text>`,
    figure.yLabel === "" ? "" : drawYLabel(figure.yLabel, round((top + bottom) / 2)),
    "</svg>\n",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/**
 * Draws several figures one below the other as one SVG document; `width` and `height` are of each.
 *
 * @throws {ArgumentError} no figure, or a width or height that is too small or not finite
 */
export function renderSvgs(figures: readonly Figure[], options: SvgOptions = {}): string {
  const { width = 640, height = 420 } = options;
  if (figures.length === 0) throw new ArgumentError("figures", "at least one figure", figures);
  if (figures.length === 1) return renderSvg(figures[0]!, options);
  const drawings = figures.map((figure, i) =>
    renderSvg(figure, options).replace("<svg ", `<svg y="${round(i * height)}" `),
  );
  const total = round(figures.length * height);
  const size = `width="${width}" height="${total}" viewBox="0 0 ${width} ${total}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${drawings.join("")}</svg>\n`;
}

const FONT = 12;
const INK = "#374151";
/** White space between the drawing and the picture's edge. */
const EDGE = 16;
const SWATCH = 20;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function drawGrid(xAxis: Axis, yAxis: Axis, box: Box): string {
  const { left, right, top, bottom } = box;
  const marks: string[] = [];
  const labels: string[] = [];
  for (const { value, label } of yAxis.ticks) {
    const y = round(yAxis.scale(value));
    marks.push(`<path d="M${round(left)},${y}H${right}"${value === 0 ? ` stroke="#b6bcc6"` : ""}/>`);
    labels.push(
      `<text x="${round(left - 8)}" y="${y}" dy="0.35em" text-anchor="end">${escapeXml(label)}</text>`,
    );
  }
  for (const { value, label } of xAxis.ticks) {
    const x = round(xAxis.scale(value));
    marks.push(`<path d="M${x},${top}V${bottom}"/>`);
    labels.push(`<text x="${x}" y="${bottom + 18}" text-anchor="middle">${escapeXml(label)}</text>`);
  }
  const frame = `<path d="M${round(left)},${top}V${bottom}H${right}" stroke="#6b7280"/>`;
  return `<g stroke="#e5e7eb" fill="none">${marks.join("")}${frame}</g>\n<g>${labels.join("")}</g>`;
}

function drawLine(series: Series, points: Points, xAxis: Axis, yAxis: Axis, dash: string): string {
  const path = d3Line<number>(
    (i) => xAxis.scale(points.xs[i]!),
    (i) => yAxis.scale(points.ys[i]!),
  )
    .defined((i) => !Number.isNaN(points.ys[i]))
    .digits(2)(points.xs.keys());
  if (path === null) return "";
  // Round caps also show a point that stands alone between two gaps.
  return `<path d="${path}" fill="none" stroke="${series.color.hex}" stroke-width="1.5"${dash} stroke-linejoin="round" stroke-linecap="round"/>`;
}

/** Lines that have one colour differ in their dashes. */
const DASHES = ["", "6 4", "1 4", "8 4 1 4"];

function dashOf(index: number): string {
  const dash = DASHES[Math.floor(index / PALETTE_SIZE) % DASHES.length];
  return dash === "" ? "" : ` stroke-dasharray="${dash}"`;
}

function drawYLabel(text: string, middle: number): string {
  return `<text transform="translate(${EDGE + 6},${middle}) rotate(-90)" text-anchor="middle">${escapeXml(text)}</text>`;
}

interface LegendRow {
  readonly width: number;
  readonly items: readonly { readonly series: Series; readonly offset: number; readonly index: number }[];
}

/** Names side by side, in as many rows as they need, above the drawing: there they never cover a line. */
function layLegend(lines: readonly Series[], width: number): { rows: readonly LegendRow[]; height: number } {
  const rows: { width: number; items: { series: Series; offset: number; index: number }[] }[] = [];
  for (const [index, series] of lines.entries()) {
    const needed = SWATCH + 6 + textWidth(series.name);
    let row = rows.at(-1);
    if (row === undefined || row.width + 18 + needed > width) rows.push((row = { width: 0, items: [] }));
    const offset = row.items.length === 0 ? 0 : row.width + 18;
    row.items.push({ series, offset, index });
    row.width = offset + needed;
  }
  return { rows, height: rows.length * 20 };
}

function drawLegend(legend: { readonly rows: readonly LegendRow[] }, center: number, top: number): string {
  return legend.rows
    .flatMap((row, rowIndex) =>
      row.items.map(({ series, offset, index }) => {
        const x = round(Math.max(EDGE, center - row.width / 2) + offset);
        const y = top + 20 * rowIndex + 6;
        const swatch = `<path d="M${x},${y}h${SWATCH}" stroke="${series.color.hex}" stroke-width="2.5"${dashOf(index)} stroke-linecap="round"/>`;
        return `${swatch}<text x="${round(x + SWATCH + 6)}" y="${y}" dy="0.35em">${escapeXml(series.name)}</text>`;
      }),
    )
    .join("\n");
}

/** An estimate that is rather too wide: the fonts of who looks are not known here. */
function textWidth(text: string): number {
  return text.length * FONT * 0.6;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for an element or an attribute; characters that XML 1.0 has no way to write become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
