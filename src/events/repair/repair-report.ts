// What a repair left out and what it changed.

import type { LogdirError } from "../../errors.js";
import type { DefectCode } from "../verify/defect.js";

/** What was left out. */
export interface Dropped {
  readonly code: DefectCode;
  /** The damaged file. */
  readonly path: string;
  /** Its first byte, and how many. */
  readonly offset: number;
  readonly length: number;
  /** One line, without the place. */
  readonly message: string;
}

/** What is there with a change. */
export interface Changed {
  /** `MOVED_RECORDS`: what the event file of a bounded run says of its record file, of which something was left out before that place. */
  readonly code: DefectCode | "MOVED_RECORDS";
  readonly path: string;
  /** The record's place in the damaged file. */
  readonly offset: number;
  readonly tag?: string;
  /** What is in its place, in one line. */
  readonly message: string;
}

/** What became of a file. */
export interface FileRepair {
  readonly path: string;
  /** The copy; `undefined` when there was no event to copy. */
  readonly copy: string | undefined;
  /** The bytes of the copy. */
  readonly bytes: number;
  /** The events in it. */
  readonly events: number;
  /** The first 100, and how many more there are. */
  readonly dropped: readonly Dropped[];
  readonly moreDropped: number;
  /** The first 100, and how many more there are. */
  readonly changed: readonly Changed[];
  readonly moreChanged: number;
  /** How many values later restarts had made void and were left out, as asked. */
  readonly voidValues: number;
}

/** What became of a run. */
export interface RunRepair {
  readonly run: string;
  /** Its event files, then its record files. */
  readonly files: readonly FileRepair[];
  /** The files that could not be read. */
  readonly errors: readonly LogdirError[];
}

const MOST = 100;

/** Keeps the first of many, and counts the others. */
export class Kept<T> {
  readonly list: T[] = [];
  more = 0;

  add(item: T): void {
    if (this.list.length < MOST) this.list.push(item);
    else this.more++;
  }
}
