// Histograms, encode and decode (tensorboard/plugins/histogram/metadata.py, summary_v2.py; of the old form backend/…/data_compat.py).

import { ArgumentError } from "../errors.js";
import { countInBuckets } from "../math/histogram.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";
import { DataType } from "../wire/tensor.js";
import { toArray, toVector, type ArrayInput, type FlatInput, type TypedArray } from "./arrays.js";
import type { TagDescription } from "./scalar.js";
import { isOfPlugin, tagMetadata } from "./tag-metadata.js";
import { numbersOf, numberTensor } from "./tensor-values.js";

/** How many values lie from `left` on and below `right`; the last bucket of a histogram has its right edge too. */
export interface HistogramBucket {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** Buckets between edges, which rise: one edge more than there are counts. */
export interface EdgesAndCounts {
  readonly edges: FlatInput;
  readonly counts: FlatInput;
}

/**
 * Buckets as TensorFlow, torch and tensorboardX have them: `limits` are the right edges, which rise, one a count, the outer ones as far away as
 * wished; all values lie between `min` and `max`.
 */
export interface LimitsAndCounts {
  readonly min: number;
  readonly max: number;
  readonly limits: FlatInput;
  readonly counts: FlatInput;
}

/** How many buckets TensorBoard's own histograms have. */
export const DEFAULT_BINS = 30;
const MAX_BINS = 100_000;

/**
 * The histogram of `values`, numbers of any shape, in `bins` buckets of equal width (1 to 100,000), and how many NaN and infinities were
 * left out of it. As TensorBoard counts: if all values are equal, all edges are that number and the last bucket has them all; if there is
 * none, all is 0.
 *
 * Throws an `ArgumentError`.
 */
export function histogramOf(
  values: ArrayInput,
  bins: number = DEFAULT_BINS,
): { readonly buckets: readonly HistogramBucket[]; readonly skipped: number } {
  if (!Number.isSafeInteger(bins) || bins < 1 || bins > MAX_BINS) {
    throw new ArgumentError("bins", "an integer from 1 to 100,000", bins);
  }
  const { edges, counts, skipped } = countInBuckets(toArray(values, "values").data, bins);
  return { buckets: between(edges, counts), skipped };
}

/**
 * Buckets that the program has counted itself. Of limits, empty buckets at both ends are left out, and `min` and `max` are the outer
 * edges, as TensorBoard's Python loader does; its other one shows such buckets with their edges the wrong way round.
 *
 * Throws an `ArgumentError` for edges that fall, counts that are negative or not finite, and lists that do not fit together.
 */
export function bucketsOf(raw: EdgesAndCounts | LimitsAndCounts): readonly HistogramBucket[] {
  if (typeof raw !== "object" || raw === null) {
    throw new ArgumentError(
      "histogram",
      "an object with edges and counts, or min, max, limits and counts",
      raw,
    );
  }
  const counts = toVector(raw.counts, "counts");
  counts.forEach((count, i) => {
    if (!(count >= 0 && count < Infinity))
      throw new ArgumentError(`counts[${i}]`, "a finite number from 0", count);
  });
  if ("edges" in raw) {
    const edges = checkRising("edges", toVector(raw.edges, "edges"));
    checkLength("edges", edges, counts, 1);
    edges.forEach((edge, i) => checkFinite(`edges[${i}]`, edge));
    return between(edges, counts);
  }
  const limits = checkRising("limits", toVector(raw.limits, "limits"));
  checkLength("limits", limits, counts, 0);
  checkFinite("min", raw.min);
  checkFinite("max", raw.max);
  const buckets = fromLimits(raw.min, raw.max, limits, counts);
  for (const { left, right } of buckets) {
    if (left <= right) continue;
    const expected = `limits between min ${raw.min} and max ${raw.max}`;
    throw new ArgumentError("limits", expected, limits, `a bucket from ${left} to ${right}`);
  }
  return buckets;
}

/** A histogram as a summary value. */
export function encodeHistogram(
  tag: string,
  buckets: readonly HistogramBucket[],
  description?: TagDescription,
): SummaryValue {
  const rows = new Float64Array(3 * buckets.length);
  buckets.forEach(({ left, right, count }, i) => rows.set([left, right, count], 3 * i));
  return {
    tag,
    metadata: tagMetadata("histograms", DataClass.TENSOR, description),
    tensor: numberTensor(DataType.DOUBLE, [buckets.length, 3], rows),
  };
}

/**
 * The buckets of a histogram in any of its forms: a tensor of rows, as this package and TensorFlow 2 write, or limits and counts, as
 * TensorFlow 1, torch and tensorboardX do, read as `bucketsOf` says. `undefined` for another value; `metadata` are the tag's, needed
 * where a tensor has none.
 */
export function decodeHistogram(
  value: SummaryValue,
  metadata?: SummaryMetadata,
): readonly HistogramBucket[] | undefined {
  const { histo, tensor } = value;
  if (histo !== undefined) {
    if (histo.bucketLimit.length !== histo.bucket.length) return undefined;
    return fromLimits(histo.min, histo.max, histo.bucketLimit, histo.bucket);
  }
  if (tensor === undefined || !isOfPlugin(value, "histograms", metadata)) return undefined;
  const rows = numbersOf(tensor);
  if (rows === undefined || rows.shape.length !== 2 || rows.shape[1] !== 3) return undefined;
  return Array.from({ length: rows.shape[0]! }, (_, i) => {
    const [left, right, count] = rows.data.subarray(3 * i, 3 * i + 3);
    return { left: left!, right: right!, count: count! };
  });
}

function between(edges: ArrayLike<number>, counts: ArrayLike<number>): HistogramBucket[] {
  return Array.from(counts, (count, i) => ({ left: edges[i]!, right: edges[i + 1]!, count }));
}

function fromLimits(
  min: number,
  max: number,
  limits: ArrayLike<number>,
  counts: ArrayLike<number>,
): HistogramBucket[] {
  let first = 0;
  let end = counts.length;
  while (first < end && !(counts[first]! > 0)) first++;
  while (first < end && !(counts[end - 1]! > 0)) end--;
  return Array.from({ length: end - first }, (_, i) => ({
    left: i === 0 ? min : limits[first + i - 1]!,
    right: first + i === end - 1 ? max : limits[first + i]!,
    count: counts[first + i]!,
  }));
}

function checkRising(argument: string, edges: TypedArray): TypedArray {
  for (let i = 0; i < edges.length; i++) {
    if (Number.isNaN(edges[i])) throw new ArgumentError(`${argument}[${i}]`, "a number", edges[i]);
    if (i > 0 && edges[i]! < edges[i - 1]!) {
      throw new ArgumentError(
        argument,
        "numbers that do not fall",
        edges,
        `${edges[i]} after ${edges[i - 1]}`,
      );
    }
  }
  return edges;
}

function checkLength(argument: string, edges: TypedArray, counts: TypedArray, more: number): void {
  const length = counts.length + more;
  if (edges.length === length) return;
  throw new ArgumentError(
    argument,
    `${length} numbers, for ${counts.length} counts`,
    edges,
    String(edges.length),
  );
}

function checkFinite(argument: string, value: number): void {
  if (!Number.isFinite(value)) throw new ArgumentError(argument, "a finite number", value);
}
