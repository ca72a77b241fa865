// Min-max decimation: a long series as few points that still show every peak.

import { ArgumentError } from "../errors.js";

/** Points of a line, in order; a NaN in `ys` is a gap in the line. */
export interface Points {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

/**
 * Decimates a series to at most `n` points, keeping the first point, the last, and the minimum and the maximum of
 * every bucket between them, in their order. So a line drawn through the result reaches exactly as high and as low as
 * the whole series does.
 *
 * Buckets are equally wide in x, like a plot's pixel columns; where x goes back somewhere, they hold equally many
 * points instead. A point with a coordinate that is NaN or infinite is a gap: its y comes out as NaN, and a bucket with
 * gaps keeps one of them. A series of at most `n` points comes out whole.
 *
 * @param xs as many as `ys`
 * @param n an integer of at least 5
 * @throws {ArgumentError} lengths that differ, or another `n`
 */
export function minMax(xs: ArrayLike<number>, ys: ArrayLike<number>, n: number): Points {
  if (!Number.isInteger(n) || n < 5) throw new ArgumentError("n", "an integer of at least 5", n);
  if (xs.length !== ys.length) throw new ArgumentError("ys", `as long as xs (${xs.length})`, ys.length);
  const out = new PointList(Math.min(n, xs.length));
  const last = xs.length - 1;
  if (xs.length <= n) {
    for (let i = 0; i <= last; i++) out.push(xs[i]!, ys[i]!);
    return out.points();
  }

  const { sorted, gaps, first: x0, last: x1 } = survey(xs, ys);
  const buckets = Math.floor((n - 2) / (gaps ? 3 : 2));
  // Where all xs are equal there is one bucket; where their span is too large or too small to divide by, x tells none.
  const perX = x1 > x0 ? buckets / (x1 - x0) : 0;
  const byX = sorted && x1 - x0 < Infinity && perX < Infinity;
  const inner = last - 1;

  out.push(xs[0]!, ys[0]!);
  let bucket = 0;
  // Where the next bucket begins: comparing with it is several times as fast as dividing for every point.
  let limit = -Infinity;
  let low = -1;
  let high = -1;
  let gap = -1;
  for (let i = 1; i < last; i++) {
    const x = xs[i]!;
    const y = ys[i]!;
    const at = byX ? x : i;
    // A point without an x stays in the bucket of its neighbours, for it compares false.
    if (at >= limit) {
      const place = Math.floor(byX ? (x - x0) * perX : ((i - 1) * buckets) / inner);
      // An infinite x is in the first bucket or the last.
      const next = Math.max(0, Math.min(place, buckets - 1));
      limit =
        next === buckets - 1 ? Infinity : byX ? x0 + (next + 1) / perX : 1 + ((next + 1) * inner) / buckets;
      if (next !== bucket) {
        out.pushInOrder(xs, ys, low, high, gap);
        bucket = next;
        low = high = gap = -1;
      }
    }
    if (!isPoint(x, y)) {
      if (gap === -1) gap = i;
    } else if (low === -1) {
      low = high = i;
    } else if (y < ys[low]!) {
      low = i;
    } else if (y > ys[high]!) {
      high = i;
    }
  }
  out.pushInOrder(xs, ys, low, high, gap);
  out.push(xs[last]!, ys[last]!);
  return out.points();
}

/** Infinity - Infinity and NaN - NaN are NaN: one subtraction tells the finite numbers. */
function isPoint(x: number, y: number): boolean {
  return x - x === 0 && y - y === 0;
}

/** What decides the buckets: whether the finite xs never go back, the first and the last of them, whether there are gaps. */
function survey(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
): { sorted: boolean; gaps: boolean; first: number; last: number } {
  let sorted = true;
  let gaps = false;
  let first = NaN;
  let previous = NaN;
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i]!;
    if (!isPoint(x, ys[i]!)) gaps = true;
    if (x - x !== 0) continue;
    if (x < previous) sorted = false;
    if (first !== first) first = x;
    previous = x;
  }
  return { sorted, gaps, first, last: previous };
}

class PointList {
  readonly #xs: Float64Array;
  readonly #ys: Float64Array;
  #length = 0;

  constructor(capacity: number) {
    this.#xs = new Float64Array(capacity);
    this.#ys = new Float64Array(capacity);
  }

  push(x: number, y: number): void {
    this.#xs[this.#length] = x;
    this.#ys[this.#length] = isPoint(x, y) ? y : NaN;
    this.#length += 1;
  }

  /** Pushes the points at these indices, each once, in ascending order; -1 is none. */
  pushInOrder(xs: ArrayLike<number>, ys: ArrayLike<number>, ...indices: readonly number[]): void {
    let previous = -1;
    for (const index of indices.toSorted((a, b) => a - b)) {
      if (index > previous) this.push(xs[index]!, ys[index]!);
      previous = index;
    }
  }

  points(): Points {
    return { xs: this.#xs.subarray(0, this.#length), ys: this.#ys.subarray(0, this.#length) };
  }
}
