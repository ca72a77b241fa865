// The last of many values, by their wall times.

/** Keeps some of the values that it is given. */
export class LastValues<T extends { readonly wallTime: number }> {
  readonly #most: number;
  readonly #values: T[] = [];

  /** `most`: how many are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether a value of that wall time would be kept now. */
  takes(wallTime: number): boolean {
    return (
      this.#values.length < this.#most ||
      (this.#most > 0 && order(wallTime) >= order(this.#values[0]!.wallTime))
    );
  }

  add(value: T): void {
    if (!this.takes(value.wallTime)) return;
    let at = this.#values.length;
    while (at > 0 && order(this.#values[at - 1]!.wallTime) > order(value.wallTime)) at--;
    this.#values.splice(at, 0, value);
    if (this.#values.length > this.#most) this.#values.shift();
  }

  /** In the order of their wall times; of the same one, as they came. None is kept any more. */
  take(): T[] {
    return this.#values.splice(0);
  }
}

// One that is no time is before all others.
function order(wallTime: number): number {
  return Number.isNaN(wallTime) ? -Infinity : wallTime;
}
