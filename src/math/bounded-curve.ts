// A curve that is added to for ever, stays small, and has every peak.

import { Extremes } from "./extremes.js";

/** The most points of one stride. */
const PER_STRIDE = 3;
const LARGEST_STRIDE = 2 ** 60;

/**
 * Keeps a curve of any length as at most `limit` points: of each stride of steps the lowest and the highest, at their own steps, and one NaN
 * if there was any; and the very first point. When they become too many, the stride doubles until half of `limit` will do.
 *
 * Strides begin at multiples of their length, a power of two, from the first step on: two neighbours make one of the next length, and a curve that was stored and read
 * back goes on as if it had not stopped.
 */
export class BoundedCurve {
  /** Steps of the points of finished strides, ascending; the first `length` count. */
  steps = new Float64Array(16);
  /** Their wall times, in seconds. */
  wallTimes = new Float64Array(16);
  values = new Float64Array(16);
  /** Finished points. */
  length = 0;
  /** How often a step that went back made finished points void. */
  rewinds = 0;
  #limit: number;
  #stride = 1;
  readonly #open = new Extremes();
  // Step, wall time and value of the point added last, and the step where the open stride ends.
  readonly #last = Float64Array.of(-Infinity, 0, 0, -Infinity);
  readonly #given = new Float64Array(2);
  readonly #take = (step: number, wallTime: number, value: number): void => this.#push(step, wallTime, value);

  /** `limit`: an integer from 8. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The most points that are finished at a time. */
  get limit(): number {
    return this.#limit;
  }

  /** Whether points were added that are not finished yet. */
  get isOpen(): boolean {
    return this.#open.count > 0;
  }

  /** The step that was added last; -Infinity before. */
  get lastStep(): number {
    return this.#last[0]!;
  }

  /**
   * Adds a point. A step below the last one makes void what has this step or a later one: the curve goes on from there, as TensorBoard's data
   * server has it. Equal steps are points of one stride.
   */
  add(step: number, wallTime: number, value: number): void {
    this.#given[0] = wallTime;
    this.#given[1] = value;
    this.addFrom(step, this.#given, this.#given, 1);
  }

  /** `add` of the wall time `time[0]` and the value `values[i]`: a number that is passed on may be put on the heap. */
  addFrom(step: number, time: Float64Array, values: ArrayLike<number>, i: number): void {
    const last = this.#last;
    if (step < last[0]!) this.voidFrom(step);
    if (this.#open.count > 0 && step >= last[3]!) this.closeStride();
    if (this.#open.count === 0) last[3] = this.#strideEnd(step);
    last[0] = step;
    last[1] = time[0]!;
    last[2] = values[i]!;
    this.#open.add(last);
  }

  /** Makes void what has `step` or a later one. */
  voidFrom(step: number): void {
    if (step > this.#last[0]!) return;
    this.closeStride();
    let { length } = this;
    while (length > 0 && this.steps[length - 1]! >= step) length--;
    if (length < this.length) this.rewinds++;
    this.length = length;
    const last = this.#last;
    last[0] = length === 0 ? -Infinity : this.steps[length - 1]!;
    // The last point goes on to be the curve's, also when strides that double leave it out.
    last[1] = length === 0 ? 0 : this.wallTimes[length - 1]!;
    last[2] = length === 0 ? 0 : this.values[length - 1]!;
    // A curve that begins again has strides as a new one: its first point must be one of its own.
    if (length === 0) this.#stride = 1;
  }

  /** Finishes the open stride before its end; what the rest of it brings is merged with it when strides double. */
  closeStride(): void {
    if (this.#open.count === 0) return;
    if (this.length + PER_STRIDE > this.#limit) this.compact();
    this.#makeRoom(PER_STRIDE);
    this.#takeFrom(this.#open);
  }

  /** Finishes the open stride, with the last point that was added as one of its own: all that the curve has is shown. */
  finish(): void {
    this.closeStride();
    const [step, wallTime, value] = this.#last as unknown as [number, number, number];
    if (this.length === 0 || this.steps[this.length - 1]! >= step) return;
    if (this.length === this.#limit) this.compact();
    this.#makeRoom(1);
    this.#push(step, wallTime, value);
  }

  /**
   * Merges what strides have that were finished before their end, and doubles the stride until at most half of `limit` points are finished. A
   * smaller `limit`, from 8, stays.
   */
  compact(limit: number = this.#limit): void {
    this.#limit = Math.min(this.#limit, limit);
    this.#merge();
    while (this.length > this.#limit / 2 && this.#stride < LARGEST_STRIDE) {
      this.#stride *= 2;
      this.#merge();
    }
  }

  // Of the curve's first point TensorBoard's data server sees that a new file begins all over again: it stays.
  #merge(): void {
    const end = this.length;
    if (end === 0) return;
    const stride = new Extremes();
    const point = new Float64Array(3);
    this.length = 1;
    for (let from = 1; from < end;) {
      const stop = this.#strideEnd(this.steps[from]!);
      // At least one, since an end is no exact number where steps are 2^53 apart.
      do {
        point[0] = this.steps[from]!;
        point[1] = this.wallTimes[from]!;
        point[2] = this.values[from]!;
        stride.add(point);
      } while (++from < end && this.steps[from]! < stop);
      this.#takeFrom(stride);
    }
  }

  #strideEnd(step: number): number {
    const origin = this.length === 0 ? step : this.steps[0]!;
    return origin + (Math.floor((step - origin) / this.#stride) + 1) * this.#stride;
  }

  #takeFrom(stride: Extremes): void {
    stride.forEach(this.#take);
    stride.clear();
  }

  #push(step: number, wallTime: number, value: number): void {
    this.steps[this.length] = step;
    this.wallTimes[this.length] = wallTime;
    this.values[this.length] = value;
    this.length++;
  }

  #makeRoom(points: number): void {
    const need = this.length + points;
    if (need <= this.steps.length) return;
    const capacity = Math.max(need, 2 * this.steps.length);
    this.steps = copyInto(new Float64Array(capacity), this.steps);
    this.wallTimes = copyInto(new Float64Array(capacity), this.wallTimes);
    this.values = copyInto(new Float64Array(capacity), this.values);
  }
}

function copyInto(to: Float64Array<ArrayBuffer>, from: Float64Array): Float64Array<ArrayBuffer> {
  to.set(from);
  return to;
}
