// What is in an event file, without its events: plain data, whose size grows with the tags.

import type { Damage } from "../reading/damage.js";

/** A step; a bigint where a number would not be exact. */
export type Step = number | bigint;

/** How many stretches of damage are told one by one. */
export const MOST_DAMAGES = 100;

/** How often events of the kinds that have no values are there. */
export interface EventCounts {
  /** `SessionLog START`, `STOP` and `CHECKPOINT`. */
  starts: number;
  stops: number;
  checkpoints: number;
  graphs: number;
  /** Profiles of a graph's run, `tagged_run_metadata`. */
  runMetadata: number;
  metaGraphs: number;
  logMessages: number;
}

/** The values of a tag. */
export interface TagSummary {
  readonly tag: string;
  /** The dashboard that TensorBoard shows it on, by the plugin's name (`scalars`, `images`, `text`, …), as the first value says; undefined for none. */
  dashboard: string | undefined;
  /** How many values there are, void ones included. */
  count: number;
  /** What they take in the files, without the frames of the events. */
  bytes: number;
  /** Of the first value and of the last one, in the order of the file. */
  firstStep: Step;
  lastStep: Step;
  minStep: Step;
  maxStep: Step;
  /** How often a value's step is less than that of the value before it: restarts, or a writer's mistake. */
  stepsBack: number;
  /** The least and the greatest wall time in seconds since 1970; NaN where none is finite. */
  firstWallTime: number;
  lastWallTime: number;
  /** Of its values that are one number; undefined where there are none. */
  scalar: ScalarRange | undefined;
}

/** Numbers of a tag. */
export interface ScalarRange {
  /** How many there are. */
  readonly count: number;
  /** The least and the greatest of the finite ones; NaN where there are none. */
  readonly min: number;
  readonly max: number;
  /** The last one, finite or not. */
  readonly last: number;
  /** How many are NaN or infinite. */
  readonly nonFinite: number;
}

/** An event file. */
export interface FileSummary extends EventCounts {
  /** All whole records before this byte are counted. What is behind it is no whole record, or not yet. */
  end: number;
  events: number;
  /** The programs that wrote it, as it says, such as `tensorboard-node-logger 0.1.0`; none for those that do not name themselves. */
  writers: string[];
  /** Whether it has bounded curves: a part of what was logged. */
  isBounded: boolean;
  /** The least and the greatest wall time of all events in seconds since 1970; NaN where none is finite. */
  firstWallTime: number;
  lastWallTime: number;
  /** Stretches of bytes that are no event; the first `MOST_DAMAGES` of them. */
  damages: Damage[];
  damageCount: number;
  /** In the order of their first values. */
  tags: TagSummary[];
}

/** Of a file that nothing was read of yet. */
export function emptySummary(): FileSummary {
  return {
    end: 0,
    events: 0,
    writers: [],
    isBounded: false,
    starts: 0,
    stops: 0,
    checkpoints: 0,
    graphs: 0,
    runMetadata: 0,
    metaGraphs: 0,
    logMessages: 0,
    firstWallTime: NaN,
    lastWallTime: NaN,
    damages: [],
    damageCount: 0,
    tags: [],
  };
}

/** The lesser of two numbers, of which NaN is none. */
export function least(a: number, b: number): number {
  return a <= b || Number.isNaN(b) ? a : b;
}

/** The greater of two numbers, of which NaN is none. */
export function greatest(a: number, b: number): number {
  return a >= b || Number.isNaN(b) ? a : b;
}
