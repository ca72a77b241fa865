// Generated parts of Markdown pages: blocks between markers that name them, and tables.
import { readFileSync, writeFileSync } from "node:fs";

/**
 * Puts `markdown` in the place of what is between the markers `<!-- name: generated -->` and `<!-- name: end -->` of a page.
 *
 * @throws Error if the page has no markers of that name.
 */
export function replaceBlock(file: string, name: string, markdown: string): void {
  const text = readFileSync(file, "utf8");
  const [begin, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no ${begin} ... ${end}`);
  writeFileSync(file, `${text.slice(0, from)}${begin}\n\n${markdown}\n\n${text.slice(to)}`);
}

/** A table as the formatter writes it: columns padded to their widest cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}
