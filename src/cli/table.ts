// A plain table: texts to the left, numbers to the right.

import { cells } from "../plot/cells.js";

/** Lines of `rows` under `header`, columns aligned, two spaces between them; the first `texts` columns to the left. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], texts = 1): string {
  const widths = header.map((title, i) =>
    rows.reduce((width, row) => Math.max(width, cells(row[i]!)), cells(title)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => {
        const padding = " ".repeat(widths[i]! - cells(cell));
        return i < texts ? cell + padding : padding + cell;
      })
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)]
    .map((l) => `${l}\n`)
    .join("");
}
