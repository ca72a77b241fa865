// Logging histograms, which the dashboards Histograms and Distributions show.

import type { EventSink } from "../../events/event-sink.js";
import type { ArrayInput } from "../arrays.js";
import {
  bucketsOf,
  encodeHistogram,
  histogramOf,
  type EdgesAndCounts,
  type LimitsAndCounts,
} from "../histogram.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/** How values are counted, and what can be said with every value. */
export interface HistogramOptions extends DashboardOptions {
  /** How many buckets there are, all of the same width: 1 to 100,000; 30 unless given, as in TensorBoard's own. */
  readonly bins?: number;
}

/**
 * Logs the histogram of `values`: numbers of any shape, in `bins` buckets of equal width between the smallest and the largest, counted as
 * TensorBoard's own summaries do. Gives how many NaN and infinities were left out. If all values are equal, the last bucket has them
 * all; if there is none, all is 0. After torch's `add_histogram(tag, values, global_step, bins)`, whose buckets are others.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addHistogram(
  sink: EventSink,
  tag: string,
  values: ArrayInput,
  step: number,
  options: HistogramOptions = {},
): number {
  checkCall(tag, step, options);
  const { buckets, skipped } = histogramOf(values, options.bins);
  writeValues(sink, [encodeHistogram(tag, buckets, options)], step, options.wallTime);
  return skipped;
}

/**
 * Logs a histogram that the program has counted: `{ edges, counts }`, with one edge more than counts; or `{ min, max, limits, counts }` with
 * the right edge of each bucket, as in torch's `add_histogram_raw`, of which empty buckets at both ends are left out.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addHistogramRaw(
  sink: EventSink,
  tag: string,
  histogram: EdgesAndCounts | LimitsAndCounts,
  step: number,
  options: DashboardOptions = {},
): void {
  checkCall(tag, step, options);
  const value = encodeHistogram(tag, bucketsOf(histogram), options);
  writeValues(sink, [value], step, options.wallTime);
}
