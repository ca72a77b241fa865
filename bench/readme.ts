// The generated part of bench/README.md: one block a case, between markers that name it.
import { join } from "node:path";

import { type Bound, type Figure, type Findings, keepsBound, type Spread } from "./figures.js";
import { replaceBlock, table } from "./generated.js";
import { machine, root } from "./harness.js";

const file = join(root, "bench", "README.md");

/**
 * Puts a case's findings in the place of its last ones.
 *
 * @throws Error if the README has no markers of that name.
 */
export function writeFindings(name: string, findings: Findings, date: Date): void {
  replaceBlock(file, name, markdown(findings, date));
}

/** One figure as a line of plain text. */
export function describeFigure(figure: Figure): string {
  const bound = figure.bound === undefined ? "" : `; bound ${formatBound(figure.bound)}: ${verdict(figure)}`;
  const { median, range } = formatSpread(figure.value);
  return `${figure.what.replaceAll("`", "")}: ${median} ${figure.unit} (${range}${bound})`;
}

function markdown({ figures, notes }: Findings, date: Date): string {
  const header = ["", "median", "smallest to largest", "bound", "kept"];
  const cells = figures.map((figure) => {
    const { median, range } = formatSpread(figure.value);
    const bound = figure.bound === undefined ? "" : formatBound(figure.bound);
    return [figure.what, `${median} ${figure.unit}`, range, bound, verdict(figure)];
  });
  const measured = `Measured on ${date.toISOString().slice(0, 10)}: ${machine()}.`;
  return [table(header, cells), ...notes, measured].join("\n\n");
}

function formatSpread({ median, min, max }: Spread): { readonly median: string; readonly range: string } {
  return { median: formatNumber(median), range: `${formatNumber(min)} to ${formatNumber(max)}` };
}

function formatBound(bound: Bound): string {
  return "atMost" in bound
    ? `at most ${formatNumber(bound.atMost)}`
    : `at least ${formatNumber(bound.atLeast)}`;
}

function verdict(figure: Figure): string {
  if (figure.bound === undefined) return "";
  return keepsBound(figure) ? "yes" : "no";
}

/** Three significant digits, and no exponent. */
function formatNumber(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
