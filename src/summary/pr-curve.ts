// Precision-recall curves, encode and decode (tensorboard/plugins/pr_curve/metadata.py, summary.py).

import { ArgumentError } from "../errors.js";
import { encodePrCurveData } from "../wire/plugin-data.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";
import { DataType } from "../wire/tensor.js";
import { toArray, toVector, type ArrayInput, type FlatInput, type TypedArray } from "./arrays.js";
import type { TagDescription } from "./scalar.js";
import { isOfPlugin, tagMetadata } from "./tag-metadata.js";
import { numbersOf, numberTensor } from "./tensor-values.js";

/**
 * What a binary classifier gets right at each of the thresholds, which lie evenly from 0 to 1: it says yes where its prediction is not
 * below the threshold. TensorBoard shows whole counts, and leaves out the last thresholds that nothing reaches.
 */
export interface PrCurve {
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  readonly trueNegatives: Float64Array;
  readonly falseNegatives: Float64Array;
  readonly precision: Float64Array;
  readonly recall: Float64Array;
}

/** A curve that the program has computed itself. Precision and recall are those of the counts unless given. */
export interface RawPrCurve {
  readonly truePositives: FlatInput;
  readonly falsePositives: FlatInput;
  readonly trueNegatives: FlatInput;
  readonly falseNegatives: FlatInput;
  readonly precision?: FlatInput;
  readonly recall?: FlatInput;
}

/** How many thresholds TensorBoard's own curves have. torch and tensorboardX give at most 127, which nothing needs. */
export const DEFAULT_THRESHOLDS = 201;
const MAX_THRESHOLDS = 100_000;
/** What a division by zero is made into. */
const MINIMUM_COUNT = 1e-7;
/** How far a prediction may be outside of 0 to 1: what a softmax in float32 rounds to. */
const ROUNDING = 1e-5;

const COUNTS = ["truePositives", "falsePositives", "trueNegatives", "falseNegatives"] as const;
const RATES = ["precision", "recall"] as const;

/** How the curve of labels and predictions is computed. */
export interface PrCurveOptions {
  /** 2 to 100,000; 201 unless given. */
  readonly numThresholds?: number;
  /** How much each example counts, from 0: one number for all, or one each. */
  readonly weights?: ArrayInput;
}

/**
 * The curve of a classifier that gave `predictions`, from 0 to 1, for examples whose `labels` are 0 and 1 or booleans; and how many
 * examples were left out, since their prediction is NaN or infinite. What is outside of 0 to 1 by no more than 0.00001 is rounded to it.
 *
 * Throws an `ArgumentError`.
 */
export function prCurveOf(
  labels: ArrayInput,
  predictions: ArrayInput,
  options: PrCurveOptions = {},
): { readonly curve: PrCurve; readonly skipped: number } {
  const { numThresholds = DEFAULT_THRESHOLDS, weights = 1 } = options;
  if (!Number.isSafeInteger(numThresholds) || numThresholds < 2 || numThresholds > MAX_THRESHOLDS) {
    throw new ArgumentError("numThresholds", "an integer from 2 to 100,000", numThresholds);
  }
  const truth = toArray(labels, "labels").data;
  const guesses = toArray(predictions, "predictions").data;
  checkLength("predictions", guesses, truth.length, "labels");
  const weight = toArray(weights, "weights");
  const isWeighted = weight.shape.length > 0;
  if (isWeighted) checkLength("weights", weight.data, truth.length, "labels");
  else checkCount("weights", weight.data[0]!);

  const truePositives = new Float64Array(numThresholds);
  const falsePositives = new Float64Array(numThresholds);
  let skipped = 0;
  for (let i = 0; i < truth.length; i++) {
    const label = truth[i]!;
    if (label !== 0 && label !== 1) throw new ArgumentError(`labels[${i}]`, "0, 1 or a boolean", label);
    const counts = isWeighted ? checkCount(`weights[${i}]`, weight.data[i]!) : weight.data[0]!;
    const guess = guesses[i]!;
    if (!Number.isFinite(guess)) {
      skipped++;
      continue;
    }
    if (guess < -ROUNDING || guess > 1 + ROUNDING) {
      throw new ArgumentError(`predictions[${i}]`, "a number from 0 to 1", guess);
    }
    // The highest threshold that the prediction reaches.
    const threshold = Math.floor(Math.min(Math.max(guess, 0), 1) * (numThresholds - 1));
    (label === 1 ? truePositives : falsePositives)[threshold]! += counts;
  }
  // What reaches a threshold reaches all below.
  for (let i = numThresholds - 2; i >= 0; i--) {
    truePositives[i]! += truePositives[i + 1]!;
    falsePositives[i]! += falsePositives[i + 1]!;
  }
  const trueNegatives = falsePositives.map((count) => falsePositives[0]! - count);
  const falseNegatives = truePositives.map((count) => truePositives[0]! - count);
  const curve = withRates({ truePositives, falsePositives, trueNegatives, falseNegatives });
  return { curve, skipped };
}

/** The curve that the program has computed. Throws an `ArgumentError` for lists that do not fit together, and numbers that are none. */
export function rawPrCurve(raw: RawPrCurve): PrCurve {
  if (typeof raw !== "object" || raw === null) {
    throw new ArgumentError("curve", `an object with ${COUNTS.join(", ")}`, raw);
  }
  const length = toVector(raw.truePositives, "truePositives").length;
  if (length === 0) {
    throw new ArgumentError("truePositives", "a count for each threshold, at least one", raw, "none");
  }
  const [truePositives, falsePositives, trueNegatives, falseNegatives] = COUNTS.map((name) => {
    const counts = Float64Array.from(toVector(raw[name], name));
    checkLength(name, counts, length, "truePositives");
    counts.forEach((count, i) => checkCount(`${name}[${i}]`, count));
    return counts;
  }) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const computed = withRates({ truePositives, falsePositives, trueNegatives, falseNegatives });
  const [precision, recall] = RATES.map((name) => {
    const given = raw[name];
    if (given === undefined) return computed[name];
    const rates = Float64Array.from(toVector(given, name));
    checkLength(name, rates, length, "truePositives");
    rates.forEach((rate, i) => {
      if (!(rate >= 0 && rate <= 1)) throw new ArgumentError(`${name}[${i}]`, "a number from 0 to 1", rate);
    });
    return rates;
  }) as [Float64Array, Float64Array];
  return { ...computed, precision, recall };
}

/** A curve as a summary value, its numbers as float32. */
export function encodePrCurve(tag: string, curve: PrCurve, description?: TagDescription): SummaryValue {
  const rows = [...COUNTS, ...RATES].map((name) => curve[name]);
  const thresholds = curve.truePositives.length;
  const data = new Float64Array(rows.length * thresholds);
  rows.forEach((row, i) => data.set(row, i * thresholds));
  return {
    tag,
    metadata: tagMetadata("pr_curves", DataClass.TENSOR, description, encodePrCurveData(thresholds)),
    tensor: numberTensor(DataType.FLOAT, [rows.length, thresholds], data),
  };
}

/** The curve of a summary value, `undefined` for another value; `metadata` are the tag's, needed where the value has none. */
export function decodePrCurve(value: SummaryValue, metadata?: SummaryMetadata): PrCurve | undefined {
  if (value.tensor === undefined || !isOfPlugin(value, "pr_curves", metadata)) return undefined;
  const rows = numbersOf(value.tensor);
  const [height, width] = rows?.shape ?? [];
  if (rows?.shape.length !== 2 || height !== 6 || width === undefined) return undefined;
  const row = (i: number): Float64Array => rows.data.slice(i * width, (i + 1) * width);
  return {
    truePositives: row(0),
    falsePositives: row(1),
    trueNegatives: row(2),
    falseNegatives: row(3),
    precision: row(4),
    recall: row(5),
  };
}

function withRates(counts: Omit<PrCurve, "precision" | "recall">): PrCurve {
  const { truePositives, falsePositives, falseNegatives } = counts;
  const shareOfTrue = (others: Float64Array): Float64Array =>
    truePositives.map((count, i) => count / Math.max(MINIMUM_COUNT, count + others[i]!));
  return { ...counts, precision: shareOfTrue(falsePositives), recall: shareOfTrue(falseNegatives) };
}

function checkLength(argument: string, data: TypedArray, length: number, other: string): void {
  if (data.length === length) return;
  throw new ArgumentError(argument, `${length} numbers, as many as ${other}`, data, String(data.length));
}

function checkCount(argument: string, count: number): number {
  if (!(count >= 0 && count < Infinity)) throw new ArgumentError(argument, "a finite number from 0", count);
  return count;
}
