// Where the events of a run go: an event file, one in memory, several at once, nowhere.

import type { Event } from "../wire/event.js";
import type { SummaryMetadata } from "../wire/summary.js";

/** An event to be written: its wall time is now, in seconds, unless it has one; its step is 0 unless it has one. */
export type EventInit = Omit<Event, "wallTime" | "step"> & { wallTime?: number; step?: number | bigint };

/** A tag whose values are scalars. */
export interface ScalarTag {
  readonly tag: string;
  /** What TensorBoard keeps about the tag; the first value of the tag in each file carries it. */
  readonly metadata?: SummaryMetadata;
}

/** The way into a sink for scalars that are always logged together, one event a step. */
export interface ScalarChannel {
  /**
   * Adds one event with `values[from + i]` under the channel's tag `i`, at `step`, a safe integer. `wallTime` in seconds; now unless
   * given. `values` is read at once. Throws like `EventSink.write`.
   */
  write(step: number, values: ArrayLike<number>, from?: number, wallTime?: number): void;
  /** `write` without an array, for a channel of one tag. */
  writeOne(step: number, value: number, wallTime?: number): void;
}

/** Takes the events of one session of a run. */
export interface EventSink {
  /** Adds an event; `false` when it was dropped after an error. Throws a `WriteError`, a `ClosedError`, or an `ArgumentError`
   * when its wall time is not finite. */
  write(event: EventInit): boolean;
  /** A channel for scalars of these tags, at least one, all different. Makes no file. */
  scalars(tags: readonly ScalarTag[]): ScalarChannel;
  /** Hands every accepted event to the operating system before it returns. Throws a `WriteError`; what remains is kept. */
  flush(): void;
  /** Like `flush`, and resolves when the file and its directory entries are on the disk. */
  sync(): Promise<void>;
  /** `closeSync` as a promise. The work is done before it returns, so that a call without `await` closes too. */
  close(): Promise<void>;
  /**
   * Hands everything to the operating system and closes. Closing twice is no error. Throws a `WriteError` if any accepted event could
   * not be written, now or earlier.
   */
  closeSync(): void;
}

const noopChannel: ScalarChannel = { write: () => {}, writeOne: () => {} };

/** Takes every event and keeps none. */
export const noopEventSink: EventSink = {
  write: () => true,
  scalars: () => noopChannel,
  flush: () => {},
  sync: async () => {},
  close: async () => {},
  closeSync: () => {},
};
