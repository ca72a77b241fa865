// One line of a figure: points in two arrays that grow.

import type { Color } from "./color.js";

/** The points of one line, in the order they came. It takes millions: 16 bytes a point, no object per point. */
export class Series {
  readonly name: string;
  readonly color: Color;
  #xs = new Float64Array(256);
  #ys = new Float64Array(256);
  #length = 0;

  /** Made by {@link Figure.series}. */
  constructor(name: string, color: Color) {
    this.name = name;
    this.color = color;
  }

  /** Adds a point. A NaN or an infinite `y` is kept and drawn as a gap. */
  push(x: number, y: number): void {
    const length = this.#length;
    if (length === this.#xs.length) this.#grow();
    this.#xs[length] = x;
    this.#ys[length] = y;
    this.#length = length + 1;
  }

  /** How many points there are. */
  get length(): number {
    return this.#length;
  }

  /** A view of the points' x: valid until the next {@link push}; copy what you keep. */
  get xs(): Float64Array {
    return this.#xs.subarray(0, this.#length);
  }

  /** A view of the points' y: valid until the next {@link push}; copy what you keep. */
  get ys(): Float64Array {
    return this.#ys.subarray(0, this.#length);
  }

  #grow(): void {
    // Half as much again: each point is copied twice on average, and at most a third of the memory is idle.
    const capacity = Math.ceil(this.#xs.length * 1.5);
    this.#xs = enlarged(this.#xs, capacity);
    this.#ys = enlarged(this.#ys, capacity);
  }
}

function enlarged(values: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(capacity);
  out.set(values);
  return out;
}
