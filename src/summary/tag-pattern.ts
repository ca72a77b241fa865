// Globs and regular expressions over tags, as the Custom Scalars dashboard takes them: Python's, matched at the beginning of the tag.

import picomatch from "picomatch";
import { ArgumentError } from "../errors.js";
import { checkText } from "./checks.js";

/** A tag, a glob over tags such as `loss/*` or `{train,val}/**`, or a regular expression that a tag contains a match of. */
export type TagPattern = string | RegExp;

/**
 * The regular expression of Python that matches at the beginning of the tags that `pattern` means, and of no others. A string always
 * means the tag of that name too, whatever is in it.
 *
 * Throws an `ArgumentError` for what Python's expressions have not or mean otherwise: the flags u, v and y, named groups, and
 * references to groups, whose numbers TensorBoard changes.
 */
export function tagExpression(pattern: TagPattern, argument: string): string {
  if (pattern instanceof RegExp) return fromRegExp(pattern, argument);
  if (typeof pattern !== "string" || pattern === "") {
    throw new ArgumentError(argument, "a tag, a glob over tags or a regular expression", pattern);
  }
  return fromGlob(checkText(argument, pattern));
}

/** The expression that matches the whole of `tag` and nothing else. */
export function exactExpression(tag: string): string {
  return `^${escape(tag)}$`;
}

function fromGlob(glob: string): string {
  if (!/[*?[\]{}()!+@\\|]/.test(glob)) return exactExpression(glob);
  // Tags are no paths: a dot in front hides none, and \ is \ on every system.
  const expression = picomatch.makeRe(glob, { dot: true, windows: false });
  const source = wholeCharacters(expression.source);
  return expression.test(glob) ? source : `${source}|${exactExpression(glob)}`;
}

/** An expression without a backslash before each half of a surrogate pair, where the one between would part them. */
function wholeCharacters(source: string): string {
  return source.replaceAll(/\\([\s\S])/g, (escaped, unit: string) =>
    /[\ud800-\udfff]/.test(unit) ? unit : escaped,
  );
}

/** Such as (?<name>…), \k<name> and \1; an even number of backslashes before it is text. */
const UNKNOWN_TO_PYTHON = /(?<!\\)(?:\\\\)*(?:\(\?<(?![=!])|\\k<|\\[1-9])/;

function fromRegExp(pattern: RegExp, argument: string): string {
  const { source, flags } = pattern;
  if (/[uvy]/.test(flags)) {
    const expected = "a regular expression without the flags u, v and y";
    throw new ArgumentError(argument, expected, pattern, String(pattern));
  }
  if (UNKNOWN_TO_PYTHON.test(source)) {
    const expected = "a regular expression without named groups and references to groups";
    throw new ArgumentError(argument, expected, pattern, String(pattern));
  }
  // The group bounds the flags: TensorBoard puts several expressions into one.
  const python = [...flags].filter((flag) => "ims".includes(flag)).join("");
  const anywhere = source.startsWith("^") && !source.includes("|") ? "" : "(?s:.*?)";
  return `${anywhere}(?${python}:${source})`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
