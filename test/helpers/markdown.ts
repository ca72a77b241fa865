// Markdown in the form that the formatter gives it.

/** A table whose columns have one width each. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lineOf = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = lineOf(widths.map((width) => "-".repeat(width)));
  return [lineOf(header), rule, ...rows.map(lineOf)].join("\n");
}
