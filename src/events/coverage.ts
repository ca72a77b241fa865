// How far the event file of a bounded session goes: all that its record file has before a place is in the event file too.

import { headOf, WRITER } from "./head.js";

/** The word behind the package's version in a file that has not every event of its session. */
const BOUNDED = "bounded";
const PATTERN = /^(\S+) \S+(?: (bounded)(?: (.+) (\d+))?)?$/;

/** A place in a record file. */
export interface Coverage {
  /** The record file's name. */
  readonly recordFile: string;
  /** Bytes from its beginning. */
  readonly bytes: number;
}

/**
 * The head of a bounded event file. With a coverage it is a mark, anywhere in the file: everything in the record file before that place is in
 * this file before the mark. `wallTime` in seconds. Both loaders of TensorBoard take such an event for the head it is, and pass over it.
 */
export function boundedHeadOf(wallTime: number, coverage?: Coverage): Uint8Array {
  return headOf(
    wallTime,
    coverage === undefined ? BOUNDED : `${BOUNDED} ${coverage.recordFile} ${coverage.bytes}`,
  );
}

/** What a file says of its writer; `undefined` when that is another program. */
export function parseWriter(
  writer: string | undefined,
): { isBounded: boolean; coverage: Coverage | undefined } | undefined {
  const [, program, bounded, recordFile, bytes] = PATTERN.exec(writer ?? "") ?? [];
  if (program !== WRITER) return undefined;
  const coverage = recordFile === undefined ? undefined : { recordFile, bytes: Number(bytes) };
  return { isBounded: bounded !== undefined, coverage };
}
