// Logging precision-recall curves.

import type { EventSink } from "../../events/event-sink.js";
import type { ArrayInput } from "../arrays.js";
import { encodePrCurve, prCurveOf, rawPrCurve, type PrCurveOptions, type RawPrCurve } from "../pr-curve.js";
import { checkCall, writeValues, type DashboardOptions } from "./write.js";

/**
 * Logs how precision and recall of a binary classifier change with the threshold: `labels` are 0 and 1 or booleans, `predictions` the
 * probabilities that it gave, from 0 to 1. Gives how many examples were left out, since their prediction is NaN or infinite. There are 201
 * thresholds unless `numThresholds` says otherwise (torch and tensorboardX have 127 at most), and `weights` say how much each example
 * counts. After torch's `add_pr_curve(tag, labels, predictions, global_step)`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addPrCurve(
  sink: EventSink,
  tag: string,
  labels: ArrayInput,
  predictions: ArrayInput,
  step: number,
  options: PrCurveOptions & DashboardOptions = {},
): number {
  checkCall(tag, step, options);
  const { curve, skipped } = prCurveOf(labels, predictions, options);
  writeValues(sink, [encodePrCurve(tag, curve, options)], step, options.wallTime);
  return skipped;
}

/**
 * Logs a curve that the program has computed: counts at thresholds that lie evenly from 0 to 1, and precision and recall if they are not
 * those of the counts. After torch's `add_pr_curve_raw`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addPrCurveRaw(
  sink: EventSink,
  tag: string,
  curve: RawPrCurve,
  step: number,
  options: DashboardOptions = {},
): void {
  checkCall(tag, step, options);
  writeValues(sink, [encodePrCurve(tag, rawPrCurve(curve), options)], step, options.wallTime);
}
