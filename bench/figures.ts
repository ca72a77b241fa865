// What the bench finds: medians with their range, against the bounds the project promises.

/** The median of several measurements, with the smallest and the largest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One line of the results. */
export interface Figure {
  readonly what: string;
  readonly value: Spread;
  /** Printed after the numbers: `s`, `MB`, `times`. */
  readonly unit: string;
  /** What the project promises of the median; a figure without one is for information. */
  readonly bound?: Bound;
  /** Of a case's figures marked so, it is enough that one keeps its bound. */
  readonly isAlternative?: boolean;
}

/** The largest or the smallest value that is good enough. */
export type Bound = { readonly atMost: number } | { readonly atLeast: number };

/** What a case found: its figures, and remarks on how they were measured. */
export interface Findings {
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

/** A part of the bench that can be run on its own. */
export interface Case {
  readonly name: string;
  run(): Findings;
}

/** The median and range of some measurements. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || min === undefined || max === undefined) {
    throw new Error("nothing was measured");
  }
  return { median: (low + high) / 2, min, max };
}

/** The median and range of `numerator / denominator`, divided round by round. */
export function ratio(numerator: readonly number[], denominator: readonly number[]): Spread {
  return spread(numerator.map((value, round) => value / (denominator[round] ?? Number.NaN)));
}

/** Whether the median keeps the bound; true if there is none. */
export function keepsBound({ value, bound }: Figure): boolean {
  if (bound === undefined) return true;
  return "atMost" in bound ? value.median <= bound.atMost : value.median >= bound.atLeast;
}

/** The figures that break a promise. */
export function missed(figures: readonly Figure[]): readonly Figure[] {
  const oneAlternativeHolds = figures.some((figure) => figure.isAlternative === true && keepsBound(figure));
  return figures.filter(
    (figure) => !keepsBound(figure) && !(figure.isAlternative === true && oneAlternativeHolds),
  );
}

/** A case that cannot be measured on this machine, which is no failure; the message says what is missing. */
export class SkippedError extends Error {
  override readonly name = "SkippedError";
}
