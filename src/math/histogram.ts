// Counting numbers into buckets of equal width, as TensorBoard does (tensorboard/plugins/histogram/summary_v2.py, histogram_pb).

/** How many numbers lie where. */
export interface Counted {
  /** One more than there are buckets, rising; a bucket has its left edge and not its right one, only the last has both. */
  readonly edges: Float64Array;
  readonly counts: Float64Array;
  /** How many NaN and infinities were left out. */
  readonly skipped: number;
}

/**
 * Counts the finite ones of `values` in `bins` buckets, 1 to 100,000, between the smallest and the largest. If all are equal, all edges
 * are that number, and the last bucket has them all; if there is none, all edges are 0.
 */
export function countInBuckets(values: ArrayLike<number>, bins: number): Counted {
  const edges = new Float64Array(bins + 1);
  const counts = new Float64Array(bins);
  const { min, max } = finiteRange(values);
  if (min > max) return { edges, counts, skipped: values.length };
  const width = (max - min) / bins;
  if (min === max) {
    edges.fill(min);
    counts[bins - 1] = countFinite(values);
  } else if (width >= SMALLEST_NORMAL && width < Infinity) {
    count(values, counts, min, width);
    for (let i = 0; i < bins; i++) edges[i] = i * width + min;
  } else {
    // Either the range is beyond the largest double, or a bucket's width would have lost its precision.
    const scale = width === Infinity ? 0.5 : 2 ** 100;
    const scaledMin = min * scale;
    const scaledWidth = (max * scale - scaledMin) / bins;
    const scaled = Float64Array.from(values, (value) => value * scale);
    count(scaled, counts, scaledMin, scaledWidth);
    for (let i = 0; i < bins; i++) edges[i] = (i * scaledWidth + scaledMin) / scale;
  }
  edges[bins] = max;
  return { edges, counts, skipped: values.length - counts.reduce((sum, each) => sum + each, 0) };
}

/** Doubles below this have fewer digits, the smaller the fewer. */
const SMALLEST_NORMAL = 2 ** -1022;

interface Range {
  readonly min: number;
  readonly max: number;
}

/** `min` is above `max` when no value is finite. */
function finiteRange(values: ArrayLike<number>): Range {
  const range = rangeWithInfinities(values);
  if (Number.isFinite(range.min) && Number.isFinite(range.max)) return range;
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** NaN is neither smaller nor larger. Two pairs, since each comparison waits for the one before it. */
function rangeWithInfinities(values: ArrayLike<number>): Range {
  let min = Infinity;
  let max = -Infinity;
  let otherMin = Infinity;
  let otherMax = -Infinity;
  const even = values.length - (values.length % 2);
  for (let i = 0; i < even; i += 2) {
    const value = values[i]!;
    const other = values[i + 1]!;
    if (value < min) min = value;
    if (value > max) max = value;
    if (other < otherMin) otherMin = other;
    if (other > otherMax) otherMax = other;
  }
  const last = even < values.length ? values[even]! : Number.NaN;
  if (last < min) min = last;
  if (last > max) max = last;
  return { min: Math.min(min, otherMin), max: Math.max(max, otherMax) };
}

function countFinite(values: ArrayLike<number>): number {
  let finite = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) finite++;
  return finite;
}

/** The error of multiplying by 1 / width is below this at any bucket. */
const NEAR_EDGE = 1e-9;

function count(values: ArrayLike<number>, counts: Float64Array, min: number, width: number): void {
  const last = counts.length - 1;
  const perWidth = 1 / width;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const position = (value - min) * perWidth;
    let bucket = position | 0;
    const inside = position - bucket;
    // Dividing is slower, and decides only at an edge; there NaN and infinities come too, which no comparison holds for.
    if (!(inside > NEAR_EDGE && inside < 1 - NEAR_EDGE)) {
      if (!Number.isFinite(value)) continue;
      bucket = Math.min(Math.floor((value - min) / width), last);
    }
    counts[bucket]!++;
  }
}
