// How far a long work is, and the moments in which signals are heard.

import { setImmediate } from "node:timers/promises";

/** How long the thread is kept at a time, in milliseconds. */
const TURN_MS = 50;

/** What a long work takes beside its own options. */
export interface PaceOptions {
  /** Called about every 50 ms with the bytes that were worked on, of all that are to be. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** When it is aborted, the work ends early. */
  readonly signal?: AbortSignal | undefined;
}

/** Counts bytes, and gives the thread away now and then: `if (pace.isDue(bytes) && !(await pace.turn())) return`. */
export class Pace {
  readonly #total: number;
  readonly #options: PaceOptions;
  #done = 0;
  #last = -Infinity;

  /** `total`: how many bytes there are to work on. */
  constructor(total: number, options: PaceOptions) {
    this.#total = total;
    this.#options = options;
  }

  /** Whether the work is to end. */
  get isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** So many bytes more were worked on. Returns whether it is time for a `turn`. */
  isDue(bytes: number): boolean {
    this.#done += bytes;
    return performance.now() - this.#last >= TURN_MS;
  }

  /** Tells how far the work is and lets signals and timers in. Returns whether it is to go on. */
  async turn(): Promise<boolean> {
    this.#options.onProgress?.(Math.min(this.#done, this.#total), this.#total);
    await setImmediate();
    this.#last = performance.now();
    return !this.isAborted;
  }

  /** Between files, which may have no bytes. */
  async turnIfDue(): Promise<boolean> {
    return this.isDue(0) ? this.turn() : !this.isAborted;
  }
}
