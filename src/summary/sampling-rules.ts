// Which values are kept: rules, and which one a tag has.

import picomatch from "picomatch";
import { ArgumentError } from "../errors.js";

/**
 * Which values of a tag are kept; with both, a value that both allow. A tag's first value in a session always is.
 */
export interface SamplingRule {
  /** A value whose step is at least so many, an integer from 1, behind the last one kept, or before that. */
  readonly everySteps?: number;
  /** At most so many a second by the writer's clock, evenly: none sooner than 1/n seconds after the last one kept. Above 0. */
  readonly perSecond?: number;
}

/** A rule for all tags, or rules by glob (`{ "debug/**": { perSecond: 1 } }`), of which the first one that matches holds. */
export type Sampling = SamplingRule | Readonly<Record<string, SamplingRule>>;

/** The rule of a tag, if it has one. Throws an `ArgumentError` at once when a rule or a glob is none. */
export function rulesOf(sampling: Sampling | undefined): (tag: string) => SamplingRule | undefined {
  if (sampling === undefined) return () => undefined;
  if (typeof sampling !== "object" || sampling === null) {
    throw new ArgumentError("sampling", "a rule, or an object of rules by glob", sampling);
  }
  if (!isByGlob(sampling)) {
    const rule = checkRule("sampling", sampling);
    return () => rule;
  }
  const rules = Object.entries(sampling).map(([glob, rule]) => ({
    matches: matcherOf(glob),
    rule: checkRule(`sampling[${JSON.stringify(glob)}]`, rule),
  }));
  return (tag) => rules.find(({ matches }) => matches(tag))?.rule;
}

/** The rule itself, or `undefined` when it keeps everything. Throws an `ArgumentError` that names it `argument`. */
export function checkRule(argument: string, rule: SamplingRule): SamplingRule | undefined {
  if (typeof rule !== "object" || rule === null) {
    throw new ArgumentError(argument, "a rule with everySteps, perSecond or both", rule);
  }
  const unknown = Object.keys(rule).find((key) => key !== "everySteps" && key !== "perSecond");
  if (unknown !== undefined) {
    throw new ArgumentError(
      argument,
      "a rule with everySteps, perSecond or both",
      rule,
      JSON.stringify(unknown),
    );
  }
  const { everySteps, perSecond } = rule;
  if (everySteps !== undefined && !(Number.isSafeInteger(everySteps) && everySteps >= 1)) {
    throw new ArgumentError(`${argument}.everySteps`, "an integer from 1", everySteps);
  }
  if (perSecond !== undefined && !(typeof perSecond === "number" && perSecond > 0)) {
    throw new ArgumentError(`${argument}.perSecond`, "a number above 0", perSecond);
  }
  return everySteps === undefined && perSecond === undefined ? undefined : rule;
}

function isByGlob(sampling: Sampling): sampling is Readonly<Record<string, SamplingRule>> {
  return Object.values(sampling).some((value) => typeof value === "object");
}

function matcherOf(glob: string): (tag: string) => boolean {
  if (glob === "") throw new ArgumentError("sampling", "rules by globs that are not empty", glob);
  // Tags are no paths: a dot in front hides none, and \ is \ on every system.
  const matches = picomatch(glob, { dot: true, windows: false });
  return (tag) => tag === glob || matches(tag);
}
