// What a file of a run begins with.

import { version } from "../version.js";
import { encodeEvent, SessionStatus } from "../wire/event.js";

/** What the writer named in a file of this package begins with. */
export const WRITER = "tensorboard-node-logger";

/**
 * The first event of a file: the version of the format, and who wrote it. `kind` says of a file that it has not every event of its session.
 * `wallTime` in seconds.
 */
export function headOf(wallTime: number, kind?: string): Uint8Array {
  const writer = `${WRITER} ${version}${kind === undefined ? "" : ` ${kind}`}`;
  return encodeEvent({ wallTime, fileVersion: "brain.Event:2", sourceMetadata: { writer } });
}

/** The events that make earlier points at `step` and later void: two STARTs, because the Python loader passes over a run's first one. */
export function startOf(wallTime: number, step: number | bigint): [Uint8Array, Uint8Array] {
  const start = encodeEvent({ wallTime, step, sessionLog: { status: SessionStatus.START } });
  return [start, start];
}
