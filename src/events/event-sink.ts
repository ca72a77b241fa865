// Where events go: a file, or nowhere.

import type { Event } from "../wire/event.js";
import type { ScalarEventEncoder } from "../wire/scalar-event.js";

/** An event to be written: its wall time is now, in seconds, unless it has one; its step is 0 unless it has one. */
export type EventInit = Omit<Event, "wallTime" | "step"> & { wallTime?: number; step?: number | bigint };

/** Takes the events of one session of a run. */
export interface EventSink {
  /** Adds an event; `false` when it was dropped after an error. Throws a `WriteError`, a `ClosedError`, or an `ArgumentError`
   * when its wall time is not finite. */
  write(event: EventInit): boolean;
  /**
   * Adds one event with the scalars `values[from, …)` under the tags of `encoder`. `wallTime` in seconds; now unless given.
   * Throws like `write`.
   */
  writeScalars(
    encoder: ScalarEventEncoder,
    step: number,
    values: ArrayLike<number>,
    from?: number,
    wallTime?: number,
  ): void;
  /** Adds one event with one scalar under the tag of `encoder`. `wallTime` in seconds; now unless given. Throws like `write`. */
  writeScalar(encoder: ScalarEventEncoder, step: number, value: number, wallTime?: number): void;
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

/** Takes every event and keeps none. */
export const noopEventSink: EventSink = {
  write: () => true,
  writeScalars: () => {},
  writeScalar: () => {},
  flush: () => {},
  sync: async () => {},
  close: async () => {},
  closeSync: () => {},
};
