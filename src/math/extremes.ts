// The points of a stretch of a curve that a drawing of it needs: lowest, highest, and one that is no number.

const LOW = 0;
const HIGH = 3;
const NAN = 6;

/** Gathers a stretch of a curve. Its numbers are in one array, so that adding to it puts none on the heap. */
export class Extremes {
  /** Points that were added. */
  count = 0;
  #numbers = 0;
  #nans = 0;
  readonly #points = new Float64Array(9);

  clear(): void {
    this.count = this.#numbers = this.#nans = 0;
  }

  add(step: number, wallTime: number, value: number): void {
    this.count++;
    if (value !== value) {
      if (this.#nans++ === 0) this.#set(NAN, step, wallTime, value);
    } else if (this.#numbers++ === 0) {
      this.#set(LOW, step, wallTime, value);
      this.#set(HIGH, step, wallTime, value);
    } else if (value < this.#points[LOW + 2]!) {
      this.#set(LOW, step, wallTime, value);
    } else if (value > this.#points[HIGH + 2]!) {
      this.#set(HIGH, step, wallTime, value);
    }
  }

  /** Calls `take` with each of the points, at most three, in the order in which they were added. */
  forEach(take: (step: number, wallTime: number, value: number) => void): void {
    const points = this.#points;
    const places: number[] = [];
    if (this.#numbers > 0) places.push(LOW);
    // With equal steps, the order is that of the numbers they have: TensorBoard keeps the last of them.
    if (this.#numbers > 0 && (points[HIGH] !== points[LOW] || points[HIGH + 2] !== points[LOW + 2]))
      places.push(HIGH);
    if (this.#nans > 0) places.push(NAN);
    places.sort((a, b) => points[a]! - points[b]!);
    for (const at of places) take(points[at]!, points[at + 1]!, points[at + 2]!);
  }

  #set(at: number, step: number, wallTime: number, value: number): void {
    this.#points[at] = step;
    this.#points[at + 1] = wallTime;
    this.#points[at + 2] = value;
  }
}
