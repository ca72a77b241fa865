// The PR Curves dashboard.

import type { EventSink } from "../../events/event-sink.js";
import type { ArrayInput } from "../arrays.js";
import { checkTag } from "../checks.js";
import { encodePrCurve, prCurveOf, rawPrCurve, type PrCurveOptions, type RawPrCurve } from "../pr-curve.js";
import { writeValues, type DashboardOptions } from "./write.js";

/** Logs the curve of labels and predictions and gives how many examples were left out, as `SummaryWriter.addPrCurve` says. */
export function addPrCurve(
  sink: EventSink,
  tag: string,
  labels: ArrayInput,
  predictions: ArrayInput,
  step: number,
  options: PrCurveOptions & DashboardOptions = {},
): number {
  checkTag(tag);
  const { curve, skipped } = prCurveOf(labels, predictions, options);
  writeValues(sink, [encodePrCurve(tag, curve, options)], step, options.wallTime);
  return skipped;
}

/** Logs a curve that the program has computed, as `SummaryWriter.addPrCurveRaw` says. */
export function addPrCurveRaw(
  sink: EventSink,
  tag: string,
  curve: RawPrCurve,
  step: number,
  options: DashboardOptions = {},
): void {
  const value = encodePrCurve(checkTag(tag), rawPrCurve(curve), options);
  writeValues(sink, [value], step, options.wallTime);
}
