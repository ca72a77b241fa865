// A sink that keeps its events in memory: for tests of programs that log.

import { ArgumentError, ClosedError } from "../errors.js";
import type { Event } from "../wire/event.js";
import { checkInt64Step } from "../wire/int64.js";
import type { EventInit, EventSink, ScalarChannel, ScalarTag } from "./event-sink.js";

/** One number of a tag. */
export interface ScalarPoint {
  readonly step: number | bigint;
  readonly value: number;
  /** Seconds since 1970-01-01 UTC. */
  readonly wallTime: number;
}

/**
 * Keeps every event, as an event file would have it, except that a scalar is kept as it was given and not as float32: `new
 * SummaryWriter(new MemorySink())`. Memory grows with each event.
 */
export class MemorySink implements EventSink {
  readonly #events: Event[] = [];
  readonly #described = new Set<string>();
  readonly #clock: () => number;
  #isClosed = false;

  /** `clock`: milliseconds since 1970-01-01 UTC; `Date.now` unless given. */
  constructor(options: { readonly clock?: () => number } = {}) {
    this.#clock = options.clock ?? Date.now;
  }

  /** All events so far, in the order of the calls. */
  get events(): readonly Event[] {
    return this.#events;
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#isClosed;
  }

  /** The scalars under `tag` so far, in the order of the calls. */
  points(tag: string): ScalarPoint[] {
    return this.#events.flatMap(({ step, wallTime, summary = [] }) =>
      summary
        .filter((value) => value.tag === tag && value.simpleValue !== undefined)
        .map(({ simpleValue }) => ({ step, value: simpleValue!, wallTime })),
    );
  }

  write(event: EventInit): boolean {
    if (this.#isClosed) throw new ClosedError("The sink in memory");
    const wallTime = event.wallTime ?? this.#clock() / 1000;
    if (!Number.isFinite(wallTime)) {
      throw new ArgumentError("wallTime", "a finite number of seconds", wallTime);
    }
    this.#events.push({ ...event, wallTime, step: checkInt64Step(event.step ?? 0) });
    return true;
  }

  scalars(tags: readonly ScalarTag[]): ScalarChannel {
    const write = (step: number, values: ArrayLike<number>, from = 0, wallTime?: number): void => {
      const summary = tags.map(({ tag, metadata }, i) => ({
        tag,
        simpleValue: values[from + i]!,
        ...(metadata && !this.#described.has(tag) && { metadata }),
      }));
      this.write({ step, summary, ...(wallTime !== undefined && { wallTime }) });
      for (const { tag } of tags) this.#described.add(tag);
    };
    return { write, writeOne: (step, value, wallTime) => write(step, [value], 0, wallTime) };
  }

  flush(): void {}

  async sync(): Promise<void> {}

  async close(): Promise<void> {
    this.closeSync();
  }

  closeSync(): void {
    this.#isClosed = true;
  }
}
