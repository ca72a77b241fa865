// Which runs or tags are asked for.

import picomatch from "picomatch";
import { ArgumentError } from "../errors.js";

/** A name, a glob such as `loss/*` or `{train,val}/**`, or a regular expression that a name contains a match of. */
export type NamePattern = string | RegExp;

/** One pattern or several, of which a name has to match one. */
export type NamePatterns = NamePattern | readonly NamePattern[];

/**
 * Whether a name is asked for; with no pattern every one is. A string always means the name itself too, whatever is in it.
 *
 * Throws an `ArgumentError` that names `argument` for anything that is no pattern.
 */
export function nameFilter(patterns: NamePatterns | undefined, argument: string): (name: string) => boolean {
  if (patterns === undefined) return () => true;
  const list = Array.isArray(patterns) ? (patterns as readonly unknown[]) : [patterns];
  if (list.length === 0) throw new ArgumentError(argument, "at least one pattern", patterns);
  const matchers = list.map((pattern) => matcherOf(pattern, argument));
  return (name) => matchers.some((matches) => matches(name));
}

function matcherOf(pattern: unknown, argument: string): (name: string) => boolean {
  if (pattern instanceof RegExp) {
    // A global one remembers where it was.
    const expression = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ""));
    return (name) => expression.test(name);
  }
  if (typeof pattern !== "string" || pattern === "") {
    throw new ArgumentError(argument, "a name, a glob or a regular expression", pattern);
  }
  // Names are no paths of a system: a dot in front hides none, and \ is \ everywhere.
  const glob = picomatch.makeRe(pattern, { dot: true, windows: false });
  return (name) => name === pattern || glob.test(name);
}
