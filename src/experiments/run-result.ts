// What comes out of a run.

/** What came out of one run. */
export interface RunResult {
  /** Its name in the logdir. */
  readonly run: string;
  readonly problem: string;
  readonly optimizer: string;
  readonly seed: number;
  /** Steps that were done: fewer than asked for when it was stopped. A run that was resumed has those of before too. */
  readonly steps: number;
  /** x after the last step; NaN for a model without an x of one number. */
  readonly finalX: number;
  /** The mean of the estimates of x of the last 10 % of the steps; NaN when it was stopped before them, and without x. */
  readonly tailMean: number;
  /** NaN for a problem that has none. */
  readonly averageRegret: number;
  /** The first batch after which x was outside [-1, 1]; null when it never was. */
  readonly firstClamp: number | null;
  /** Of the last process that worked on it. */
  readonly stepsPerSecond: number;
}
