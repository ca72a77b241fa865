// What the programs log.ts and log.py are told: one of these as JSON, in the last argument.

/** Log `steps` steps from `first` on, and say `started` just before the writer is made. */
export interface LogJob {
  /** The run's directory. */
  readonly dir: string;
  /** The options of the SummaryWriter, as it names them. */
  readonly options: WriterOptions;
  /** How fast the writer's clock runs; 1 where a writer takes none. */
  readonly clockSpeed: number;
  readonly tag: string;
  readonly first: number;
  readonly steps: number;
  /** Milliseconds from one step to the next; 0 is as fast as it can. */
  readonly stepMs: number;
  /** Steps between two calls of `flush()`; 0 is none. */
  readonly flushEvery: number;
  /**
   * A file of two float64, little-endian: the last step whose call returned and the last that a returned `flush()` covers, at first the
   * one before `first`. Written in place after each call, so that what it says survives the kill.
   */
  readonly notes: string;
  /**
   * What comes after the last step. `"stand still"`: say `done` and wait for the kill. `"close"`: first say `ready` and make the writer
   * only when a line comes on stdin; at the end close it, and say in which second it was made, before and after.
   */
  readonly atEnd: "stand still" | "close";
}

/** Log sessions, one after another: for each a writer with its options logs `steps` steps from `from` on, and is closed. */
export interface SessionsJob {
  readonly runs: readonly {
    readonly dir: string;
    readonly options: WriterOptions;
    readonly from: number;
  }[];
  readonly tag: string;
  readonly steps: number;
  /** `"first"`: the values that a LogJob logs. `"resumed"`: others. */
  readonly values: "first" | "resumed";
}

export type WriterOptions = Readonly<Record<string, unknown>>;

/** The tag of the killed and continued curves. */
export const TAG = "loss";
