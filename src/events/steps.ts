// Steps as they stand in files.

/** A step: a bigint where a number would not be exact; infinite for none. */
export type Step = number | bigint;

/** The lesser of two steps. */
export function lesser(a: Step, b: Step): Step {
  return a <= b ? a : b;
}

/** The greater of two steps. */
export function greater(a: Step, b: Step): Step {
  return a >= b ? a : b;
}

/** The steps of a tag's values. */
export interface TagSteps {
  /** Of the value that comes first. */
  readonly first: Step;
  lowest: Step;
  highest: Step;
}

/** Takes a value of `tag` into account. */
export function addStep(steps: Map<string, TagSteps>, tag: string, step: Step): void {
  const its = steps.get(tag);
  if (its === undefined) {
    steps.set(tag, { first: step, lowest: step, highest: step });
    return;
  }
  if (step < its.lowest) its.lowest = step;
  if (step > its.highest) its.highest = step;
}
