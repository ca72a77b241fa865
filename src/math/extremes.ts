// The points of a stretch of a curve that a drawing of it needs: lowest, highest, and one that is no number.

const LOW = 0;
const HIGH = 3;
const NAN = 6;

/** Gathers a stretch of a curve. Its numbers are in one array, and come in one, so that adding to it puts none on the heap. */
export class Extremes {
  /** Points that were added. */
  count = 0;
  #numbers = 0;
  #nans = 0;
  readonly #points = new Float64Array(9);
  readonly #order = new Uint8Array(3);

  clear(): void {
    this.count = this.#numbers = this.#nans = 0;
  }

  /** Adds a point: step, wall time and value are the first three of `point`. */
  add(point: Float64Array): void {
    const value = point[2]!;
    this.count++;
    if (value !== value) {
      if (this.#nans++ === 0) this.#set(NAN, point);
    } else if (this.#numbers++ === 0) {
      this.#set(LOW, point);
      this.#set(HIGH, point);
    } else if (value < this.#points[LOW + 2]!) {
      this.#set(LOW, point);
    } else if (value > this.#points[HIGH + 2]!) {
      this.#set(HIGH, point);
    }
  }

  /** Calls `take` with each of the points, at most three, in the order of their steps. */
  forEach(take: (step: number, wallTime: number, value: number) => void): void {
    const points = this.#points;
    const order = this.#order;
    let count = 0;
    if (this.#numbers > 0) order[count++] = LOW;
    // With equal steps, the order is that of the numbers they have: TensorBoard keeps the last of them.
    if (this.#numbers > 0 && (points[HIGH] !== points[LOW] || points[HIGH + 2] !== points[LOW + 2]))
      order[count++] = HIGH;
    if (this.#nans > 0) order[count++] = NAN;
    for (let i = 1; i < count; i++) {
      const at = order[i]!;
      let j = i;
      for (; j > 0 && points[order[j - 1]!]! > points[at]!; j--) order[j] = order[j - 1]!;
      order[j] = at;
    }
    for (let i = 0; i < count; i++) {
      const at = order[i]!;
      take(points[at]!, points[at + 1]!, points[at + 2]!);
    }
  }

  #set(at: number, point: Float64Array): void {
    this.#points[at] = point[0]!;
    this.#points[at + 1] = point[1]!;
    this.#points[at + 2] = point[2]!;
  }
}
