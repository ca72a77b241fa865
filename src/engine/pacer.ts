// Tells a synchronous loop that some time has passed: to leave the thread to signals, timers and a live plot, or to write a checkpoint.

const YIELD_AFTER_MS = 50;
const LOOK_AFTER_MS = 2;
const MOST_STEPS = 1 << 16;

/**
 * Says when so many milliseconds have passed; 50 unless told, after which a loop should yield. The clock is read only every so many steps,
 * a number that adapts so that about two milliseconds lie between two looks, whether a step takes a nanosecond or a second.
 */
export class Pacer {
  #left = 1;
  #every = 1;
  #lastLook = performance.now();
  #start = this.#lastLook;
  readonly #afterMs: number;

  constructor(afterMs = YIELD_AFTER_MS) {
    this.#afterMs = afterMs;
  }

  /** To be called once a step; true when it is time for `pause` or `restart`. */
  isDue(): boolean {
    return --this.#left <= 0 && this.#look();
  }

  /** The time begins anew. */
  restart(): void {
    this.#lastLook = this.#start = performance.now();
  }

  /** Resolves when everything that waited for the thread has had it. */
  async pause(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.restart();
  }

  #look(): boolean {
    const now = performance.now();
    const sinceLook = now - this.#lastLook;
    if (sinceLook < LOOK_AFTER_MS) this.#every = Math.min(this.#every * 2, MOST_STEPS);
    else if (sinceLook > 2 * LOOK_AFTER_MS) {
      // At once, because steps that have become slow must not be waited for a second time.
      this.#every = Math.max(Math.floor((this.#every * LOOK_AFTER_MS) / sinceLook), 1);
    }
    this.#left = this.#every;
    this.#lastLook = now;
    return now - this.#start >= this.#afterMs;
  }
}
