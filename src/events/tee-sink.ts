// Several sinks as one: a mirror beside an event file.

import type { EventInit, EventSink, ScalarChannel, ScalarTag } from "./event-sink.js";

/**
 * Gives every event to each of its sinks, in their order, with one wall time.
 *
 * When one of them throws, the others still get the event, the flush or the close; then the first error is thrown. So an event whose call
 * threw may be in some of the sinks.
 */
export class TeeSink implements EventSink {
  readonly #sinks: readonly EventSink[];
  readonly #clock: () => number;

  /** `clock`: milliseconds since 1970-01-01 UTC; `Date.now` unless given. */
  constructor(sinks: readonly EventSink[], options: { readonly clock?: () => number } = {}) {
    this.#sinks = [...sinks];
    this.#clock = options.clock ?? Date.now;
  }

  write(event: EventInit): boolean {
    const timed = { ...event, wallTime: event.wallTime ?? this.#clock() / 1000 };
    let isTaken = true;
    inAll(this.#sinks, (sink) => {
      isTaken = sink.write(timed) && isTaken;
    });
    return isTaken;
  }

  scalars(tags: readonly ScalarTag[]): ScalarChannel {
    const channels = this.#sinks.map((sink) => sink.scalars(tags));
    const now = (): number => this.#clock() / 1000;
    return {
      write: (step, values, from = 0, wallTime = now()) =>
        inAll(channels, (channel) => channel.write(step, values, from, wallTime)),
      writeOne: (step, value, wallTime = now()) =>
        inAll(channels, (channel) => channel.writeOne(step, value, wallTime)),
    };
  }

  flush(): void {
    inAll(this.#sinks, (sink) => sink.flush());
  }

  async sync(): Promise<void> {
    const results = await Promise.allSettled(this.#sinks.map(async (sink) => sink.sync()));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async close(): Promise<void> {
    this.closeSync();
  }

  closeSync(): void {
    inAll(this.#sinks, (sink) => sink.closeSync());
  }
}

function inAll<T>(targets: readonly T[], call: (target: T) => void): void {
  const errors: unknown[] = [];
  for (const target of targets) {
    try {
      call(target);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
