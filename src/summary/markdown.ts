// Text that Markdown is to show as it is.

/** `text` as code within a line; a backtick in it becomes an apostrophe. */
export function asCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** `text` as a block of code, line by line. */
export function asCodeBlock(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}
