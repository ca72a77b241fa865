// The Histograms and Distributions dashboards.

import type { EventSink } from "../../events/event-sink.js";
import type { ArrayInput } from "../arrays.js";
import { checkTag } from "../checks.js";
import {
  bucketsOf,
  encodeHistogram,
  histogramOf,
  type EdgesAndCounts,
  type LimitsAndCounts,
} from "../histogram.js";
import { writeValues, type DashboardOptions } from "./write.js";

/** How values are counted, and what can be said with every value. */
export interface HistogramOptions extends DashboardOptions {
  /** How many buckets there are, all of the same width: 1 to 100,000; 30 unless given, as in TensorBoard's own. */
  readonly bins?: number;
}

/** Logs the histogram of values and gives how many NaN and infinities were left out, as `SummaryWriter.addHistogram` says. */
export function addHistogram(
  sink: EventSink,
  tag: string,
  values: ArrayInput,
  step: number,
  options: HistogramOptions = {},
): number {
  checkTag(tag);
  const { buckets, skipped } = histogramOf(values, options.bins);
  writeValues(sink, [encodeHistogram(tag, buckets, options)], step, options.wallTime);
  return skipped;
}

/** Logs a histogram that the program has counted, as `SummaryWriter.addHistogramRaw` says. */
export function addHistogramRaw(
  sink: EventSink,
  tag: string,
  histogram: EdgesAndCounts | LimitsAndCounts,
  step: number,
  options: DashboardOptions = {},
): void {
  const value = encodeHistogram(checkTag(tag), bucketsOf(histogram), options);
  writeValues(sink, [value], step, options.wallTime);
}
